"""What a sweep asks: a scenario, axes along which it is changed, how they are sampled, how often each cell is run."""

import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.scenario.base import Model
from cascade_sim.scenario.files import Shelf, laid_over, parsed

__all__ = ["Axis", "Question", "Seeds", "read_question", "study_names"]

Value = float | bool | str
_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_EVENT = re.compile(rf"\s*(?P<outcome>\w+)\s*(?P<sense>[<>])\s*(?P<threshold>{_NUMBER})\s*")


def _as_number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and re.fullmatch(_NUMBER, value) else value


class Axis(Model):
    """A direction of the sweep: one value, and the settings that follow from it.

    Values are either listed, or lie between `low` and `high`.
    """

    label: str = Field("", description="For axes of figures; default: the path")
    unit: str = Field("1", description="Of the values")
    values: tuple[Value, ...] = Field((), description="Values of a grid, in their order")
    low: float | None = None
    high: float | None = None
    count: int | None = Field(None, ge=1, le=100_000, description="Values of a grid from low to high")
    scale: Literal["linear", "log"] = "linear"
    whole: bool = Field(False, description="Whether values are rounded to whole numbers")
    set: tuple[str, ...] = Field((), description="Paths that are set to the value")
    times: tuple[str, ...] = Field((), description="Paths whose number in the scenario is multiplied by the value")
    inverse: dict[str, float] = Field(default_factory=dict, description="Paths set to their number over the value")

    @field_validator("set", "times", mode="before")
    @classmethod
    def _several(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("values", mode="before")
    @classmethod
    def _numbers(cls, given: Any) -> Any:
        """1e6 as a number, which YAML takes for a word."""
        return [_as_number(value) for value in given] if isinstance(given, list | tuple) else given

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> "Axis":
        ranged = self.low is not None or self.high is not None
        if ranged == bool(self.values):
            raise ValueError("must have either values, or low and high; give one of the two")
        if ranged and (self.low is None or self.high is None or not self.low < self.high):
            raise ValueError(f"the range from low {self.low} to high {self.high} is empty; high must be above low")
        if ranged and self.scale == "log" and self.low is not None and self.low <= 0:
            raise ValueError(f"a log scale needs a low above 0, got {self.low}")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"values must differ, got {list(self.values)}")
        if not (self.set or self.times or self.inverse):
            raise ValueError("no path follows it; name one under set, times or inverse")
        return self

    def at(self, shares: np.ndarray) -> list[Value]:
        """Values at shares (0 to 1) of the way along the axis.

        Parameters
        ----------
        shares : ndarray of float64
        """
        if self.values:
            places = np.minimum((shares * len(self.values)).astype(int), len(self.values) - 1)
            return [self.values[k] for k in places]
        low, high = float(self.low or 0.0), float(self.high or 0.0)
        raw = low * (high / low) ** shares if self.scale == "log" else low + (high - low) * shares
        return [float(value) for value in (np.round(raw) if self.whole else raw)]

    def grid(self) -> list[Value]:
        """Values of a grid."""
        if self.values:
            return list(self.values)
        count = self.count or 1
        return list(dict.fromkeys(self.at(np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5]))))


class Seeds(Model):
    """How often each cell is run: the same seeds everywhere, in their order."""

    first: int = Field(0, ge=0, lt=2**62)
    at_least: int = Field(30, ge=1, le=1_000_000)
    at_most: int | None = Field(None, description="Go on up to here until the outcome is known well enough", ge=1)
    outcome: str = Field("cascade", description="Outcome, or `event`, whose interval decides")
    half_width: float | None = Field(None, description="Half width of the 95 % interval that is enough", gt=0)

    @model_validator(mode="after")
    def _climbs(self) -> "Seeds":
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(f"at_most must be {self.at_least} (at_least) or more, got {self.at_most}")
        if (self.at_most is None) != (self.half_width is None):
            raise ValueError("at_most and half_width belong together; give both or none")
        if self.outcome not in (*OUTCOMES, "event"):
            raise ValueError(f"outcome must be event or one of {', '.join(OUTCOMES)}, got {self.outcome!r}")
        return self


