"""A game with measured payoffs: samples by seed, their means and intervals, and games of resampled seeds."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing import payoffs, utility
from cascade_sim.experiments.games.playing.sampling import Certainty
from cascade_sim.experiments.games.profiles import Profile, named, profiles_of
from cascade_sim.experiments.games.questions import guests, players
from cascade_sim.experiments.games.questions.players import roles_of, sizes_of
from cascade_sim.experiments.games.questions.question import GameQuestion, scenario_of
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.sweeps.design import code_version
from cascade_sim.folders import whole_folder
from cascade_sim.scenario.inputs import digest_with_files

__all__ = ["Played", "digest_of"]

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
        A row for every profile, role, strategy that somebody plays there, and seed: ``payoff``, ``profit``, ``held``,
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
        return self._cells("payoff")

    def _cells(self, value: str) -> pd.DataFrame:
        order = self.samples[_KEY].drop_duplicates()
        wide = self.samples.pivot(index="seed", columns=_KEY, values=value).sort_index()
        return wide[list(order.itertuples(index=False, name=None))]

    @property
    def seeds(self) -> int:
        """Seeds that every profile was run with."""
        return len(self.cells)

    def game(self) -> Game:
        """Game of the mean payoffs."""
        return self._game_of(self.cells.to_numpy().mean(axis=0))

    def game_of_profit(self) -> Game:
        """The same game if nothing but profit counted: no benefit of exposure, no costs outside the market, no risk."""
        return self._game_of(self._cells("profit").to_numpy().mean(axis=0))

    def table(self) -> pd.DataFrame:
        """``mean`` payoff of every cell with its 95 % interval (bootstrap over ``seeds``) from ``low`` to ``high``."""
        values = self.cells.to_numpy()
        mean, low, high = _interval(values)
        frame = self.cells.columns.to_frame(index=False)
        return frame.assign(mean=mean, low=low, high=high, seeds=len(values))

    def resampled(self, count: int = _RESAMPLES) -> list[Game]:
        """Games of resampled seeds; a seed comes with its payoffs in all profiles, for they share its luck."""
        values = self.cells.to_numpy()
        return [self._game_of(row) for row in bootstrap(lambda several: several.mean(axis=1), values, resamples=count)]

    def first(self, seeds: int) -> "Played":
        """The same with the first seeds alone."""
        kept = self.cells.index[:seeds]
        samples, outcomes = (frame[frame["seed"].isin(kept)] for frame in (self.samples, self.outcomes))
        return Played(self.question, samples.reset_index(drop=True), outcomes.reset_index(drop=True))

    @property
    def leader(self) -> int | None:
        """Number of the role whose choice the others see."""
        leader = self.question.leader
        return None if leader is None else list(self.question.roles).index(leader)

    def certainty(self, count: int = _RESAMPLES) -> Certainty:
        """What is reported, and how well its regret is known."""
        return Certainty(self.game(), self.resampled(count), self.leader)

    def outcome(self, name: str) -> Floats:
        """An outcome of every run, shape (seeds, profiles), profiles in the order of the game's."""
        wide = self.outcomes.pivot(index="seed", columns="profile", values=name).sort_index()
        return wide[[named(profile) for profile in profiles_of(sizes_of(self.question))]].to_numpy(float)

    def _game_of(self, values: Floats) -> Game:
        payoff: dict[Any, float] = dict(zip(self.cells.columns, values.tolist(), strict=True))
        roles = roles_of(self.question)

        def of(profile: Profile) -> tuple[tuple[float, ...], ...]:
            name = named(profile)
            return tuple(tuple(payoff.get((name, role.name, s), np.nan) for s in role.strategies) for role in roles)

        return Game(roles, {profile: of(profile) for profile in profiles_of(sizes_of(self.question))}, "USD an account")

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


def _interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean of each column with its 95 % interval."""
    low, high = percentile_interval(bootstrap(lambda several: several.mean(axis=1), values, resamples=1000))
    return values.mean(axis=0), low, high


def digest_of(question: GameQuestion) -> str:
    """Digest of everything that decides a payoff: market, roles and code, but not the number of seeds or any words.

    Files that the game names, a scenario's with those that it reads and agents', count with what is in them.
    """
    words = {"seeds", "title", "story", "discussion", "sources", "theory", "name", "axes", "tables"}
    market = digest_with_files(scenario_of(question))
    texts = [question.model_dump_json(exclude=words), str(question.seeds.first), code_version(), market]
    parts = [text.encode() for text in texts] + [path.read_bytes() for path in _sources(question)]
    return hashlib.blake2b(b"\0".join(parts), digest_size=16).hexdigest()


def _sources(question: GameQuestion) -> list[Path]:
    """Python files of the agents that are played, and of what makes payoffs out of runs."""
    strategies = [strategy for role in question.roles.values() for strategy in role.strategies.values()]
    named = {strategy.agent.rpartition(":")[0] for strategy in strategies if strategy.agent is not None}
    agents = [source if source.endswith(".py") else import_module(source).__file__ for source in sorted(named)]
    own = [module.__file__ for module in (guests, payoffs, players, utility)]
    return [Path(file) for file in [*own, *agents] if file is not None]
