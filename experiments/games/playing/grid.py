"""A game played in every cell of a grid, on the same seeds everywhere.

Cells that differ only in what a run is worth to the players, as in the cost of a choice, share their runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.empirical import added, begun, check
from cascade_sim.experiments.games.playing.payoffs import Found, play_together
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.profiles import Profile, profiles_of
from cascade_sim.experiments.games.questions.grid import Axes, Cell, cells_of, market_of
from cascade_sim.experiments.games.questions.players import sizes_of
from cascade_sim.experiments.games.questions.question import GameQuestion
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress

__all__ = ["PlayedGrid", "play_grid"]


@dataclass(frozen=True)
class PlayedGrid:
    """A game with measured payoffs in every cell of a grid.

    Attributes
    ----------
    question : GameQuestion
    axes : mapping of str to Axis
    cells : list of Cell
        The last axis varies fastest.
    played : list of Played
        One a cell, all with the same seeds.
    """

    question: GameQuestion
    axes: Axes
    cells: list[Cell]
    played: list[Played]


def play_grid(
    question: GameQuestion,
    axes: Axes,
    workers: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> PlayedGrid:
    """Play a game in every cell with the first ``seeds.at_least`` seeds.

    Parameters
    ----------
    question : GameQuestion
    axes : mapping of str to Axis
        One to three.
    workers : int, optional
        Processes; default one a core. Payoffs do not depend on it.
    progress : callable, optional
        Called with a label, the runs done and the runs in all, for each market.
    folder : pathlib.Path, optional
        A folder a cell is written below ``cells`` when its market is done; a folder of the same grid is gone on with.

    Raises
    ------
    GameError
        If a cell can't be played, or the folder holds another grid.
    RunError
        If a run can't be finished.
    """
    cells = cells_of(question, axes)
    markets: dict[str, list[int]] = {}
    for k, cell in enumerate(cells):
        markets.setdefault(market_of(cell.question), []).append(k)
    profiles = list(profiles_of(sizes_of(question)))
    for first, *_ in markets.values():
        check(cells[first].question, profiles)
    _take_over(folder, axes)
    played: dict[int, Played] = {}
    for number, alike in enumerate(markets.values(), 1):
        label = f"market {number} of {len(markets)}"
        games = {k: cells[k].question for k in alike}
        played |= _market(games, label, workers, progress, folder)
    return PlayedGrid(question, axes, cells, [played[k] for k in range(len(cells))])


def _take_over(folder: Path | None, axes: Axes) -> None:
    """Write down what grid a folder holds, or see that it is the same."""
    if folder is None:
        return
    text = yaml.safe_dump({name: axis.model_dump(mode="json") for name, axis in axes.items()}, sort_keys=False)
    if not folder.exists():
        with whole_folder(folder) as half:
            (half / "axes.yaml").write_text(text, "utf-8")
        return
    held = folder / "axes.yaml"
    if not held.is_file() or held.read_text("utf-8") != text:
        raise GameError(f"{folder} exists already", ["it holds no grid with these axes; choose another folder"])


def _market(
    games: dict[int, GameQuestion], label: str, workers: int | None, progress: Progress | None, folder: Path | None
) -> dict[int, Played]:
    """Cells of one market, by number."""
    places = {k: folder / "cells" / f"{k:03d}" if folder is not None else None for k in games}
    held = {k: begun(one, places[k]) for k, one in games.items()}
    wanted = next(iter(games.values())).seeds
    done = min(own.seeds if own is not None else 0 for own in held.values())
    if done < wanted.at_least:
        seeds = range(wanted.first + done, wanted.first + wanted.at_least)
        found = _run(list(games.values()), seeds, label, workers, progress)
        held = {k: _gone_on(held[k], one, done, own) for (k, one), own in zip(games.items(), found, strict=True)}
    whole = {k: own.first(wanted.at_least) for k, own in held.items() if own is not None}
    for k, own in whole.items():
        place = places[k]
        if place is not None and done < wanted.at_least:
            own.save(place)
    return whole


def _gone_on(held: Played | None, question: GameQuestion, done: int, found: Sequence[Found]) -> Played:
    """The first seeds of what there was, and the next ones."""
    return added(held.first(done) if held is not None and done else None, question, found)


def _run(
    games: Sequence[GameQuestion], seeds: range, label: str, workers: int | None, progress: Progress | None
) -> list[list[Found]]:
    """What every profile with each of the seeds was worth, for each game."""
    jobs: list[tuple[Profile, int]] = [(profile, seed) for profile in profiles_of(sizes_of(games[0])) for seed in seeds]
    texts = tuple(one.model_dump_json() for one in games)
    found = in_parallel(partial(play_together, texts), jobs, workers, progress, label)
    return [[own[k] for own in found] for k in range(len(games))]
