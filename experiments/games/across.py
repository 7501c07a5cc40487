"""A game in several markets: how payoffs and equilibria move with depth, with the size of a cluster, with anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cascade_sim.experiments.games.equilibria import equilibria
from cascade_sim.experiments.games.payoffs import play_once
from cascade_sim.experiments.games.played import Played
from cascade_sim.experiments.games.players import roles_of
from cascade_sim.experiments.games.profiles import Profile, named, profiles_of
from cascade_sim.experiments.games.question import GameQuestion
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.progress import Progress

__all__ = ["across", "prey"]

Labels = Mapping[str, float]


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
) -> tuple[pd.DataFrame, pd.DataFrame]:
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
    texts = [one.model_dump_json() for one in questions]
    profiles = list(profiles_of([(role.players, len(role.strategies)) for role in roles_of(question)]))
    jobs = [(text, profile, seed) for text in texts for profile in profiles for seed in seeds]
    found = in_parallel(_one, jobs, workers, progress, "runs")
    each = len(profiles) * len(seeds)
    payoffs, solutions = [], []
    for k, ((labels, _), one) in enumerate(zip(markets, questions, strict=True)):
        own = found[k * each : (k + 1) * each]
        samples = pd.DataFrame([row for rows, _ in own for row in rows])
        played = Played(one, samples, pd.DataFrame([row for _, row in own]))
        payoffs.append(played.table().assign(**labels))
        solutions += [dict(labels) | row for row in _solutions(played)]
    names = list(markets[0][0])
    table = pd.concat(payoffs, ignore_index=True)
    return table[names + [column for column in table if column not in names]], pd.DataFrame(solutions)


def _one(job: tuple[str, Profile, int]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
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
