"""Empirical games: payoffs measured in the market itself, profile by profile.

References
----------
Wellman (2006), "Methods for empirical game-theoretic analysis (extended abstract)", AAAI.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.payoffs import Found, play_once
from cascade_sim.experiments.games.playing.played import Played, digest_of
from cascade_sim.experiments.games.profiles import Profile, named, profiles_of
from cascade_sim.experiments.games.questions.players import Seating, check_members, members_of, seat, sizes_of
from cascade_sim.experiments.games.questions.question import GameQuestion
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.progress import Progress
from cascade_sim.scenario.load import ScenarioError

__all__ = ["Played", "added", "begun", "check", "play", "play_again"]


def play(
    question: GameQuestion,
    workers: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Played:
    """Run every profile until it is known well enough whether anybody would leave the equilibrium.

    Parameters
    ----------
    question : GameQuestion
    workers : int, optional
        Processes; default one a core. Payoffs do not depend on it.
    progress : callable, optional
        Called with a label, the runs done and the runs in all.
    folder : pathlib.Path, optional
        Written after every batch of seeds; a folder of the same game is gone on with.
    tell : callable, optional
        Called with a sentence after every batch.

    Raises
    ------
    GameError
        If the game can't be played, or the folder holds another one.
    RunError
        If a run can't be finished.
    """
    profiles = list(profiles_of(sizes_of(question)))
    check(question, profiles)
    played = begun(question, folder)
    done = played.seeds if played is not None else 0
    while played is None or _goes_on(played, tell):
        wanted = _next(question, done)
        seeds = range(question.seeds.first + done, question.seeds.first + wanted)
        played = added(played, question, _run(question, profiles, seeds, workers, progress))
        done = wanted
        if folder is not None:
            played.save(folder)
    return played


def play_again(
    played: Played,
    workers: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Played:
    """Play the same game with as many fresh seeds, which had no part in what was found or in how the game was set up.

    Parameters
    ----------
    played : Played
    workers, progress, folder
        As of `play`.
    """
    asked = played.question
    fresh = asked.model_copy(update={"seeds": asked.seeds.confirming(played.seeds)})
    return play(fresh, workers, progress, folder)


def check(question: GameQuestion, profiles: Sequence[Profile]) -> None:
    """Try to seat enough profiles that every strategy has been tried, before anything runs."""
    tried: set[tuple[int, int]] = set()
    members: dict[tuple[int, int], int] = {}
    for profile in profiles:
        new = {(r, k) for r, counts in enumerate(profile) for k, count in enumerate(counts) if count} - tried
        if new:
            members |= members_of(question, _seat(question, profile, sorted(new)))
            tried |= new
    check_members(question, members)


def _seat(question: GameQuestion, profile: Profile, new: Sequence[tuple[int, int]]) -> Seating:
    """Seat a profile; where that is impossible, what is new in it is to blame."""
    try:
        return seat(question, profile)
    except ScenarioError as error:
        names = [(name, list(role.strategies)) for name, role in question.roles.items()]
        places = ", ".join(f"roles.{names[r][0]}.strategies.{names[r][1][k]}" for r, k in new)
        raise GameError(f"game {question.name!r}, {places}", _once(question, error.problems)) from error


def _once(question: GameQuestion, problems: Sequence[str]) -> list[str]:
    """Problems that all copies of a cohort have, told once, under the cohort's name."""
    for cohort in filter(None, (role.cohort for role in question.roles.values())):
        problems = [re.sub(rf"\bagents\.{re.escape(cohort)}-\d+\b", f"agents.{cohort}", told) for told in problems]
    return list(dict.fromkeys(problems))


def begun(question: GameQuestion, folder: Path | None) -> Played | None:
    """What the folder holds already."""
    if folder is None or not folder.exists():
        return None
    try:
        state = json.loads((folder / "state.json").read_text("utf-8"))["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        raise GameError(f"{folder} exists already", ["it is no folder of a game; choose another one"]) from None
    if state != digest_of(question):
        raise GameError(f"{folder} exists already", ["it holds another game, or one of other code; choose another one"])
    held = Played.load(folder)
    return Played(question, held.samples, held.outcomes)


def _goes_on(played: Played, tell: Callable[[str], None] | None) -> bool:
    """Whether more seeds are wanted, and may be had."""
    wanted = played.question.seeds
    if played.seeds < wanted.at_least:
        return True
    error = played.certainty().error
    if tell is not None:
        known = f"{error:.1%} of the range of payoffs (wanted: {wanted.regret:.0%})"
        tell(f"{played.seeds} seeds: regret known within {known}")
    return error > wanted.regret and played.seeds < wanted.at_most


def _next(question: GameQuestion, done: int) -> int:
    """Seeds after the next batch: as many again."""
    wanted = question.seeds
    return min(max(2 * done, wanted.at_least), wanted.at_most)


def _run(
    question: GameQuestion,
    profiles: Sequence[Profile],
    seeds: range,
    workers: int | None,
    progress: Progress | None,
) -> list[Found]:
    """All profiles with each of the seeds."""
    jobs = [(profile, seed) for profile in profiles for seed in seeds]
    return in_parallel(partial(play_once, question.model_dump_json()), jobs, workers, progress, "runs")


def added(played: Played | None, question: GameQuestion, found: Sequence[Found]) -> Played:
    """More runs added to those there were, ordered by profile and seed."""
    samples = pd.DataFrame([row for rows, _ in found for row in rows])
    outcomes = pd.DataFrame([row for _, row in found])
    if played is not None:
        samples = pd.concat([played.samples, samples], ignore_index=True)
        outcomes = pd.concat([played.outcomes, outcomes], ignore_index=True)
    order = {named(profile): k for k, profile in enumerate(profiles_of(sizes_of(question)))}
    return Played(question, _in_order(samples, order), _in_order(outcomes, order))


def _in_order(frame: pd.DataFrame, order: dict[str, int]) -> pd.DataFrame:
    placed = frame.assign(place=frame["profile"].map(order))
    return placed.sort_values(["place", "seed"], kind="stable", ignore_index=True).drop(columns="place")
