"""Where the index price of an asset comes from."""

from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model, quantity

__all__ = ["Oracle", "Outage", "Source"]


class Outage(Model):
    """A time without reports."""

    start: float = quantity(unit="s", description="First moment without a sample, after the burn-in", ge=0)
    end: float = quantity(unit="s", description="First moment with samples again", gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Outage":
        if self.end <= self.start:
            raise ValueError(f"end ({self.end}) must be after start ({self.start})")
        return self


class Source(Model):
    """One reporter: samples a market's mid, or the fundamental value."""

    market: str | None = Field(None, description="Market sampled; none: the fundamental value")
    noise: float = quantity(0.0, description="Relative standard deviation of a sample", ge=0, lt=0.5)
    interval: float = quantity(1.0, unit="s", description="Time between samples", gt=0)
    lag: float = quantity(0.0, unit="s", description="From sample to report", ge=0)
    outage: Outage | None = None
    weight: int = quantity(1, description="Weight in the median", ge=1, le=1000)


class Oracle(Model):
    """A feed: weighted median of its sources, published on deviation or heartbeat."""

    sources: tuple[Source, ...] = Field(min_length=1, max_length=32)
    threshold: float = quantity(
        0.0, description="Relative deviation that calls for a publication; 0: every report", ge=0, lt=1
    )
    heartbeat: float = quantity(3600.0, unit="s", description="Longest time between publications", gt=0)
    latency: float = quantity(0.0, unit="s", description="From decision to effect of a publication", ge=0)
    max_age: float = quantity(60.0, unit="s", description="Older reports do not count", gt=0)
