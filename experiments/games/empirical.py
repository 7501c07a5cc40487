"""Empirical games: payoffs measured in the market itself, profile by profile.

References
----------
Wellman (2006), "Methods for empirical game-theoretic analysis (extended abstract)", AAAI.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.payoffs import play_once
from cascade_sim.experiments.games.players import roles_of, seat
from cascade_sim.experiments.games.profiles import Profile, named, profiles_of
from cascade_sim.experiments.games.question import GameQuestion
from cascade_sim.experiments.games.sampling import Certainty
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.sweeps.design import code_version
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress

__all__ = ["Played", "play"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 200
_KEY = ["profile", "role", "strategy"]


@dataclass(frozen=True)
class Played:
    """A game with measured payoffs.

    Attributes
    ----------
    question : GameQuestion
    samples : DataFrame
        A row for every profile, role, strategy that somebody plays there, and seed: ``payoff``, ``profit`` and ``held``,
        in USD for each account.
    outcomes : DataFrame
        A row for every profile and seed: ``fall``, ``liquidated``, ``bad_debt``, ``welfare`` and others.
    """

    question: GameQuestion
    samples: pd.DataFrame
    outcomes: pd.DataFrame

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Payoffs with a row a seed and a column a (profile, role, strategy), in the order of profiles."""
        order = self.samples[_KEY].drop_duplicates()
        wide = self.samples.pivot(index="seed", columns=_KEY, values="payoff").sort_index()
        return wide[list(order.itertuples(index=False, name=None))]

    @property
    def seeds(self) -> int:
        """Seeds that every profile was run with."""
        return len(self.cells)

    def game(self) -> Game:
        """Game of the mean payoffs."""
        return self._game_of(self.cells.to_numpy().mean(axis=0))

    def table(self) -> pd.DataFrame:
        """Mean payoff of every cell with its 95 % interval (bootstrap over seeds): ``mean``, ``low``, ``high``, ``seeds``."""
        values = self.cells.to_numpy()
        low, high = percentile_interval(bootstrap(lambda several: several.mean(axis=1), values, resamples=1000))
        frame = self.cells.columns.to_frame(index=False)
        return frame.assign(mean=values.mean(axis=0), low=low, high=high, seeds=len(values))

    def resampled(self, count: int = _RESAMPLES) -> list[Game]:
        """Games of resampled seeds; a seed comes with its payoffs in all profiles, for they share its luck."""
        values = self.cells.to_numpy()
        return [self._game_of(row) for row in bootstrap(lambda several: several.mean(axis=1), values, resamples=count)]

    def certainty(self, count: int = _RESAMPLES) -> Certainty:
        """The reported equilibrium and how well its regret is known."""
        return Certainty(self.game(), self.resampled(count))

    def welfare(self) -> pd.DataFrame:
        """Mean welfare of every profile with its 95 % interval, USD."""
        wide = self.outcomes.pivot(index="seed", columns="profile", values="welfare")[self._profile_names()]
        values = wide.to_numpy()
        low, high = percentile_interval(bootstrap(lambda several: several.mean(axis=1), values, resamples=1000))
        return pd.DataFrame({"profile": wide.columns, "mean": values.mean(axis=0), "low": low, "high": high})

    def _profile_names(self) -> list[str]:
        return [
            named(profile) for profile in profiles_of([(role.players, len(role.strategies)) for role in self._roles])
        ]

    @cached_property
    def _roles(self) -> tuple[Any, ...]:
        return roles_of(self.question)

    def _game_of(self, values: Floats) -> Game:
        payoff = dict(zip(self.cells.columns, values.tolist(), strict=True))
        roles = self._roles
        payoffs = {
            profile: tuple(
                tuple(payoff.get((named(profile), role.name, name), np.nan) for name in role.strategies)
                for role in roles
            )
            for profile in profiles_of([(role.players, len(role.strategies)) for role in roles])
        }
        return Game(roles, payoffs, "USD an account")

    def save(self, folder: Path) -> None:
        """Write the question, samples and outcomes; whole or not at all."""
        with whole_folder(folder) as half:
            (half / "game.yaml").write_text(
                yaml.safe_dump(self.question.model_dump(mode="json"), sort_keys=False, allow_unicode=True), "utf-8"
            )
            self.samples.to_parquet(half / "samples.parquet", index=False)
            self.outcomes.to_parquet(half / "outcomes.parquet", index=False)
            self.table().to_csv(half / "payoffs.csv", index=False)
            (half / "state.json").write_text(json.dumps({"digest": digest_of(self.question)}), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Played":
        """Read what `save` wrote.

        Raises
        ------
        GameError
            If a file is missing or damaged.
        """
        try:
            question = GameQuestion.model_validate(yaml.safe_load((folder / "game.yaml").read_text("utf-8")))
            samples = pd.read_parquet(folder / "samples.parquet")
            return cls(question, samples, pd.read_parquet(folder / "outcomes.parquet"))
        except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
            raise GameError(f"{folder} can't be read", [f"a file in it is missing or damaged: {error}"]) from None


def digest_of(question: GameQuestion) -> str:
    """Digest of everything that decides a payoff: market, roles and code, but not the number of seeds or any words."""
    words = {"seeds", "title", "story", "discussion", "sources", "theory", "name"}
    parts = [question.model_dump_json(exclude=words), str(question.seeds.first), code_version()]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


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
    sizes = [(role.players, len(role.strategies)) for role in roles_of(question)]
    profiles = list(profiles_of(sizes))
    _check(question, profiles)
    played = _begun(question, folder)
    done = played.seeds if played is not None else 0
    while played is None or _goes_on(played, tell):
        wanted = _next(question, done)
        seeds = range(question.seeds.first + done, question.seeds.first + wanted)
        played = _with(played, question, _run(question, profiles, seeds, workers, progress))
        done = wanted
        if folder is not None:
            played.save(folder)
    return played


def _check(question: GameQuestion, profiles: Sequence[Profile]) -> None:
    """Try to seat enough profiles that every strategy has been tried, before anything runs."""
    tried: set[tuple[int, int]] = set()
    for profile in profiles:
        new = {(r, k) for r, counts in enumerate(profile) for k, count in enumerate(counts) if count} - tried
        if new:
            seat(question, profile)
            tried |= new


def _begun(question: GameQuestion, folder: Path | None) -> Played | None:
    """What the folder holds already."""
    if folder is None or not folder.exists():
        return None
    try:
        state = json.loads((folder / "state.json").read_text("utf-8"))["digest"]
    except (OSError, ValueError, KeyError):
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
        tell(
            f"{played.seeds} seeds: regret known within {error:.1%} of the range of payoffs (wanted: {wanted.regret:.0%})"
        )
    return error > wanted.regret and played.seeds < wanted.at_most


def _next(question: GameQuestion, done: int) -> int:
    """Seeds after the next batch: as many again."""
    wanted = question.seeds
    return min(max(2 * done, wanted.at_least), wanted.at_most)


Found = list[tuple[list[dict[str, Any]], dict[str, Any]]]


def _run(
    question: GameQuestion,
    profiles: Sequence[Profile],
    seeds: range,
    workers: int | None,
    progress: Progress | None,
) -> Found:
    """All profiles with each of the seeds."""
    jobs = [(profile, seed) for profile in profiles for seed in seeds]
    return in_parallel(partial(play_once, question.model_dump_json()), jobs, workers, progress, "runs")


def _with(played: Played | None, question: GameQuestion, found: Found) -> Played:
    """More runs added to those there were, ordered by profile and seed."""
    samples = pd.DataFrame([row for rows, _ in found for row in rows])
    outcomes = pd.DataFrame([row for _, row in found])
    if played is not None:
        samples = pd.concat([played.samples, samples], ignore_index=True)
        outcomes = pd.concat([played.outcomes, outcomes], ignore_index=True)
    order = {
        named(p): k for k, p in enumerate(profiles_of([(r.players, len(r.strategies)) for r in roles_of(question)]))
    }
    return Played(question, _in_order(samples, order), _in_order(outcomes, order))


def _in_order(frame: pd.DataFrame, order: dict[str, int]) -> pd.DataFrame:
    place = frame["profile"].map(order)
    return (
        frame.assign(place=place).sort_values(["place", "seed"], kind="stable", ignore_index=True).drop(columns="place")
    )