class Question(Model):
    """Everything that decides what a sweep runs."""

    name: str = Field(pattern=r"^[\w.-]+$", description="Short name, as of a file")
    title: str = ""
    question: str = Field("", description="What is asked, for the report")
    scenario: str = Field("flash-crash", description="Name of a shipped scenario or path of a file")
    settings: dict[str, Any] = Field(default_factory=dict, description="Path and value of what is fixed otherwise")
    axes: dict[str, Axis] = Field(min_length=1, max_length=40)
    sample: Literal["grid", "latin-hypercube", "sobol", "saltelli", "morris"] = "grid"
    cells: int | None = Field(
        None,
        description="Cells of a latin hypercube or Sobol sequence; base samples of saltelli; paths of morris",
        ge=1,
    )
    seeds: Seeds = Seeds()
    twin: bool = Field(True, description="Whether each run has its twin without the impact of liquidations")
    event: str = Field("cascade > 0.01", description="What counts as a cascade: an outcome above or below a threshold")
    discussion: str = Field("", description="What was found, for the report")

    @model_validator(mode="after")
    def _fits(self) -> "Question":
        if (self.sample == "grid") == (self.cells is not None):
            raise ValueError(f"cells: must be given for every sample but a grid, got {self.cells} for {self.sample}")
        for name, axis in self.axes.items():
            if not name.isidentifier() or name in (*OUTCOMES, "cell", "seed", "status", "error"):
                raise ValueError(f"axes.{name}: must be a plain word that is no outcome")
            if self.sample == "grid" and not axis.values and axis.count is None:
                raise ValueError(f"axes.{name}.count: must be given for a grid from low to high")
        self.threshold()
        if not self.twin and self.event_outcome in ("cascade", "fall_without_impact", "widest_gap"):
            raise ValueError(f"event: {self.event_outcome} needs twin: true, got twin: false")
        return self

    def threshold(self) -> tuple[str, str, float]:
        """Outcome, sense and threshold of the event."""
        found = _EVENT.fullmatch(self.event)
        if found is None or found["outcome"] not in OUTCOMES:
            known = ", ".join(OUTCOMES)
            raise ValueError(f"event: must look like 'cascade > 0.02' with one of {known}; got {self.event!r}")
        return found["outcome"], found["sense"], float(found["threshold"])

    @property
    def event_outcome(self) -> str:
        """Outcome that the event is about."""
        return self.threshold()[0]

    def labels(self) -> dict[str, str]:
        """Label of every column, with its unit, ready for an axis of a figure."""
        named = {name: (axis.label or name, axis.unit) for name, axis in self.axes.items()}
        named |= {name: (outcome.label, outcome.unit) for name, outcome in OUTCOMES.items()}
        named["event"] = (f"P({self.event})", "1")
        return {name: label if unit == "1" else f"{label} ({unit})" for name, (label, unit) in named.items()}


_STUDIES = Shelf("sweep", SweepError, "a shipped study", "cascade_sim.experiments.sweeps", "studies")


def study_names() -> list[str]:
    """Names of the shipped studies."""
    return _STUDIES.names()


def _axis_of_option(option: str, text: str) -> tuple[str, dict[str, Any]]:
    """Axis of ``path=a,b,c`` or ``path=low:high:count``, named by the end of the path."""
    path, equals, values = text.partition("=")
    if not equals or not path or not values:
        raise SweepError(f"--{option} {text}", ["must look like path=a,b,c (--grid) or path=low:high:count (--range)"])
    axis: dict[str, Any] = {"label": path, "set": [path]}
    if option == "grid":
        axis["values"] = _items(option, text, values)
    else:
        parts = values.split(":")
        if len(parts) not in (2, 3):
            raise SweepError(f"--range {text}", ["must look like path=low:high:count, or path=low:high for a sample"])
        axis |= dict(zip(("low", "high", "count"), parts, strict=False))
    return path, axis


def _items(option: str, text: str, values: str) -> list[Any]:
    try:
        return [parsed(item) for item in values.split(",") if item.strip()]
    except ValueError as error:
        raise SweepError(f"--{option} {text}", [str(error)]) from None


def _named(axes: Sequence[tuple[str, dict[str, Any]]], taken: set[str]) -> dict[str, Any]:
    """Axes by the shortest end of their path that names them."""
    named: dict[str, Any] = {}
    for path, axis in axes:
        parts = re.sub(r"\W", "_", path).strip("_"), path.split(".")
        ends = ["_".join(re.sub(r"\W", "_", p) for p in parts[1][-k:]) for k in range(1, len(parts[1]) + 1)]
        name = next((e for e in ends if e.isidentifier() and e not in named and e not in taken), f"axis_{len(named)}")
        named[name] = axis
    return named


def read_question(
    source: str | None = None,
    grids: Sequence[str] = (),
    ranges: Sequence[str] = (),
    changes: dict[str, Any] | None = None,
    searched: bool = False,
) -> Question:
    """Question of a sweep file or a shipped study, with axes and values from the command line laid over it.

    Parameters
    ----------
    source : str, optional
        Name of a shipped study or path of a YAML file; none: an empty one.
    grids, ranges : sequence of str
        Further axes, ``path=a,b,c`` and ``path=low:high:count``; they replace those of the file.
    changes : dict, optional
        Values that replace those of the file, key by key at the top and in ``settings`` and ``seeds``. What the file
        says was found is left out then.
    searched : bool
        Whether axes need no count, for a search chooses their values.

    Raises
    ------
    SweepError
        With everything that is wrong.
    """
    data: dict[str, Any] = {"name": "sweep"} if source is None else _STUDIES.read(source)
    options = [_axis_of_option("grid", text) for text in grids] + [_axis_of_option("range", text) for text in ranges]
    if options:
        data["axes"] = _named(options, {*OUTCOMES, "cell", "seed", "status", "error"})
    if searched and isinstance(data.get("axes"), dict):
        ranged = {name: axis for name, axis in data["axes"].items() if isinstance(axis, dict) and "low" in axis}
        data["axes"] = data["axes"] | {name: {"count": 2} | axis for name, axis in ranged.items()}
    if (options or changes) and "discussion" in data:
        del data["discussion"]  # what was found is about the question as it was
    return _STUDIES.check(Question, laid_over(data, changes or {}), source or "from options")
