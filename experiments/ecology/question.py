"""What an ecology is made of: populations, the news they live through, and how money and people come and go."""

from collections.abc import Mapping
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.files import Shelf, laid_over
from cascade_sim.scenario.load import ScenarioError, load_scenario
from cascade_sim.scenario.problems import did_you_mean
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Ecology", "EcologyError", "Flows", "NewsLaw", "OtherSide", "Population", "ecology_names", "read_ecology"]

KINDS = {"prey": "traders", "hunters": "hunters", "liquidators": "liquidators", "makers": "makers"}


class EcologyError(ScenarioError):
    """An ecology can't be used; see `ScenarioError`."""


class Population(Model):
    """People who keep what they win and lose: copies of one cohort of the scenario."""

    role: Literal["prey", "hunters", "liquidators", "makers"]
    cohort: str = Field(description="Cohort of the scenario that each member is like")
    capital: float = quantity(unit="USD", description="Of all members together in the first episode", ge=0, le=1e10)
    members: int = quantity(description="In the first episode", ge=0, le=20_000)
    ticket: float = quantity(unit="USD", description="What a newcomer brings", gt=0, le=1e9)
    leverage: float | None = quantity(None, description="Prey's: what its members want", ge=1, le=100)
    outside: float = quantity(0.0, unit="an episode", description="Return to be had elsewhere", ge=-1, le=1)
    speed: float = quantity(
        0.0, description="Members who come (or go), as a share, for an excess return of 1", ge=0, le=100
    )
    entry: float = quantity(0.0, unit="members an episode", description="Who come whatever was earned", ge=0, le=1e4)

    @model_validator(mode="after")
    def _fits(self) -> "Population":
        if (self.role == "prey") != (self.leverage is not None):
            raise ValueError(f"leverage: must be given for prey and for nobody else, got {self.leverage}")
        if self.members == 0 and self.capital > 0:
            raise ValueError(f"capital: must be 0 without members, got {self.capital:g}")
        return self


class NewsLaw(Model):
    """News of an episode: a small move, or now and then a bad shock."""

    mean: float = quantity(description="Mean move of a quiet episode", gt=-0.5, lt=0.5)
    sd: float = quantity(description="Its standard deviation", ge=0, lt=0.5)
    chance: float = quantity(description="Chance of a shock", ge=0, le=1)
    median: float = quantity(description="Median fall of a shock", ge=0, lt=0.5)
    sigma: float = quantity(unit="log sd", description="Spread of its size", ge=0, le=2)
    most: float = quantity(0.2, description="Largest move of all", gt=0, lt=0.5)
    at: float = quantity(unit="s", description="When it begins to be known", ge=0)
    over: float = quantity(unit="s", description="How long it takes to be known", gt=0)


class Flows(Model):
    """What happens between two episodes."""

    ruin: float = quantity(description="Part of its stake below which a member leaves", ge=0, lt=1)
    memory: float = quantity(description="Weight of the last episode in the return that is followed", gt=0, le=1)
    most: float = quantity(description="Largest part of a population that comes or goes in one episode", ge=0, le=1)
    room: float = quantity(unit="members", description="Prey at which no newcomers come any more", gt=0, le=20_000)
    imitation: float = quantity(description="Who change type, for a difference of returns of 1", ge=0, le=10)
    mutation: float = quantity(unit="an episode", description="Who change type for no reason", ge=0, le=1)
    rebuild: float = quantity(unit="an episode", description="Part of the way back to the wanted leverage", ge=0, le=1)
    caution: float = quantity(description="Relative cut of leverage for a loss of everything", ge=0, le=1)


class OtherSide(Model):
    """Who is short what prey are long: they hedge what they own elsewhere, and come back with what it takes."""

    cohort: str = Field(description="Cohort of traders that they are like")
    members: int = quantity(description="Their number", ge=1, le=20_000)
    leverage: float = quantity(description="Theirs", ge=1, le=100)
    interval: float = quantity(unit="s", description="Between their looks", gt=0)
    arbitrage: float = quantity(description="Part of the shorts that arbitrageurs hold instead", ge=0, lt=1)


