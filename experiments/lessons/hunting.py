"""Hunting clusters of liquidations, and selling alongside somebody who must: simulated beside the closed forms."""

from collections.abc import Iterable

import pandas as pd

from cascade_sim.experiments.validation.predation import Market, break_even, hunt, theory_profit
from cascade_sim.experiments.validation.predatory_trading import SIZE, gain, prey_and_predator

__all__ = ["DISTANCE", "FEE", "alongside", "by_sight", "by_size", "smallest_prey"]

DISTANCE, FEE = 2.0, 0.0005  # USD below the price; of a taker, as a share
_SLICES = 10


def smallest_prey(impact: float) -> float:
    """Units that a cluster must hold for hunting it to break even, by the closed form; `impact` in USD a unit."""
    return break_even(DISTANCE, impact, FEE)


def by_size(sizes: Iterable[float], impact: float = 0.001) -> pd.DataFrame:
    """Let a hunter who sees everything meet clusters of several sizes.

    Returns
    -------
    DataFrame
        ``size`` (units), ``theory`` (profit of a hunt by the closed form, USD), ``profit`` (simulated, USD; 0 where it
        does not hunt), ``hunted``.
    """
    rows = []
    for size in sizes:
        found = hunt(Market(clusters={DISTANCE: size}, impact=impact, fee=FEE))
        rows.append((size, theory_profit(DISTANCE, size, impact, FEE), found.profit, found.hunts > 0))
    return pd.DataFrame(rows, columns=["size", "theory", "profit", "hunted"])


def by_sight(size: float, seeds: Iterable[int]) -> pd.DataFrame:
    """What comes of one cluster if positions are public, roughly known, or private.

    Returns
    -------
    DataFrame
        A row a run: ``positions`` ("public", "roughly known", "private"), ``hunted``, ``profit`` (of the hunter, USD),
        ``liquidated`` (units).
    """
    rows, order = [], list(seeds)
    for words, transparency in (("public", "exact"), ("roughly known", "noisy"), ("private", "none")):
        for seed in order:
            found = hunt(Market(clusters={DISTANCE: size}, fee=FEE, transparency=transparency), seed)
            rows.append((words, found.hunts > 0, found.profit, found.forced))
    return pd.DataFrame(rows, columns=["positions", "hunted", "profit", "liquidated"])


def alongside(shares: Iterable[float]) -> pd.DataFrame:
    """Somebody must sell 100 units; a predator sells a share of as much at the same time and buys it back.

    Returns
    -------
    DataFrame
        Indexed by ``share``: ``theory`` and ``simulated`` profit of the predator (USD), ``cost`` (what the prey gets
        less than alone, USD), ``low`` (lowest price, USD).
    """
    alone = prey_and_predator(0.0, _SLICES).cash("prey")
    rows = {}
    for share in shares:
        found = prey_and_predator(share * SIZE, _SLICES)
        profit = found.profit["predator"] if share else 0.0
        low = float(found.series["mid"].min())
        rows[share] = {
            "theory": gain(share * SIZE),
            "simulated": profit,
            "cost": alone - found.cash("prey"),
            "low": low,
        }
    return pd.DataFrame(rows).T.rename_axis("share")
