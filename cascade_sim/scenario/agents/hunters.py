"""Cluster hunters: what they see, what they dare, when they give up."""

from pydantic import Field

from cascade_sim.scenario.agents.traits import Cohort, Trait, trait
from cascade_sim.scenario.base import quantity

__all__ = ["Hunters"]


class Hunters(Cohort):
    """Adversaries who trigger clusters of liquidations; what they see is the venue's `transparency`."""

    venue: str = Field(description="Venue they hunt on")
    count: int = quantity(
        3, description="Number of hunters", source="assumed: few, as it takes capital and a map", ge=0, le=10_000
    )
    capital: Trait = trait(
        1_000_000,
        unit="USD",
        description="Own money",
        source="assumed: what moves a book of some ten millions by a per cent, with leverage",
        ge=0,
    )
    leverage: Trait = trait(
        5.0,
        description="Largest push over equity",
        source="assumed: moderate, so that a failed push does not end in their own liquidation",
        gt=0,
        le=1000,
    )
    error: Trait = trait(
        0.5,
        unit="log sd",
        description="Error of sight where positions are known noisily: of sizes, and of places with it",
        source=("assumed: sizes are guessed within a factor of 1.6 by two thirds of them, as from public estimates"),
        ge=0,
    )
    decay: Trait = trait(
        {"law": "uniform", "low": 0.2, "high": 0.6},
        description="Part of the impact expected to decay",
        source=(
            "assumed: a fifth to three fifths; impact that bears no information decays almost fully "
            "(Donier and Bonart, 2015), but later"
        ),
    )
    learning: Trait = trait(
        0.3,
        description="Weight of the last hunt in what it believes about decay",
        source="assumed: the last three hunts count for two thirds",
        ge=0,
        le=1,
    )
    profit: Trait = trait(
        {"law": "uniform", "low": 0.0005, "high": 0.002},
        description="Smallest profit over the push",
        source="assumed: one to four taker fees of 0.05 %, over all costs",
    )
    reach: Trait = trait(
        0.03,
        description="Furthest distance looked at",
        source="assumed: 3 %, further than a push pays in a calm book",
        gt=0,
        lt=1,
    )
    stop_loss: Trait = trait(
        0.01,
        description="Loss over the position, beyond the expected costs, at which it covers",
        source="assumed: 1 %, a third of the reach",
        ge=0,
    )
    patience: Trait = trait(
        20.0,
        unit="s",
        description="Time without forced flow after which it covers",
        source="assumed: three times the 6 s that are the median gap within cascades",
        ge=0,
    )
    participation: Trait = trait(
        1.0,
        description="What it trades alongside the forced flow, as a part of that",
        source="assumed: as fast as it; that others sell while one must, and buy back later, is Brunnermeier and "
        "Pedersen (2005)",
        ge=0,
        le=10,
    )
    cover: Trait = trait(
        0.5,
        description="Part of the push covered at a wake-up",
        source="assumed: half at a time, done within a few wake-ups",
        gt=0,
        le=1,
    )
    slippage: Trait = trait(
        0.02,
        description="Distance of a limit from the target of a push, from the mid in covering",
        source="assumed: 2 %, for a push that stops short is wasted",
        ge=0,
        lt=1,
    )
    interval: Trait = trait(
        {"law": "uniform", "low": 5, "high": 30},
        unit="s",
        description="Between looks",
        source="assumed: maps change within seconds to half a minute",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.01, "high": 0.05},
        unit="s",
        description="To the exchange",
        source="assumed: servers near the venue's",
        ge=0,
    )
