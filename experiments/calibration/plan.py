"""A calibration file: which settings are fitted, within which bounds, to which events, and which are held out."""

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cascade_sim.experiments.calibration.facts import SHAPE, Fact, facts_of_bars, read_facts
from cascade_sim.experiments.calibration.problems import CalibrationError
from cascade_sim.scenario.base import Model
from cascade_sim.scenario.files import Shelf, laid_over
from cascade_sim.scenario.load import preset_names
from cascade_sim.scenario.prices import PriceFileError, read_bars

__all__ = ["NEWS_SHARE", "Calibration", "Parameter", "RealEvent", "Seeds", "read_calibration"]

NEWS_SHARE = "prices.news_share"


class Parameter(Model):
    """A setting to fit.

    Attributes
    ----------
    low, high : float
        Bounds of the search.
    scale : {"linear", "log"}
        On which the bounds are a unit apart, and intervals are symmetric.
    start : float, optional
        Default: what the scenario says.
    """

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    start: float | None = None

    @model_validator(mode="after")
    def _is_ordered(self) -> "Parameter":
        if self.low >= self.high:
            raise ValueError(f"low must be below high, got {self.low:g} and {self.high:g}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"low must be above 0 on a log scale, got {self.low:g}; use scale: linear")
        if self.start is not None and not self.low <= self.start <= self.high:
            raise ValueError(f"start must lie from low to high ({self.low:g} to {self.high:g}), got {self.start:g}")
        return self

    def value(self, unit: float) -> float:
        """Setting at a place between the bounds: 0 is low, 1 is high."""
        if self.scale == "log":
            return self.low * math.exp(unit * math.log(self.high / self.low))
        return self.low + (self.high - self.low) * unit

    def unit(self, value: float) -> float:
        """The inverse of `value`."""
        if self.scale == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


class RealEvent(Model):
    """What happened, and what is known of it.

    Attributes
    ----------
    prices : Path, optional
        Bars that fundamental value follows; without them the scenario's own news are the event.
    start, end : datetime, optional
        First and last bar.
    quantities : tuple of str, optional
        Which facts the bars give; default: all they tell.
    facts : tuple of Fact or Path
        Further facts, or a file of them.
    set : tuple of str
        Settings of this event alone, ``path=value``.
    """

    prices: Path | None = None
    start: datetime | None = None
    end: datetime | None = None
    quantities: tuple[str, ...] | None = None
    facts: tuple[Fact, ...] | Path = ()
    set: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _bars_tell(self) -> "RealEvent":
        for name in self.quantities or ():
            if name not in SHAPE:
                raise ValueError(f"quantities: bars tell {', '.join(SHAPE)}, not {name!r}; state it under facts")
        return self

    def known(self) -> list[Fact]:
        """Every fact, of the bars first.

        Raises
        ------
        CalibrationError
            If a file can't be used.
        """
        try:
            bars = None if self.prices is None else read_bars(str(self.prices), self.start, self.end)
        except PriceFileError as error:
            raise CalibrationError("prices", [str(error)]) from None
        shape = [] if bars is None else facts_of_bars(bars, self.quantities)
        return [*shape, *(read_facts(self.facts) if isinstance(self.facts, Path) else self.facts)]

    def below(self, folder: Path) -> "RealEvent":
        """The same with its files found from a folder."""
        files = {"prices": self.prices, "facts": self.facts}
        return self.model_copy(update={key: folder / file for key, file in files.items() if isinstance(file, Path)})


class Seeds(Model):
    """Seeds of the search; as many after them are kept for the report."""

    first: int = Field(0, ge=0)
    count: int = Field(10, ge=4, le=10_000)


class Calibration(Model):
    """What is fitted to what.

    Attributes
    ----------
    scenario : str
        Name of a shipped scenario or path of a file.
    set : tuple of str
        Settings that differ from it, ``path=value``.
    parameters : dict of str to Parameter
        By path of the setting.
    events, held_out : dict of str to RealEvent
        Fitted, and only scored.
    seeds : Seeds
    evaluations : int
        Points at which the search may run the scenario, those for the intervals included.
    """

    scenario: str = "flash-crash"
    set: tuple[str, ...] = ()
    parameters: dict[str, Parameter] = Field(min_length=1, max_length=12)
    events: dict[str, RealEvent] = Field(min_length=1)
    held_out: dict[str, RealEvent] = Field(default_factory=dict)
    seeds: Seeds = Seeds()
    evaluations: int = Field(40, ge=8, le=100_000)

    @field_validator("events", "held_out", mode="before")
    @classmethod
    def _named_by_days(cls, events: object) -> object:
        """YAML reads 2020-03-12 as a date; here it is a name."""
        if not isinstance(events, dict):
            return events
        return {str(key) if isinstance(key, date) else key: event for key, event in events.items()}

    @model_validator(mode="after")
    def _can_be_searched(self) -> "Calibration":
        least = 4 * len(self.parameters) + 4
        if self.evaluations < least:
            raise ValueError(
                f"evaluations: {len(self.parameters)} parameters need at least {least}, got {self.evaluations}"
            )
        twice = sorted(set(self.events) & set(self.held_out))
        if twice:
            raise ValueError(f"held_out: {', '.join(twice)} is also fitted; an event is one or the other")
        return self


_CALIBRATIONS = Shelf("calibration", CalibrationError)


def read_calibration(file: Path, seeds: int | None = None, evaluations: int | None = None) -> Calibration:
    """Calibration of a YAML file; files that it names are found from its folder.

    Parameters
    ----------
    file : Path
    seeds, evaluations : int, optional
        In place of what the file says.

    Raises
    ------
    CalibrationError
        With every problem found.
    """
    changed: dict[str, Any] = {} if evaluations is None else {"evaluations": evaluations}
    if seeds is not None:
        changed["seeds"] = {"count": seeds}
    plan = _CALIBRATIONS.check(Calibration, laid_over(_CALIBRATIONS.read(str(file)), changed), str(file))
    folder = file.parent
    changes: dict[str, object] = {
        kind: {name: event.below(folder) for name, event in getattr(plan, kind).items()}
        for kind in ("events", "held_out")
    }
    if plan.scenario not in preset_names():
        changes["scenario"] = str(folder / plan.scenario)
    return plan.model_copy(update=changes)
