"""A played grid as one table: what is chosen in every cell, and what that does to the market."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.grid import PlayedGrid
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.reporting.estimate import Estimate
from cascade_sim.experiments.games.reporting.led import choices_frame, shares_frames
from cascade_sim.experiments.games.reporting.prediction import predicted
from cascade_sim.experiments.games.reporting.welfare import chances_of
from cascade_sim.experiments.games.solving.equilibria import Equilibrium
from cascade_sim.experiments.games.solving.solution import Solution
from cascade_sim.experiments.statistics.bootstrap import percentile_interval

__all__ = ["choices_table", "grid_table", "share_column"]

Floats = npt.NDArray[np.float64]

_OUTCOMES = ("welfare", "debt", "fall")


def share_column(role: str, strategy: str) -> str:
    """Name of the column with the share of a role's players that choose a strategy."""
    return f"{role}: {strategy}"


def grid_table(grid: PlayedGrid) -> pd.DataFrame:
    """A row a cell.

    Parameters
    ----------
    grid : PlayedGrid

    Returns
    -------
    pandas.DataFrame
        Columns: the axes; ``seeds``; ``ROLE: STRATEGY``, the share in what is reported (an equilibrium; with a leader,
        what follows its best choice); ``paper`` and what it was reckoned from, where the closed form takes the
        settings; expected there, in USD, ``welfare`` and ``debt`` (bad debt, and what accounts that nobody closed
        lack at the end), and the ``fall`` of the price; of a game of one role with two strategies also ``debt_if_all``
        and ``debt_if_none`` choose the first, and ``debt_more``, their difference on the same luck. All measured ones
        with a 95 % interval in ``... low`` and ``... high`` (bootstrap over seeds; in each resample everybody
        settles anew, while outcomes are those of the shares reported).
    """
    return pd.DataFrame([{**cell.values, **_row(own)} for cell, own in zip(grid.cells, grid.played, strict=True)])


def choices_table(grid: PlayedGrid) -> pd.DataFrame:
    """A row a cell and choice of the leader: ``payoff`` with its interval, ``best``, and the others' shares."""
    return pd.concat(
        [_choices(own).assign(**cell.values) for cell, own in zip(grid.cells, grid.played, strict=True)],
        ignore_index=True,
    )[[*grid.axes, *_choices(grid.played[0])]]


def _choices(played: Played) -> pd.DataFrame:
    game, leader = played.game(), played.leader or 0
    found = list(Solution.of(game, leader).answers)
    rows = choices_frame(game, leader, found, played.resampled())
    for role, shares in shares_frames(game, leader, found).items():
        rows = rows.join(shares.set_axis([share_column(role, str(name)) for name in shares], axis=1))
    return rows.rename_axis("choice").reset_index()


def _row(played: Played) -> dict[str, float]:
    game = played.game()
    solution = Solution.of(game, played.leader)
    row: dict[str, float] = {"seeds": played.seeds, **dict(_shares(played, game, solution.equilibrium))}
    row |= predicted(played)
    for outcome in _OUTCOMES:
        row |= _spread(outcome, _expected(played, game, solution.equilibrium, outcome))
    return row | _ends(played, game)


def _shares(played: Played, game: Game, reported: Equilibrium) -> Iterator[tuple[str, float]]:
    """Shares with intervals, by column."""
    several = [Solution.of(other, played.leader).equilibrium.mix for other in played.resampled()]
    for r, role in enumerate(game.roles):
        low, high = percentile_interval(np.array([mix[r] for mix in several]))
        for k, name in enumerate(role.strategies):
            column = share_column(role.name, name)
            yield from ((column, reported.mix[r][k]), (f"{column} low", low[k]), (f"{column} high", high[k]))


def _spread(name: str, values: Floats) -> dict[str, float]:
    """Mean over seeds with its interval, by column."""
    found = Estimate.of_mean(values)
    return {name: found.value, f"{name} low": found.low, f"{name} high": found.high}


def _measured(played: Played, outcome: str) -> Floats:
    """An outcome, shape (seeds, profiles); debt is bad debt and what accounts that nobody closed lack."""
    if outcome == "debt":
        return played.outcome("bad_debt") + played.outcome("open_debt")
    return played.outcome(outcome)


def _expected(played: Played, game: Game, reported: Equilibrium, outcome: str) -> Floats:
    """What is to be expected of an outcome where everybody plays what is reported, for each seed."""
    expected: Floats = _measured(played, outcome) @ chances_of(game, reported)
    return expected


def _ends(played: Played, game: Game) -> dict[str, float]:
    """Bad debt if all of the only role choose the first of two strategies, and if nobody does."""
    if [len(role.strategies) for role in game.roles] != [2]:
        return {}
    players = game.roles[0].players
    debt = _measured(played, "debt")
    every, none = (debt[:, game.profiles.index(profile)] for profile in (((players, 0),), ((0, players),)))
    return _spread("debt_if_all", every) | _spread("debt_if_none", none) | _spread("debt_more", every - none)
