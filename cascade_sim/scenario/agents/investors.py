"""Slow investors in spot markets: wealth, and how far from their estimate they act."""

from pydantic import Field

from cascade_sim.scenario.agents.traits import Cohort, PositiveAmounts, Trait, trait
from cascade_sim.scenario.base import quantity

__all__ = ["Investors"]


class Investors(Cohort):
    """Slow money on a spot venue: buys below its estimate of the asset's worth, sells above."""

    venue: str = Field(description="Spot venue")
    count: int = quantity(
        50,
        description="Investors a market",
        source="assumed: enough for a smooth supply at every distance",
        ge=0,
        le=100_000,
    )
    markets: PositiveAmounts = Field(
        min_length=1, description="Wealth of all together, half money and half stock, USD, by market"
    )
    wealth: Trait = trait(
        {"law": "pareto", "minimum": 1, "exponent": 1.2, "cap": 1000},
        description="Relative wealth",
        source="assumed: as heavy a tail as trades have (tail index 1.35 of takers' sizes on a perpetual)",
        gt=0,
    )
    belief: Trait = trait(
        {"law": "uniform", "low": -0.001, "high": 0.001},
        unit="log",
        description="Error of the estimate",
        source="assumed: of the size of a trade's costs",
    )
    threshold: Trait = trait(
        {"law": "lognormal", "median": 0.01, "sigma": 1.5, "low": 0.0005, "high": 0.3},
        unit="log",
        description="Distance from the estimate at which it trades",
        source="assumed: the median wants a per cent, many are content with less, and some wait for a crash",
        ge=0,
    )
    clip: Trait = trait(
        0.05,
        description="Part of its wealth traded at a wake-up",
        source="assumed: in twenty parts, slowly",
        ge=0,
        le=1,
    )
    participation: Trait = trait(
        0.1,
        description="Part of the depth within its slippage taken at once",
        source="assumed: a tenth of the book, not to move the price",
        ge=0,
        le=1,
    )
    slippage: Trait = trait(
        0.002, description="Distance of a limit from the mid", source="assumed: 20 bp, four times the fee", ge=0, lt=1
    )
    interval: Trait = trait(
        60.0,
        unit="s",
        description="Mean time between wake-ups",
        source="assumed: a minute; slow is what sets them apart from arbitrageurs",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.1, "high": 1.0},
        unit="s",
        description="To the exchange",
        source="assumed: a private internet connection",
        ge=0,
    )
