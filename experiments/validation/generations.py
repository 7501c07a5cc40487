"""Generations of a cascade as the graph of liquidations finds them, against rounds of a known branching ratio.

Liquidations spread evenly over falls from a to b, with density l over a book of depth D, come in rounds that shrink (or
grow) by R = l / D: the shock liquidates l (x0 - a), and round k R^k times as much. The graph does not know of rounds.
It takes from the record whose forced trades took what from whom, and calls those of generation 0 who would have
breached without any. So these must agree: R before the fact, from the map of liquidations and the book on record when
the shock comes; R after the fact, from all generations together; and each generation with its round.

References
----------
Harris (1963), "The theory of branching processes", chapter I; the rounds are own arithmetic (see `uniform_map`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.validation.liquidation_ladder import PRICE
from cascade_sim.experiments.validation.uniform_map import BEGIN, DEPTH, END, SHOCK, uniform_ladder
from cascade_sim.experiments.validation.verdict import Line, inside, within
from cascade_sim.results import Result

__all__ = ["by_generation", "ratio_before", "study"]

_STUDY = "generations"
_TARGET = "generations of a branching process in the mean (Harris 1963), uniform map over linear impact"
_REACH = 0.05  # as far as the book is on record


def ratio_before(result: Result) -> float:
    """Liquidation notional over depth, from where the map begins to where the record of the book ends."""
    sums = []
    for frame, column in ((result.liquidation_map, "notional"), (result.depth_profile, "depth")):
        first = frame[frame["time"] == frame["time"].min()]
        sums.append(first.loc[first["distance"].between(-_REACH, -BEGIN), column].sum())
    return float(sums[0] / sums[1])


def by_generation(result: Result) -> NDArray[np.float64]:
    """Notional of each generation at the opening price, USD, as the theory counts it."""
    generation = pd.Series(dict(result.contagion().nodes(data="generation")))
    exposures = result.events["exposure"]
    of = generation[exposures["liquidation"]].to_numpy(np.int64)
    return np.bincount(of, exposures["size"] * PRICE).astype(float)


def _lines(ratio: float, accounts: int) -> list[Line]:
    result = uniform_ladder(ratio, accounts, map_interval=1.0).record()
    found = by_generation(result)
    at = f"at l / D = {ratio:g}"
    lines = [within(_STUDY, _TARGET, f"branching ratio {at}, from map and book", ratio, ratio_before(result), 0.01)]
    position = ratio * DEPTH * (END - BEGIN) / accounts
    rounds = ratio * DEPTH * (SHOCK - BEGIN) * ratio ** np.arange(len(found))
    # Where the map is used up, the last round is what was left of it.
    whole = np.flatnonzero(rounds.cumsum() <= ratio * DEPTH * (END - BEGIN))
    together = found[1 : len(whole)].sum() / found[: len(whole) - 1].sum()
    lines.append(within(_STUDY, _TARGET, f"branching ratio {at}, from all generations", ratio, together, 0.01))
    for k in whole:
        what = f"notional of generation {k} {at}, million USD (1 % and one position)"
        distance = (0.01 * rounds[k] + position) / 1e6
        lines.append(inside(_STUDY, _TARGET, what, rounds[k] / 1e6, found[k] / 1e6, distance))
    return lines


def study(small: bool = False) -> Sequence[Line]:
    """Ratios before and after the fact, and every generation, on both sides of a ratio of 1."""
    return [line for ratio in (0.6, 1.2) for line in _lines(ratio, 4_000 if small else 10_000)]
