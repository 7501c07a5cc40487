"""Liquidators: what they can take over, and what they want for it."""

from pydantic import Field

from cascade_sim.scenario.agents.traits import Cohort, Trait, trait
from cascade_sim.scenario.base import quantity

__all__ = ["Liquidators"]


class Liquidators(Cohort):
    """Competing liquidators of one venue; they act while the venue's window is open."""

    venue: str = Field(description="Venue they watch")
    count: int = quantity(
        5,
        description="Number of liquidators",
        source="assumed: a handful compete, as keepers do on lending venues",
        ge=0,
        le=10_000,
    )
    capital: Trait = trait(
        100_000,
        unit="USD",
        description="Own money",
        source="assumed: small beside the open interest, so that it can run out",
        ge=0,
    )
    leverage: Trait = trait(
        3.0,
        description="Largest gross notional over equity",
        source="assumed: moderate, for they hold risk that others could not",
        gt=0,
        le=1000,
    )
    profit: Trait = trait(
        {"law": "uniform", "low": 0.0005, "high": 0.002},
        description="Smallest net profit wanted",
        source="assumed: one to four taker fees of 0.05 %",
    )
    risk: Trait = trait(
        1.0,
        unit="sd",
        description="Price moves of the holding time charged as a cost",
        source="assumed: one standard deviation, a usual price of risk",
        ge=0,
    )
    holding: Trait = trait(
        10.0,
        unit="s",
        description="Time reckoned with to work a position off",
        source="assumed: seconds; with a quarter sold at each wake-up most is gone by then",
        ge=0,
    )
    unwind: Trait = trait(
        0.25,
        description="Part of the inventory sold at a wake-up",
        source="assumed: in four parts and more, not to move the price against themselves",
        gt=0,
        le=1,
    )
    slippage: Trait = trait(
        0.005,
        description="Distance of a limit from the mid",
        source="assumed: 50 bp, within the discount that they buy at",
        ge=0,
        lt=1,
    )
    participation: Trait = trait(
        0.1,
        description="Part of the depth within its slippage taken at once",
        source="assumed: a tenth of the book, careful beside traders' up to a fifth",
        ge=0,
        le=1,
    )
    cost: float = quantity(
        5.0,
        unit="USD",
        description="Cost of having an account closed",
        source="assumed: the fee of a transaction on a busy day",
        ge=0,
    )
    loss_limit: Trait = trait(
        0.2,
        unit="of capital",
        description="Loss that starts a retreat",
        source="assumed: a fifth, a loss that a firm looks into",
        ge=0,
    )
    retreat: float = quantity(
        300.0,
        unit="s",
        description="Length of a retreat",
        source="assumed: five minutes, the longer part of a cascade (onset to low took 5 to 40)",
        ge=0,
    )
    interval: Trait = trait(
        {"law": "uniform", "low": 0.2, "high": 1.0},
        unit="s",
        description="Between looks",
        source="assumed: a poll or block time of a second or less",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.02, "high": 0.3},
        unit="s",
        description="To the exchange",
        source="assumed: from a server near the venue's to one far away",
        ge=0,
    )
