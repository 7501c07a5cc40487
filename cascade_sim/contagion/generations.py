"""Generations of a cascade: who would have breached without any forced trade, who only through those who did.

Liquidation j is of generation G if the loss that everything but forced trades made, together with that made by the
forced trades of generations below G, suffices to reach its breach, and G is the smallest number for which it does. So
generation 0 would have breached by then had no forced order reached a book, with all else as it was. The others might
have breached later, by what the news still had to bring: how many would have is a question to the run without impact.

The loss that it needed is where its equity met its maintenance margin on the straight line from its reference to its
breach: with equity E, maintenance M and loss L, ``(E_ref - M_ref) / (E_ref - M_ref + M_breach - E_breach) * L``.

References
----------
Harris (1963), "The theory of branching processes", chapter I, for generations; design of the shares: `attribution`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.attribution import POOLED, Losses

if TYPE_CHECKING:
    from cascade_sim.results import Result
    from cascade_sim.scenario.venues import Tier

__all__ = ["generations", "maintenance_margin"]

_ROUNDING = 1e-9  # share of a loss by which sums may miss it

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def maintenance_margin(tiers: "Sequence[Tier]", notional: Floats) -> Floats:
    """Maintenance margin of positions: the integral of the brackets' rates up to their notional, USD."""
    margin = np.zeros(len(notional))
    for k, tier in enumerate(tiers):
        top = tiers[k + 1].floor if k + 1 < len(tiers) else np.inf
        margin += tier.maintenance * np.clip(notional - tier.floor, 0.0, top - tier.floor)
    return margin


def _margin_at_reference(result: "Result", losses: Losses) -> Floats:
    """Maintenance margin of every position at its reference, USD."""
    margin = np.zeros(len(losses.size))
    for venue in result.scenario.venues.values():
        for name in losses.where.keys() & venue.markets.keys():
            own, window = losses.where[name]
            tiers = venue.rules.tiers.get(venue.markets[name].asset) or venue.rules.tiers["default"]
            margin[own] = maintenance_margin(tiers, np.abs(losses.size[own]) * losses.paths[name].mark[window.was])
    return margin


def _needed(breaches: pd.DataFrame, lost: Floats, margin: Floats) -> Floats:
    """Loss at which each account met its margin, USD; none if it had been under water already."""
    buffer = breaches["equity"].to_numpy(float) + lost - margin
    whole = lost + breaches["maintenance"].to_numpy(float) - margin
    share = np.divide(buffer, whole, out=np.zeros(len(lost)), where=whole > 0)
    needed: Floats = np.clip(share, 0.0, 1.0) * lost
    return needed


def _total_of(losses: Losses, parts: pd.DataFrame) -> Callable[[NDArray[np.bool_]], Floats]:
    """Function that gives what chosen liquidations (by number) together took from each liquidated account.

    It sums over the named parts; where some are pooled, over the moves of the book.
    """
    forced = parts[parts["source"] != 0]
    source, amount = forced["source"].to_numpy(np.int64), forced["amount"].to_numpy(float)
    if (source == POOLED).any():
        return lambda chosen: losses.by_liquidation(losses.made_by(chosen))
    target = np.searchsorted(losses.number, forced["liquidation"].to_numpy(np.int64))
    return lambda chosen: np.bincount(target, amount * chosen[source], len(losses.number)).astype(float)


def generations(result: "Result", losses: Losses, parts: pd.DataFrame) -> Whole:
    """Generation of every liquidation.

    Parameters
    ----------
    result : Result
    losses : Losses
        Of that result.
    parts : DataFrame
        The same by source, see `attribute`.

    Returns
    -------
    ndarray of int64, shape (liquidations,)
        In order of the breaches.
    """
    number, lost = losses.number, losses.by_liquidation(losses.lost)
    margin = losses.by_liquidation(_margin_at_reference(result, losses))
    enough = _needed(result.events["breach"], lost, margin) - _ROUNDING * np.abs(lost)
    made_by = _total_of(losses, parts)
    earlier = np.arange(number[-1] + 1) > 0
    otherwise = lost - made_by(earlier)
    earlier[number] = False  # those from before the record stay, as of generation 0
    found = np.full(len(number), -1, np.int64)
    new = otherwise >= enough
    generation = 0
    while new.any():
        found[new] = generation
        earlier[number[new]] = True
        generation += 1
        new = (found < 0) & (otherwise + made_by(earlier) >= enough)
    return np.where(found < 0, generation, found)
