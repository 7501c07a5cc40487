"""What a game asks: a market, who plays in it, what each can choose, and what it is worth to them."""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator

from cascade_sim.experiments.games.analytic import analytic_names
from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.profiles import profile_count
from cascade_sim.experiments.sweeps.question import Axis
from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.files import Shelf, laid_over
from cascade_sim.scenario.load import load_scenario, scenario_data
from cascade_sim.scenario.scenario import Scenario

__all__ = [
    "OUTCOMES",
    "GameQuestion",
    "Payoff",
    "PlayedRole",
    "Sampling",
    "Strategy",
    "game_names",
    "read_game",
    "scenario_of",
]

OUTCOMES = {
    "open_interest": "notional of long positions at the start (USD)",
    "fall": "largest fall of the mid, mean over perpetuals (share)",
    "liquidated": "notional liquidated (USD)",
    "liquidations": "number of liquidations",
    "bad_debt": "what liquidated accounts ended below zero (USD)",
    "volume": "traded in perpetuals (USD)",
    "fund_change": "change of the insurance funds (USD)",
    "open_debt": "what accounts that nobody had closed by the end were below zero (USD)",
}

_MOST_PROFILES = 5000
_FRESH = 1_000_000  # seeds after a game's first: more than any game may play
_COHORT = re.compile(r"(traders|makers|liquidators|hunters|arbitrageurs|investors)\.[\w-]+")
_AGENT = re.compile(r"[^:]+:\w+")


class Strategy(Model):
    """One thing that a player can choose."""

    label: str = Field("", description="A word or two, for tables and figures")
    set: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings over those of the player's cohort (of the scenario, for a role without one); with "
        "`agent`, attributes of the agent",
    )
    cost: float = quantity(
        0.0,
        unit="USD",
        description="What choosing it costs outside the market, for each account: a server, a licence",
    )
    agent: str | None = Field(None, description="Class of an agent in Python, FILE.py:Class, instead of the cohort")

    @model_validator(mode="after")
    def _names_a_class(self) -> "Strategy":
        if self.agent is not None and not _AGENT.fullmatch(self.agent):
            raise ValueError(f"agent: must look like FILE.py:Class or package.module:Class, got {self.agent!r}")
        return self


class Payoff(Model):
    """What a run is worth to a player, in USD for each of its accounts; those of one owner count as one.

    Without anything: profit. With `risk_aversion` and `benefit`: the utility of
    `cascade_sim.experiments.games.playing.utility` in USD, so that a certain profit of a small part of the stake is
    worth just that.
    """

    risk_aversion: float = quantity(
        0.0, unit="1/stake", description="Absolute, of what is won or lost over the stake", ge=0, le=100
    )
    benefit: float = quantity(
        0.0, description="Private value of exposure: part of the notional that is still held at the end", ge=0, le=1
    )
    capital_cost: float = quantity(0.0, description="What having money on the account costs, share of the stake", ge=0)
    counts: dict[str, float] = Field(
        default_factory=dict, description="Outcomes of the run that count for a venue beside what it takes, by weight"
    )

    @property
    def of_accounts(self) -> list[str]:
        """Names of the terms in use that only an account can have."""
        return [name for name in ("risk_aversion", "benefit", "capital_cost") if getattr(self, name) != 0.0]

    @field_validator("counts")
    @classmethod
    def _are_outcomes(cls, given: dict[str, float]) -> dict[str, float]:
        unknown = [name for name in given if name not in OUTCOMES]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no outcome; there are {', '.join(OUTCOMES)}")
        return given


class PlayedRole(Model):
    """Players who are alike."""

    label: str = ""
    cohort: str | None = Field(None, description="Kind and name, as hunters.predators; each player is a copy of it")
    venue: str | None = Field(None, description="Venue whose revenue is the payoff of a role without a cohort")
    players: int = Field(1, ge=1, le=1000)
    payoff: Payoff = Payoff()
    strategies: dict[str, Strategy] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _is_somebody(self) -> "PlayedRole":
        if (self.cohort is None) == (self.venue is None):
            raise ValueError("must have either cohort (as hunters.predators) or venue; give one of the two")
        if self.cohort is not None and not _COHORT.fullmatch(self.cohort):
            raise ValueError(f"cohort: must be a kind of agent and a name, as hunters.predators; got {self.cohort!r}")
        if self.venue is not None and self.players != 1:
            raise ValueError(f"players: a venue is one player, got {self.players}")
        if self.venue is not None and any(strategy.agent for strategy in self.strategies.values()):
            raise ValueError("strategies: a venue is no agent in Python; use set")
        if self.venue is not None and (terms := self.payoff.of_accounts):
            raise ValueError(f"payoff.{terms[0]}: a venue is paid by what it takes and by counts; leave it out")
        if self.cohort is not None and self.payoff.counts:
            raise ValueError("payoff.counts: only for a venue do outcomes of the run count")
        return self


