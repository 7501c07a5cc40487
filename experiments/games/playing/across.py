"""A game in several markets: how payoffs and equilibria move with depth, with the size of a cluster, with anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cascade_sim.experiments.games.playing.payoffs import play_once
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.profiles import Profile, named, profiles_of
from cascade_sim.experiments.games.questions.players import roles_of
from cascade_sim.experiments.games.questions.question import GameQuestion, read_game
from cascade_sim.experiments.games.solving.equilibria import equilibria
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.progress import Progress

__all__ = ["across", "hunting_grid", "prey"]

Labels = Mapping[str, float]
Tables = tuple[pd.DataFrame, pd.DataFrame]
Found = tuple[list[dict[str, Any]], dict[str, Any]]

_DEPTHS = (4.5, 6.0, 7.5, 9.0, 10.5, 12.0, 15.0)  # million USD a side
_SIZES = (10.0, 15.0, 20.0, 30.0, 40.0, 60.0)  # units, of 100,000 USD


def prey(size: float, distance: float = 0.00475, price: float = 100_000.0) -> dict[str, Any]:
    """Settings of `hunting-ground` that give its one large position another size.

    Parameters
    ----------
    size : float
        Units.
    distance : float
        Fall of the mark at which it is liquidated, as a share of the price.
    price : float
        USD.
    """
    margin = distance + 0.005 * (1.0 - distance)
    return {
        "accounts.prey.deposit": size * price * margin,
        "accounts.prey.positions.BTC-PERP.size": size,
        "accounts.other-side.positions.BTC-PERP.size": -size,
    }


def across(
    question: GameQuestion,
    markets: Sequence[tuple[Labels, Mapping[str, Any]]],
    seeds: range,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Tables:
    """Play a game in each of several markets with the same seeds.

    Parameters
    ----------
    question : GameQuestion
    markets : sequence of (labels, settings)
        What a market is called in the tables, and its settings over those of the question.
    seeds : range
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional
        Called with a label, the runs done and the runs in all.

    Returns
    -------
    payoffs : DataFrame
        A row a market, profile, role and strategy: labels, ``mean``, ``low``, ``high`` (95 %), ``seeds``.
    solutions : DataFrame
        A row an equilibrium of a market's mean game: labels, ``kind``, ``profile`` (of a pure one), and a column a
        strategy with its share.
    """
    questions = [question.model_copy(update={"settings": question.settings | dict(own)}) for _, own in markets]
    profiles = list(profiles_of([(role.players, len(role.strategies)) for role in roles_of(question)]))
    jobs = [(one.model_dump_json(), profile, seed) for one in questions for profile in profiles for seed in seeds]
    found = in_parallel(_one, jobs, workers, progress, "runs")
    each = len(profiles) * len(seeds)
    played = [_played(one, found[k * each : (k + 1) * each]) for k, one in enumerate(questions)]
    labelled = list(zip((labels for labels, _ in markets), played, strict=True))
    payoffs = pd.concat([_labelled(labels, own.table()) for labels, own in labelled], ignore_index=True)
    return payoffs, pd.DataFrame([dict(labels) | row for labels, own in labelled for row in _solutions(own)])


def hunting_grid(seeds: range, workers: int | None = None, progress: Progress | None = None) -> Tables:
    """The shipped joint hunt by depth of the book (``depth``, M USD) and size of the cluster (``size``, units)."""
    markets = [({"depth": depth, "size": size}, _depth(depth) | prey(size)) for size in _SIZES for depth in _DEPTHS]
    return across(read_game("joint-hunt"), markets, seeds, workers, progress)


def _depth(millions: float) -> dict[str, Any]:
    return {"agents.makers.perp-makers.markets.BTC-PERP": millions * 1e6}


def _played(question: GameQuestion, found: Sequence[Found]) -> Played:
    samples = pd.DataFrame([row for rows, _ in found for row in rows])
    return Played(question, samples, pd.DataFrame([row for _, row in found]))


def _labelled(labels: Labels, table: pd.DataFrame) -> pd.DataFrame:
    """Table with the labels as its first columns."""
    names = list(table)
    return table.assign(**labels)[[*labels, *names]]


def _one(job: tuple[str, Profile, int]) -> Found:
    text, profile, seed = job
    return play_once(text, (profile, seed))


def _solutions(played: Played) -> Iterator[dict[str, Any]]:
    """Equilibria of the mean game as rows."""
    for solution in equilibria(played.game()):
        shares = {
            name: share
            for role, mix in zip(roles_of(played.question), solution.mix, strict=True)
            for name, share in zip(role.strategies, mix, strict=True)
        }
        profile = named(solution.profile) if solution.profile is not None else ""
        yield {"kind": solution.kind, "profile": profile} | shares
