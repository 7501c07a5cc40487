"""The joint hunt by depth of the book and size of the position in danger: how payoffs move with both."""

from collections.abc import Sequence

import pandas as pd

from cascade_sim.experiments.games.playing.grid import play_grid
from cascade_sim.experiments.games.questions.question import read_game
from cascade_sim.experiments.sweeps.question import Axis
from cascade_sim.progress import Progress

__all__ = ["hunts_table"]

_DEPTHS = (4.5, 6.0, 7.5, 9.0, 10.5, 12.0, 15.0)  # million USD a side
_SIZES = (10.0, 15.0, 20.0, 30.0, 40.0, 60.0)  # units, of 100,000 USD
_SHIPPED = 20.0  # units in the scenario
_PREY = (
    "accounts.prey.deposit",
    "accounts.prey.positions.BTC-PERP.size",
    "accounts.other-side.positions.BTC-PERP.size",
)


def hunts_table(
    seeds: int,
    workers: int | None = None,
    progress: Progress | None = None,
    depths: Sequence[float] = _DEPTHS,
    sizes: Sequence[float] = _SIZES,
) -> pd.DataFrame:
    """Payoffs of the shipped joint hunt in each market, with the same seeds.

    The position in danger is liquidated at the same price whatever its size, for its deposit grows with it.

    Parameters
    ----------
    seeds : int
        How many, counted from 0.
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional
        Called with a label, the runs done and the runs in all.
    depths : sequence of float
        Of the perpetual's book, million USD a side.
    sizes : sequence of float
        Of the position, units.

    Returns
    -------
    DataFrame
        A row a market, profile, role and strategy: ``depth``, ``size``, ``mean``, ``low``, ``high`` (95 %), ``seeds``.
    """
    question = read_game("joint-hunt", seeds={"at_least": seeds, "at_most": seeds})
    axes = {
        "size": Axis(values=tuple(size / _SHIPPED for size in sizes), times=_PREY),
        "depth": Axis(
            values=tuple(depth * 1e6 for depth in depths), set=("agents.makers.perp-makers.markets.BTC-PERP",)
        ),
    }
    grid = play_grid(question, axes, workers, progress)
    markets = [{"depth": depth, "size": size} for size in sizes for depth in depths]
    tables = [_labelled(market, own.table()) for market, own in zip(markets, grid.played, strict=True)]
    return pd.concat(tables, ignore_index=True)


def _labelled(market: dict[str, float], table: pd.DataFrame) -> pd.DataFrame:
    """Table with the market as its first columns."""
    return table.assign(**market)[[*market, *table]]