class Sampling(Model):
    """How often each profile is run: with the same seeds everywhere, in their order."""

    first: int = Field(0, ge=0, lt=2**62)
    at_least: int = Field(20, ge=2, le=100_000)
    at_most: int = Field(160, ge=2, le=100_000)
    regret: float = Field(
        0.05, gt=0, le=1, description="Standard deviation of the equilibrium's regret that is enough, over the range"
    )
    fresh: int | None = Field(
        None,
        ge=0,
        lt=2**62,
        description="First of the seeds that confirm what was found; default: a million after `first`. Who has looked "
        "at them and then changes the game must take others",
    )

    @model_validator(mode="after")
    def _climbs(self) -> "Sampling":
        if self.at_most < self.at_least:
            raise ValueError(f"at_most must be {self.at_least} (at_least) or more, got {self.at_most}")
        return self

    @model_validator(mode="after")
    def _is_fresh(self) -> "Sampling":
        if self.fresh is not None and abs(self.fresh - self.first) < self.at_most:
            least = self.first + self.at_most
            raise ValueError(
                f"fresh must be {least} (first and at_most) or more, for others are seen, got {self.fresh}"
            )
        return self

    def confirming(self, count: int) -> "Sampling":
        """As many fresh seeds as were played."""
        first = self.first + _FRESH if self.fresh is None else self.fresh
        return Sampling(first=first, at_least=count, at_most=count, regret=self.regret)


class GameQuestion(Model):
    """Everything that decides what a game plays."""

    name: str = Field(pattern=r"^[\w.-]+$", description="Short name, as of a file")
    title: str = ""
    story: str = Field("", description="What it is about, for a class")
    theory: str | None = Field(None, description="Name of the closed-form game beside it")
    scenario: str = Field("one-market", description="Name of a shipped scenario or path of a file")
    settings: dict[str, Any] = Field(default_factory=dict, description="Path and value of what is fixed otherwise")
    roles: dict[str, PlayedRole] = Field(min_length=1, max_length=6)
    leader: str | None = Field(None, description="Role whose choice the others see before they choose theirs")
    seeds: Sampling = Sampling()
    axes: dict[str, Axis] = Field(default_factory=dict, description="What can be varied: values, and paths that follow")
    tables: dict[str, list[str]] = Field(default_factory=dict, description="Names of grids, each of one to three axes")
    discussion: str = Field("", description="What was found, and where simulation and theory part")
    sources: dict[str, str] = Field(default_factory=dict, description="Where settings come from")

    @model_validator(mode="after")
    def _is_small_enough(self) -> "GameQuestion":
        count = profile_count([(role.players, len(role.strategies)) for role in self.roles.values()])
        if count > _MOST_PROFILES:
            raise ValueError(
                f"roles: {count} profiles, {_MOST_PROFILES} are the most; take fewer players or strategies"
            )
        if self.leader is not None and (self.leader not in self.roles or self.roles[self.leader].players != 1):
            alone = ", ".join(name for name, role in self.roles.items() if role.players == 1) or "none"
            raise ValueError(f"leader must be a role of one player ({alone}), got {self.leader!r}")
        if self.leader is not None and len(self.roles) == 1:
            raise ValueError("leader: there is nobody who follows; add a role")
        if self.theory is not None and self.theory not in analytic_names():
            raise ValueError(f"theory: {self.theory!r} is no game on paper; there are {', '.join(analytic_names())}")
        for name, axes in self.tables.items():
            if not 1 <= len(axes) <= 3 or any(axis not in self.axes for axis in axes):
                known = ", ".join(self.axes) or "none"
                raise ValueError(f"tables.{name}: must be a list of one to three of the axes ({known}), got {axes}")
        cohorts = [role.cohort for role in self.roles.values() if role.cohort]
        if len(set(cohorts)) < len(cohorts):
            raise ValueError("roles: two of them have the same cohort; give each its own")
        return self


_GAMES = Shelf("game", GameError, "a shipped game", "cascade_sim.experiments.games", "shipped")


def game_names() -> list[str]:
    """Names of the shipped games that are played in the simulator."""
    return _GAMES.names()


def _inside(given: Any, name: str) -> list[Any]:
    """Values of a mapping in a mapping; none where the file says something else, which is refused later."""
    inner = given.get(name) if isinstance(given, dict) else None
    return list(inner.values()) if isinstance(inner, dict) else []


def _beside(data: dict[str, Any], folder: Path) -> None:
    """Files of agents and of a scenario are named from the place of the game's file."""
    if isinstance(scenario := data.get("scenario"), str) and (folder / scenario).is_file():
        data["scenario"] = str((folder / scenario).absolute())
    for role in _inside(data, "roles"):
        for strategy in _inside(role, "strategies"):
            agent = strategy.get("agent") if isinstance(strategy, dict) else None
            if isinstance(agent, str) and ".py:" in agent:
                strategy["agent"] = str((folder / agent).absolute())


def read_game(source: str, settings: dict[str, Any] | None = None, seeds: dict[str, int] | None = None) -> GameQuestion:
    """Game of a file, or a shipped one.

    Parameters
    ----------
    source : str
        Name of a shipped game or path of a YAML file.
    settings : dict, optional
        Path and value of settings of the scenario, over the file's. What the file says was found is left out then.
    seeds : dict, optional
        Values over the file's ``seeds``.

    Raises
    ------
    GameError
        With everything that is wrong.
    """
    data = _GAMES.read(source)
    if Path(source).is_file():
        _beside(data, Path(source).parent)
    if settings:
        data.pop("discussion", None)
    given = {"settings": settings, "seeds": seeds}
    return _GAMES.check(GameQuestion, laid_over(data, {key: value for key, value in given.items() if value}), source)


def scenario_of(question: GameQuestion) -> Scenario:
    """Scenario of a game, with what is fixed in it.

    Raises
    ------
    ScenarioError
        If the scenario has no such setting, or it can't have that value.
    """
    fixed = [f"{path}={json.dumps(value)}" for path, value in question.settings.items()]
    return load_scenario(scenario_data(question.scenario), fixed)
