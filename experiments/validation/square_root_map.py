"""A uniform liquidation map under the square-root law of impact: it always stops, and small shocks grow most.

Impact I(Q) = Y s sqrt(Q / V) of one metaorder against daily volume V and volatility s, and a map of density l from
the opening price on; the whole cascade is one metaorder, so the book is not centred anew within it. With
c = Y s sqrt(l / V),

    sqrt(x) = (c + sqrt(c^2 + 4 x0)) / 2,    R = l I'(L(x)) = c / (2 sqrt(x)),    dx/dx0 = 1 / (1 - R).

A vanishing shock ends at c^2, where R is 1/2 whatever the parameters.

The bids that do it have a density that rises linearly below the price after the shock, 2 V y / (Y s)^2 at distance
y: selling through them costs the square root. The shock itself is news: the price is x0 lower, and quoted there.

References
----------
Toth et al. (2011), "Anomalous price impact and the critical nature of liquidity in financial markets", Physical
Review X 1, 021006 (a book of linear density and the square-root law); the fixed point is own arithmetic.
"""

import math
from collections.abc import Sequence

import numpy as np

from cascade_sim.experiments.validation.liquidation_ladder import PRICE, Ladder, Lots, cut_into_lots, deposits
from cascade_sim.experiments.validation.verdict import Line, within

__all__ = ["amplification", "final_fall", "square_root_fall", "study"]

_SCALE, _VOLUME, _DENSITY, _END = 0.04, 2e10, 1e11, 0.1  # Y s, V, l, and where the map ends
_STRENGTH = _SCALE * math.sqrt(_DENSITY / _VOLUME)
_SHOCKS = (0.0001, 0.02, 0.05)
_AMPLIFIED = {0.001: 0.0005, 0.02: 0.001, 0.05: 0.001}  # shocks, and how much more and less tells their slope
_TARGET = "uniform liquidation map with square-root impact: fixed point"


def final_fall(shock: float) -> float:
    """Where a shock ends."""
    return ((_STRENGTH + math.sqrt(_STRENGTH**2 + 4 * shock)) / 2) ** 2


def amplification(shock: float) -> float:
    """How much further a slightly larger shock ends."""
    return 1 / (1 - _STRENGTH / (2 * math.sqrt(final_fall(shock))))


def _bids(start: int) -> Lots:
    """One lot where the news puts the price, and bids of rising density below it."""
    below = np.arange(round(_END * PRICE) - start + 1) / PRICE
    book = cut_into_lots(_VOLUME * (below / _SCALE) ** 2)
    book[0] = 1
    return np.concatenate([np.zeros(start - 1, np.int64), book])


def square_root_fall(shock: float, accounts: int) -> float:
    """Final fall after news, with so many accounts of one size in the map."""
    ends = np.arange(1, accounts + 1) / accounts
    longs = cut_into_lots(_DENSITY * _END * ends)
    falls = _END * (ends - 0.5 / accounts)
    return (
        Ladder(
            bids=_bids(round(shock * PRICE)),
            longs=longs,
            deposits=deposits(longs, falls),
            shock=1,
        )
        .run()
        .fall
    )


def study(small: bool = False) -> Sequence[Line]:
    """Final falls, and how much more small shocks are amplified than large ones."""
    accounts = 2_000 if small else 10_000
    lines = []
    for shock in _SHOCKS:
        what = f"final fall, percent, after a shock of {100 * shock:g} %"
        fall = square_root_fall(shock, accounts)
        lines.append(within("square-root-map", _TARGET, what, 100 * final_fall(shock), 100 * fall, 0.02))
    for shock, nudge in () if small else _AMPLIFIED.items():
        ends = [square_root_fall(shock + more, accounts) for more in (-nudge, nudge)]
        what = f"amplification of a shock of {100 * shock:g} %"
        found = (ends[1] - ends[0]) / (2 * nudge)
        lines.append(within("square-root-map", _TARGET, what, amplification(shock), found, 0.02))
    return lines
