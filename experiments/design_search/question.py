"""A design file: what the designer may choose, who adjusts to it, and which days it is tried on."""

import hashlib
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cascade_sim.experiments.design_search.problems import DesignError
from cascade_sim.experiments.news import TheNews
from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.files import Shelf, laid_over

__all__ = [
    "Choice",
    "DesignQuestion",
    "MakersChoice",
    "Seeds",
    "Setting",
    "TradersChoice",
    "design_names",
    "read_design",
]

Choice = float | str


class Setting(Model):
    """A setting that the designer chooses: a number from `low` to `high`, or one of `values`.

    Attributes
    ----------
    path : str
        In the scenario.
    initial_over : str, optional
        Then the number is how many times initial margin is above the maintenance margin of that setting, and what is
        set is the largest leverage, ``1 / (number x maintenance)``.
    today : float or str, optional
        What it is in the first candidate; without it that one is drawn like any other.
    needs : str, optional
        Setting without which this one does nothing: what this one does is looked at with that one at its high end.
    """

    label: str
    path: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    values: tuple[str, ...] = ()
    initial_over: str | None = None
    today: Choice | None = None
    needs: str | None = None

    @model_validator(mode="after")
    def _is_a_choice(self) -> "Setting":
        if bool(self.values) == (self.low is not None or self.high is not None):
            raise ValueError("needs either values, or low and high")
        if self.values:
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise ValueError(f"needs low below high, got {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"low must be above 0 on a log scale, got {self.low:g}; use scale: linear")
        if self.initial_over and self.low <= 1:
            raise ValueError(f"low must be above 1, got {self.low:g}: initial margin is above maintenance margin")
        return self

    @model_validator(mode="after")
    def _today_is_possible(self) -> "Setting":
        if self.today is None:
            return self
        inside = self.today in self.values if self.values else _within(self.today, self.low, self.high)
        if not inside:
            allowed = ", ".join(self.values) if self.values else f"{self.low:g} to {self.high:g}"
            raise ValueError(f"today must be one of what can be chosen ({allowed}), got {self.today}")
        return self


def _within(value: Choice, low: float | None, high: float | None) -> bool:
    return not isinstance(value, str) and low is not None and high is not None and low <= value <= high


class TradersChoice(Model):
    """Traders: each puts up the same money and chooses its leverage."""

    cohort: str
    market: str
    count: int = quantity(400, description="Number of traders", ge=50, le=100_000)
    money: float = quantity(40_000.0, unit="USD", description="What each puts up", gt=0, le=1e9)
    leverages: tuple[float, ...] = Field((1, 2, 4, 8, 16, 32), min_length=2, max_length=12)
    benefit: float = quantity(0.01, description="Private benefit of the notional still held at the end", ge=0, le=1)
    risk_aversion: float = quantity(2.0, description="Of gain over what was put up", ge=0, le=20)
    tolerance: float = quantity(0.003, description="Gain, over what was put up, that nobody changes for", gt=0, le=1)

    @field_validator("leverages")
    @classmethod
    def _climb(cls, leverages: tuple[float, ...]) -> tuple[float, ...]:
        if list(leverages) != sorted(set(leverages)) or leverages[0] < 1:
            raise ValueError(f"must climb from 1 or more, got {list(leverages)}")
        return leverages


class MakersChoice(Model):
    """Makers: each has the same money and chooses how deep it quotes, as a multiple of the scenario's depth."""

    cohort: str
    count: int = quantity(9, description="Number of makers", ge=2, le=1000)
    depths: tuple[float, ...] = Field((0.4, 1.0, 2.0), min_length=2, max_length=8)
    risk_aversion: float = quantity(2.0, description="Of gain over what was put up", ge=0, le=20)
    tolerance: float = quantity(0.0003, description="Gain, over what was put up, that nobody changes for", gt=0, le=1)

    @field_validator("depths")
    @classmethod
    def _climb(cls, depths: tuple[float, ...]) -> tuple[float, ...]:
        if list(depths) != sorted(set(depths)) or depths[0] <= 0:
            raise ValueError(f"must climb from above 0, got {list(depths)}")
        return depths


class Seeds(Model):
    """How many days each thing is tried on; all candidates have the same days.

    Attributes
    ----------
    strata : int
        Parts that the law of the news is cut into; every number of days is a multiple of it.
    adjust, search, fresh : int
        Days that agents adjust to, that candidates are compared on, and that they are measured on again.
    """

    strata: int = Field(16, ge=2, le=1000)
    adjust: int = Field(16, ge=2, le=10_000)
    search: int = Field(32, ge=4, le=10_000)
    fresh: int = Field(128, ge=4, le=10_000)

    @model_validator(mode="after")
    def _are_whole_strata(self) -> "Seeds":
        for name, least in (("adjust", 1), ("search", 2), ("fresh", 2)):
            days = getattr(self, name)
            if days % self.strata or days < least * self.strata:
                raise ValueError(
                    f"{name}: must be a multiple of strata ({self.strata}), {least * self.strata} or more, got {days}"
                )
        return self


class DesignQuestion(Model):
    """What is searched.

    Attributes
    ----------
    settings : dict of str to Setting
    venue : str
        Whose revenue counts.
    rounds : int
        In which agents adjust to a candidate, at most.
    """

    name: str
    title: str = ""
    scenario: str
    set: tuple[str, ...] = ()
    venue: str
    settings: dict[str, Setting] = Field(min_length=1, max_length=16)
    traders: TradersChoice
    makers: MakersChoice
    news: TheNews
    news_at: float = quantity(30.0, unit="s", description="When the news comes, after the burn-in", ge=0)
    seeds: Seeds = Seeds()
    rounds: int = Field(6, ge=1, le=100)
    trials: int = Field(64, ge=1, le=100_000)
    sources: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _others_exist(self) -> "DesignQuestion":
        for name, setting in self.settings.items():
            others = [other for other in self.settings if other != name]
            for field, given in (("initial_over", setting.initial_over), ("needs", setting.needs)):
                if given and given not in others:
                    raise ValueError(f"settings.{name}.{field}: {given!r} is not one of {', '.join(others)}")
        return self

    @property
    def today(self) -> dict[str, Choice]:
        """What the settings are today, of those of which it is said."""
        return {name: setting.today for name, setting in self.settings.items() if setting.today is not None}

    @property
    def starts_today(self) -> bool:
        """Whether the first candidate is what there is today."""
        return len(self.today) == len(self.settings)

    def digest(self) -> str:
        """Same for questions that differ in nothing but words and how long they search."""
        data = self.model_dump_json(exclude={"trials": True, "title": True, "sources": True, "seeds": {"fresh"}})
        return hashlib.blake2b(data.encode(), digest_size=16).hexdigest()


_DESIGNS = Shelf("design", DesignError, "a shipped design", "cascade_sim.experiments.design_search", "designs")


def design_names() -> list[str]:
    """Names of the shipped design files."""
    return _DESIGNS.names()


def read_design(source: str, seeds: int | None = None, trials: int | None = None) -> DesignQuestion:
    """Question of a shipped or own YAML file.

    Parameters
    ----------
    source : str
    seeds, trials : int, optional
        In place of the days of the search, and of the number of candidates, that the file states.

    Raises
    ------
    DesignError
        With every problem found.
    """
    changes: dict[str, Any] = {} if trials is None else {"trials": trials}
    if seeds is not None:
        changes["seeds"] = {"search": seeds}
    return _DESIGNS.check(DesignQuestion, laid_over(_DESIGNS.read(source), changes), source)
