"""Facts about an event: a quantity, what it was, and how well that is known."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from cascade_sim.experiments.calibration.problems import CalibrationError
from cascade_sim.experiments.event import Event, of_bars
from cascade_sim.scenario.base import Model
from cascade_sim.scenario.files import parsed
from cascade_sim.scenario.prices import Bars
from cascade_sim.scenario.problems import in_words

__all__ = ["QUANTITIES", "SHAPE", "Fact", "facts_of_bars", "read_facts"]

# What bars of prices tell.
SHAPE = ("fall", "minutes_to_low", "retraced_5", "retraced_10", "retraced_30", "taker_sell_share")
# Of the traders who hold a position of that side at time zero, the share that is liquidated.
_ACCOUNTS = ("longs_liquidated", "shorts_liquidated")
QUANTITIES = (*Event(0.0, 0.0).as_dict(), *_ACCOUNTS)
_UNIFORM = math.sqrt(12.0)  # width of a uniform law over its standard deviation


class Fact(Model):
    """What a quantity was: one value with its error, or a band.

    A band is read as a uniform law: its middle, with a standard deviation of its width over the root of 12.

    Attributes
    ----------
    quantity : str
        One of `QUANTITIES`.
    market : str, optional
        Default: the market whose price the event follows.
    value, low, high : float, optional
        Either a value or both ends of a band.
    error : float, optional
        Standard error of measurement, of the logarithm with `log`. It does not hold the luck of the event, which is
        taken from the runs.
    weight : float
        By which the weight, one over the variance, is multiplied.
    events : float
        Over how many independent events it is a mean.
    log : bool
        Whether logarithms are compared, for quantities that spread over decades.
    source : str
    """

    quantity: str
    market: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    error: float | None = Field(None, ge=0)
    weight: float = Field(1.0, gt=0)
    events: float = Field(1.0, gt=0)
    log: bool = False
    source: str = ""

    @model_validator(mode="after")
    def _is_known(self) -> "Fact":
        if self.quantity not in QUANTITIES:
            raise ValueError(f"quantity: must be one of {', '.join(QUANTITIES)}, got {self.quantity!r}")
        band = self.low is not None and self.high is not None
        if band == (self.value is not None) or (self.low is None) != (self.high is None):
            raise ValueError(f"{self.quantity}: give either a value, or low and high of a band")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.quantity}: low must not be above high, got {self.low:g} and {self.high:g}")
        least = self.value if self.value is not None else self.low
        if self.log and least is not None and least <= 0:
            raise ValueError(f"{self.quantity}: must be above 0 to be compared in logarithms, got {least:g}")
        return self

    def scaled(self, value: float) -> float:
        """A value as it is compared: its logarithm, or itself."""
        return math.log(value) if self.log else value

    def unscaled(self, value: float) -> float:
        """The inverse of `scaled`."""
        return math.exp(value) if self.log else value

    @property
    def centre(self) -> float:
        """What is aimed at, as it is compared."""
        if self.value is not None:
            return self.scaled(self.value)
        assert self.low is not None
        assert self.high is not None
        return (self.scaled(self.low) + self.scaled(self.high)) / 2.0

    @property
    def spread(self) -> float:
        """Standard error of measurement, as it is compared."""
        if self.error is not None:
            return self.error
        if self.low is None or self.high is None:
            return 0.0
        return (self.scaled(self.high) - self.scaled(self.low)) / _UNIFORM


def facts_of_bars(bars: Bars, quantities: Sequence[str] | None = None) -> list[Fact]:
    """What the bars of a real hour show.

    Parameters
    ----------
    bars : Bars
    quantities : sequence of str, optional
        Some of `SHAPE`; default: all that the bars tell.
    """
    real, facts = of_bars(bars), []
    for name in SHAPE if quantities is None else quantities:
        value = float(getattr(real, name))
        if math.isfinite(value):
            # A bar tells in which minute the low was, not when in it.
            band: dict[str, float] = {"low": value - bars.seconds / 60.0, "high": value}
            known = band if name == "minutes_to_low" else {"value": value}
            facts.append(Fact.model_validate({"quantity": name, "source": "the price file", **known}))
    return facts


def read_facts(file: Path) -> list[Fact]:
    """Facts of a table: CSV with a header, or a YAML list, with the attributes of `Fact` as columns or keys.

    Raises
    ------
    CalibrationError
        With every problem found.
    """
    rows = _rows(file)
    facts, problems = [], []
    for number, row in enumerate(rows, start=1):
        try:
            facts.append(Fact.model_validate(row))
        except ValidationError as error:
            problems += [f"fact {number}: {in_words(item, Fact)}" for item in error.errors()]
    if problems or not facts:
        raise CalibrationError(f"fact table {file}", problems or ["there is no fact in it"])
    return facts


def _rows(file: Path) -> list[Mapping[str, Any]]:
    """Plain data of every fact."""
    try:
        if file.suffix == ".csv":
            frame = pd.read_csv(file)
            return [{str(key): value for key, value in row.items() if pd.notna(value)} for _, row in frame.iterrows()]
        rows = parsed(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        told = " ".join(str(error).split()).removeprefix("not readable ")
        raise CalibrationError(f"fact table {file}", [f"not readable: {told}"]) from None
    if not isinstance(rows, list):
        raise CalibrationError(f"fact table {file}", [f"must be a list of facts, got {type(rows).__name__}"])
    return rows
