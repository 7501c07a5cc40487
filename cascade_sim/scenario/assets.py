"""What is traded, what it is worth, and the news that changes it."""

from datetime import datetime
from typing import Literal

from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model, quantity

__all__ = ["Asset", "Jumps", "News", "Prices"]


class Jumps(Model):
    """Sudden moves of fundamental value, on top of diffusion."""

    per_day: float = quantity(0.0, unit="1/day", description="Mean number of jumps", ge=0, le=10_000)
    mean: float = quantity(0.0, unit="log return", description="Mean size", gt=-1, lt=1)
    sd: float = quantity(0.0, unit="log return", description="Standard deviation of the size", ge=0, lt=1)


class Asset(Model):
    """An asset with a fundamental value."""

    price: float = quantity(unit="USD", description="Fundamental value at the start", gt=0)
    volatility: float = quantity(
        0.0, unit="1/sqrt(year)", description="Diffusion of the fundamental value", ge=0, le=20
    )
    drift: float = quantity(0.0, unit="log return/year", description="Drift of the fundamental value", ge=-100, le=100)
    jumps: Jumps = Jumps()
    crash_beta: float = quantity(
        1.0,
        description="Log move for a log move of 1 in news that concerns all assets",
        source="Falls of 2025-10-10 relative to BTC; correlation alone leaves the alts too mild",
        ge=0,
        le=20,
    )


class News(Model):
    """A scheduled change of fundamental value, spread evenly over a time."""

    at: float = quantity(unit="s", description="When it starts, after the burn-in", ge=0)
    over: float = quantity(1.0, unit="s", description="How long it takes to be known", gt=0)
    move: float = quantity(
        unit="1", description="Relative change at a crash beta of 1; -0.1 is a fall of 10 %", gt=-1, lt=10
    )
    asset: str | None = Field(None, description="The asset concerned; none: all, each by its crash beta")


class Prices(Model):
    """Fundamental value from a price file: one-minute bars, filled in between by a bridge."""

    file: str = Field(description="CSV of bars, or an exchange kline file")
    start: datetime | None = Field(None, description="First bar to use, by the time it began; none: the file's first")
    end: datetime | None = Field(None, description="Last bar to use; none: the file's last")
    asset: str | None = Field(None, description="Asset whose price it is; none: the first; others follow by crash beta")
    news_share: float = quantity(1.0, description="Part of the file's moves that is taken as news", ge=0, le=1)
    bridge: Literal["high-low-close", "close"] = Field(
        "high-low-close", description="Points a minute's path goes through"
    )

    @model_validator(mode="after")
    def _named(self) -> "Prices":
        if not self.file:
            raise ValueError("file must name a price file")
        return self
