"""A liquidation map that rises linearly with the distance: a tipping point where the cascade never stops.

Liquidation notional of density g x over a book of depth D, k = g / (2 D): the fixed point x = x0 + k x^2 is

    x = (1 - sqrt(1 - 4 k x0)) / (2 k)  up to the tipping shock x0c = 1 / (4 k),

where it ends at 1 / (2 k) and two fixed points meet (a saddle-node). Below it x_c - x = sqrt((x0c - x0) / k), so the
distance from the tip shrinks as the square root of what the shock lacks; above it everything is liquidated.

References
----------
Strogatz (1994), "Nonlinear dynamics and chaos", section 3.1, for the saddle-node; the map is own arithmetic.
"""

import math
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
from cascade_sim.experiments.validation.verdict import Line, inside, within

__all__ = ["final_fall", "rising_cascade", "study"]

_DEPTH, _CURVATURE, _END = 1e9, 5.0, 0.15
_TIP = 1 / (4 * _CURVATURE)
_SHOCKS = (0.02, 0.04, 0.049, 0.051)
_BELOW_THE_TIP = (0.008, 0.004, 0.002, 0.001)  # what the shock lacks
_TARGET = "rising liquidation map with linear impact: fixed point and its saddle-node"


def final_fall(shock: float) -> float:
    """Where a shock ends; beyond the tip, when the whole map is liquidated."""
    if shock > _TIP:
        return shock + _CURVATURE * _END**2
    return (1 - math.sqrt(1 - 4 * _CURVATURE * shock)) / (2 * _CURVATURE)


def rising_cascade(shock: float, accounts: int) -> Outcome:
    """A shock to the map, made of so many accounts of one size."""
    ends = np.arange(1, accounts + 1) / accounts
    longs = cut_into_lots(_CURVATURE * _DEPTH * _END**2 * ends)
    falls = _END * np.sqrt(ends - 0.5 / accounts)
    return Ladder(
        bids=even_bids(_DEPTH, 0.2),
        longs=longs,
        deposits=deposits(longs, falls),
        shock=in_lots(shock * _DEPTH),
    ).run()


def _exponent(accounts: int) -> float:
    """Slope of the distance from the tip on what the shock lacks, both as logarithms."""
    distances = [final_fall(_TIP) - rising_cascade(_TIP - lack, accounts).fall for lack in _BELOW_THE_TIP]
    return float(np.polyfit(np.log(_BELOW_THE_TIP), np.log(distances), 1)[0])


def study(small: bool = False) -> Sequence[Line]:
    """Final falls on both sides of the tip, what is liquidated beyond it, and the exponent below it."""
    accounts = 2_000 if small else 10_000
    lines = []
    for shock in _SHOCKS:
        done = rising_cascade(shock, accounts)
        what = f"final fall, percent, after a shock of {100 * shock:g} %"
        lines.append(within("rising-map", _TARGET, what, 100 * final_fall(shock), 100 * done.fall, 0.02))
    everything = _CURVATURE * _DEPTH * _END**2 / 1e6
    what = "liquidated after a shock beyond the tip, million USD (the whole map)"
    lines.append(within("rising-map", _TARGET, what, everything, done.liquidated / 1e6, 0.02))
    if not small:
        what = "exponent with which the fall nears the tip"
        lines.append(inside("rising-map", _TARGET, what, 0.5, _exponent(accounts), 0.02))
    return lines
