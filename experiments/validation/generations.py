"""Generations of a cascade as the graph of liquidations finds them, against rounds of a known branching ratio.

Liquidations spread evenly over falls from a to b, with density l over a book of depth D, come in rounds that shrink (or
grow) by R = l / D: the shock liquidates l (x0 - a), and round k R^k times as much. The graph does not know of rounds.
It takes from the record whose forced trades took what from whom, and calls those of generation 0 who would have
breached without any. So these must agree: R before the fact, from the map of liquidations and the book on record when
the shock comes; R after the fact, from all generations together; and each generation with its round.

Holders whose venue sells to keep them at their leverage (`margin_spiral`) are liquidated in every round anew, R times
as much as in the one before. There, before the fact, R is what margin makes them sell for each dollar that they lose,
times what they hold, over the depth of the book; the grain is not an account but a tick, as marks come in ticks.

References
----------
Harris (1963), "The theory of branching processes", chapter I; the rounds are own arithmetic (see `uniform_map`);
Brunnermeier and Pedersen (2009), "Market liquidity and funding liquidity", Review of Financial Studies 22, 2201-2238.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.book_on_record import market_depth
from cascade_sim.contagion.branching import branching
from cascade_sim.contagion.holdings import Holdings
from cascade_sim.experiments.validation import margin_spiral
from cascade_sim.experiments.validation.liquidation_ladder import PRICE
from cascade_sim.experiments.validation.uniform_map import BEGIN, DEPTH, END, SHOCK, uniform_ladder
from cascade_sim.experiments.validation.verdict import Line, inside, within
from cascade_sim.results import Result

__all__ = ["by_generation", "ratio_before", "spiral_ratio_before", "study"]

_STUDY = "generations"
_TARGET = "generations of a branching process in the mean (Harris 1963), uniform map over linear impact"
_SPIRAL = "generations of the loss spiral of Brunnermeier and Pedersen (2009), leverage kept by a venue, linear impact"
_REACH = 0.05  # as far as the book is on record
_SHOCK = 24  # ticks of 4 millionths; at ratios of 0.4, 0.7 and 0.9 it ends after whole ticks: 40, 80, 240
_SMALL_SHOCK = 6  # for the sum, a law of small shocks: at a ratio of 0.9, a fall of 240 ticks makes it 3 % smaller


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


def spiral_ratio_before(result: Result) -> float:
    """What margin makes holders sell for a dollar that they lose, times what they hold, over the depth of the book."""
    rate = result.scenario.venues["v"].rules.tiers["default"][0].maintenance
    held = Holdings(result).at(margin_spiral.BEFORE)["size_X"].clip(lower=0.0).sum()
    assets = held * result.market("X")["mark"].loc[margin_spiral.BEFORE]
    return float((1 / rate - 1) * assets / market_depth(result, margin_spiral.BEFORE, ["X"], within=0.001)[0])


def _farthest(closed: pd.Series, ratio: float) -> float:
    """Most by which one (or none, after the last) misses the ratio to that before it, in ticks of book beyond 1 %."""
    wanted = ratio * closed.to_numpy()
    missed = np.abs(np.append(closed.iloc[1:], 0.0) - wanted) - 0.01 * wanted
    return float(missed.max() / margin_spiral.TICK_DEPTH)


def _spiral_lines(leverage: float) -> list[Line]:
    ratio, at = margin_spiral.branching_ratio(leverage), f"at leverage {leverage:g}"
    result = margin_spiral.spiral(leverage, _SHOCK)
    found = branching(result)
    small = branching(margin_spiral.spiral(leverage, _SMALL_SHOCK)).amplification
    generations = found.generations["closed"]
    farthest = f"farthest of {len(generations)} from R times the one before, beyond 1 %, ticks of the book, {at}"
    before, after = (f"branching ratio {at}, from {what}" for what in ("margin, positions and book", "all generations"))
    return [
        within(_STUDY, _SPIRAL, before, ratio, spiral_ratio_before(result), 0.01),
        within(_STUDY, _SPIRAL, after, ratio, found.ratio, 0.01),
        inside(_STUDY, _SPIRAL, farthest, 0.0, _farthest(generations, ratio), 1.0),
        within(_STUDY, _SPIRAL, f"all generations over the first {at}, small shock", 1 / (1 - ratio), small, 0.01),
    ]


def study(small: bool = False) -> Sequence[Line]:
    """Ratios before and after the fact, and every generation: of maps on both sides of a ratio of 1, and of spirals."""
    maps = [line for ratio in (0.6, 1.2) for line in _lines(ratio, 4_000 if small else 10_000)]
    return maps + [line for leverage in (5.0, 8.0, 10.0) for line in _spiral_lines(leverage)]
