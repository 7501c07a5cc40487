"""Arbitrageurs of the basis: money and stock on both legs, and the gap they wait for."""

from pydantic import Field

from cascade_sim.scenario.agents.traits import Cohort, Trait, trait
from cascade_sim.scenario.base import Model, quantity

__all__ = ["Arbitrageurs", "Pair"]


class Pair(Model):
    """A perpetual and the spot market it is traded against; all arbitrageurs together."""

    spot: str = Field(description="Spot market")
    stock: float = quantity(
        0.0,
        unit="USD",
        description="Asset held at the start, against as large a short",
        source="assumed: none unless the scenario says",
        ge=0,
    )
    cash: float = quantity(
        0.0, unit="USD", description="Money on the spot venue", source="assumed: none unless the scenario says", ge=0
    )
    margin: float = quantity(unit="USD", description="Money on the derivatives venue", gt=0)
    clip: float = quantity(
        10_000.0,
        unit="USD",
        description="Largest trade of one arbitrageur",
        source="assumed: small beside the depth within 10 bp of a large market (some millions)",
        gt=0,
    )


class Arbitrageurs(Cohort):
    """Traders of the basis between perpetuals and spot."""

    venue: str = Field(description="Derivatives venue")
    count: int = quantity(
        3, description="Arbitrageurs a pair", source="assumed: few compete in a pair", ge=0, le=10_000
    )
    pairs: dict[str, Pair] = Field(min_length=1, description="By perpetual")
    threshold: Trait = trait(
        {"law": "uniform", "low": 0.0008, "high": 0.002},
        description="Basis at which they trade; covers both fees",
        source=(
            "two taker fees of 0.05 % are the cost of both legs; around that assumed: some trade below it "
            "as makers or members do"
        ),
        ge=0,
    )
    slippage: Trait = trait(
        0.002,
        description="Distance of a limit from the mid",
        source="assumed: 20 bp, about the threshold, beyond which a leg costs more than the basis",
        ge=0,
        lt=1,
    )
    participation: Trait = trait(
        0.5,
        description="Part of the thinner book within the slippage taken at once",
        source="assumed: half of the thinner book, for both legs must be done at once",
        ge=0,
        le=1,
    )
    leverage: float = quantity(
        5.0,
        description="Largest leverage of the derivatives leg",
        source="assumed: moderate, for the short leg must outlive a rise",
        ge=1,
        le=125,
    )
    interval: Trait = trait(
        {"law": "uniform", "low": 0.5, "high": 2.0},
        unit="s",
        description="Between looks",
        source="assumed: about a second, the time of an index",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.01, "high": 0.1},
        unit="s",
        description="To the exchange",
        source="assumed: servers near one of the two venues",
        ge=0,
    )