class Ecology(Model):
    """Everything that decides what an ecology does."""

    name: str = Field(pattern=r"^[\w.-]+$", description="Short name, as of a file")
    title: str = ""
    question: str = Field("", description="What is asked")
    sources: dict[str, str] = Field(default_factory=dict, description="Where values come from: path, then citation")
    scenario: str = Field("one-market", description="Name of a shipped scenario or path of a file")
    settings: dict[str, Any] = Field(default_factory=dict, description="Path and value of what is changed in it")
    episodes: int = Field(60, ge=2, le=100_000)
    seeds: int = Field(8, ge=1, le=100_000)
    populations: dict[str, Population] = Field(min_length=1, max_length=12)
    other_side: OtherSide
    spread: float = quantity(0.25, unit="log sd", description="Leverage of members around their type's", ge=0, le=2)
    news: NewsLaw
    flows: Flows
    discussion: str = Field("", description="What was found")

    def of_role(self, *roles: str) -> list[str]:
        """Names of the populations of some roles, in their order."""
        return [name for name, population in self.populations.items() if population.role in roles]

    def without_hunters(self) -> "Ecology":
        """The same with nobody who hunts, now or later."""
        kept = {name: item for name, item in self.populations.items() if item.role != "hunters"}
        return self.model_copy(update={"populations": kept})

    def base(self) -> Scenario:
        """The scenario that every episode is made from.

        Raises
        ------
        ScenarioError
            If it can't be used.
        """
        return load_scenario(self.scenario, [f"{path}={_text_of(value)}" for path, value in self.settings.items()])

    @model_validator(mode="after")
    def _has_prey(self) -> "Ecology":
        if not self.of_role("prey"):
            raise ValueError("populations: at least one must have the role prey")
        return self


def _text_of(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("\n").removesuffix("\n...")


_ECOLOGIES = Shelf("ecology", EcologyError, "a shipped ecology", "cascade_sim.experiments.ecology", "shipped")


def ecology_names() -> list[str]:
    """Names of the shipped ecologies."""
    return _ECOLOGIES.names()


def _check_cohorts(ecology: Ecology, shown: str) -> None:
    """Every population must be like a cohort there is; makers must not hold stock, which could not be carried over."""
    agents = ecology.base().agents
    named = {f"populations.{name}": (KINDS[p.role], p.cohort) for name, p in ecology.populations.items()}
    problems = []
    for where, (kind, cohort) in (named | {"other_side": ("traders", ecology.other_side.cohort)}).items():
        known = getattr(agents, kind)
        if cohort not in known:
            told = f"is not one of the scenario's {kind}: {', '.join(known)}{did_you_mean(cohort, known)}"
            problems.append(f"{where}.cohort: {cohort!r} {told}")
        elif kind == "makers" and known[cohort].hedge:
            problems.append(f"{where}.cohort: {cohort!r} hedges in spot; set agents.makers.{cohort}.hedge to {{}}")
    if problems:
        raise EcologyError(f"ecology {shown}", problems)


def read_ecology(source: str | Mapping[str, Any], **changes: Any) -> Ecology:
    """Ecology of a file, a shipped name, or plain data.

    Parameters
    ----------
    source : str or mapping
    **changes
        Values that replace those of the file; None: as they are.

    Raises
    ------
    EcologyError
        With everything that is wrong with it.
    ScenarioError
        If its scenario can't be used.
    """
    shown = source if isinstance(source, str) else str(source.get("name", "given"))
    data = _ECOLOGIES.read(source) if isinstance(source, str) else source
    given = {key: value for key, value in changes.items() if value is not None}
    ecology = _ECOLOGIES.check(Ecology, laid_over(data, given), shown)
    _check_cohorts(ecology, shown)
    return ecology
