"""Liquidations spread evenly over a range of prices, over a book of linear impact.

With density l of liquidation notional on falls from a to b and depth D, the branching ratio is R = l / D, the same
everywhere, and a shock x0 ends at

    x = (x0 - R a) / (1 - R)  if that is below b, else  x0 + R (b - a),

after rounds that shrink (or grow) by the factor R: the geometric series of a branching process in the mean.

References
----------
Harris (1963), "The theory of branching processes", chapter I; the fixed point is own arithmetic.
"""

from collections.abc import Sequence

import numpy as np

from cascade_sim.experiments.validation.liquidation_ladder import (
    Ladder,
    Outcome,
    cut_into_lots,
    deposits,
    even_bids,
    in_lots,
)
from cascade_sim.experiments.validation.verdict import Line, within

__all__ = ["BEGIN", "DEPTH", "END", "SHOCK", "final_fall", "study", "uniform_cascade", "uniform_ladder"]

DEPTH, SHOCK = 1e9, 0.02
BEGIN, END = 0.01, 0.15  # falls between which liquidations lie
_ROUNDS = 4
_TARGET = "uniform liquidation map with linear impact: fixed point (geometric rounds of a branching process)"


def final_fall(shock: float, ratio: float, first: float, last: float) -> float:
    """Where a shock ends."""
    if ratio < 1 and (shock - ratio * first) / (1 - ratio) < last:
        return (shock - ratio * first) / (1 - ratio)
    return shock + ratio * (last - first)


def uniform_ladder(ratio: float, accounts: int, map_interval: float = 0.0) -> Ladder:
    """The shock to a map of this branching ratio, made of so many accounts of one size."""
    ends = np.arange(1, accounts + 1) / accounts
    longs = cut_into_lots(ratio * DEPTH * (END - BEGIN) * ends)
    falls = BEGIN + (END - BEGIN) * (ends - 0.5 / accounts)
    return Ladder(
        bids=even_bids(DEPTH, 0.25),
        longs=longs,
        deposits=deposits(longs, falls),
        shock=in_lots(SHOCK * DEPTH),
        latency=1.0,
        map_interval=map_interval,
    )


def uniform_cascade(ratio: float, accounts: int) -> Outcome:
    """What comes of the shock to a map of this branching ratio."""
    return uniform_ladder(ratio, accounts).run()


def _rounds(done: Outcome, ratio: float) -> list[Line]:
    wanted = ratio * (SHOCK - BEGIN) * DEPTH / 1e6
    lines = []
    for k in range(_ROUNDS):
        what = f"liquidated in round {k + 1}, million USD, at a branching ratio of {ratio:g}"
        lines.append(within("uniform-map", _TARGET, what, wanted * ratio**k, done.rounds[k] / 1e6, 0.02))
    return lines


def study(small: bool = False) -> Sequence[Line]:
    """Final fall and notional liquidated on both sides of a branching ratio of 1, and the rounds."""
    lines = []
    for ratio in (0.6, 1.2):
        done = uniform_cascade(ratio, 4_000 if small else 10_000)
        fall = final_fall(SHOCK, ratio, BEGIN, END)
        at = f"at a branching ratio of {ratio:g}"
        lines += [
            within("uniform-map", _TARGET, f"final fall {at}", fall, done.fall, 0.02),
            within(
                "uniform-map",
                _TARGET,
                f"liquidated {at}, million USD",
                (fall - SHOCK) * DEPTH / 1e6,
                done.liquidated / 1e6,
                0.02,
            ),
            *_rounds(done, ratio),
        ]
    return lines
