"""Who trades: cohorts of each agent type, each trait a law that individuals are drawn from."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.laws import Law

__all__ = ["Agents", "Makers", "Traders", "Trait"]


def _as_law(value: Any) -> Any:
    """Let a plain number stand for the constant law."""
    return {"law": "constant", "value": value} if isinstance(value, int | float) else value


Trait = Annotated[Law, BeforeValidator(_as_law)]


def trait(default: float | dict[str, Any], *, unit: str = "1", description: str, source: str = "") -> Any:
    """Declare a trait that differs between individuals."""
    return quantity(default, unit=unit, description=description, source=source, validate_default=True)


class Traders(Model):
    """Leveraged traders on one derivatives venue."""

    venue: str = Field(description="Venue they trade on")
    count: int = quantity(1000, description="Number of traders", ge=0, le=2_000_000)
    markets: dict[str, float] = Field(
        default_factory=dict, description="Weights of the markets of isolated traders; none: equal"
    )
    cross_share: float = quantity(
        0.5, description="Part that trades all markets from one cross-margin account", ge=0, le=1
    )
    wealth: Trait = trait(
        {"law": "lognormal", "median": 2_000, "sigma": 2.0},
        unit="USD",
        description="Collateral on the venue",
    )
    leverage: Trait = trait(
        {"law": "lognormal", "median": 5, "sigma": 0.8, "low": 1, "high": 50}, description="Leverage chosen"
    )
    fundamentalist: Trait = trait(
        {"law": "exponential", "mean": 1.0},
        description="Weight of the distance from fundamental value",
        source="Chiarella, Iori, Perelló (2009): exponential weights",
    )
    chartist: Trait = trait({"law": "exponential", "mean": 1.0}, description="Weight of the trend")
    noise: Trait = trait({"law": "exponential", "mean": 0.5}, description="Weight of noise, in opinion units")
    belief: Trait = trait(
        {"law": "uniform", "low": -0.002, "high": 0.002},
        unit="log",
        description="Private error of the fundamental value",
    )
    horizon: Trait = trait(
        {"law": "choice", "values": [0, 1, 2], "weights": [0.3, 0.4, 0.3]},
        description="Memory of the trend: 0 one minute, 1 five, 2 thirty",
    )
    conviction: Trait = trait(1.0, unit="calm half-hour sd", description="Opinion that opens a position")
    take_profit: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 2.0}, unit="of margin", description="Gain at which a position is closed"
    )
    stop_loss: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 1.5}, unit="of margin", description="Loss at which it is closed"
    )
    guard_share: float = quantity(0.3, description="Part of the traders who guard their margin", ge=0, le=1)
    guard: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 0.8}, description="Maintenance over equity at which guards act"
    )
    wallet: Trait = trait(
        {"law": "uniform", "low": 0.0, "high": 0.5}, unit="of wealth", description="Money a guard can add"
    )
    patience: Trait = trait(0.4, description="Chance that an order rests instead of trading at once")
    slippage: Trait = trait(
        {"law": "uniform", "low": 0.002, "high": 0.02}, description="Distance of a limit from the mid"
    )
    activity: Trait = trait(0.3, description="Chance to trade a part of a held position at a wake-up")
    interval: Trait = trait(100.0, unit="s", description="Mean time between wake-ups in calm")
    latency: Trait = trait(
        {"law": "uniform", "low": 0.05, "high": 0.5}, unit="s", description="From decision to exchange"
    )


class Makers(Model):
    """Market makers of one venue; each quotes every market listed, from one account."""

    venue: str = Field(description="Venue they quote on")
    count: int = quantity(5, description="Makers per venue", ge=0, le=1000)
    markets: dict[str, float] = Field(
        min_length=1, description="Markets quoted: depth a side of all makers together, USD within `reach`"
    )
    hedge: dict[str, str] = Field(
        default_factory=dict, description="Spot market in which each market's inventory is hedged"
    )
    levels: int = quantity(20, description="Levels a side", ge=1, le=60)
    half_spread: Trait = trait(0.00005, description="Half the spread in calm")
    nearest: float = quantity(0.0002, description="Distance of the second level from the first", gt=0, lt=0.1)
    reach: float = quantity(0.06, description="Distance of the last level", gt=0, lt=0.9)
    exponent: float = quantity(
        1.16,
        description="Depth within x grows as x to this power",
        source="Median of major perpetuals (T36)",
        gt=0.2,
        lt=4,
    )
    capital: float = quantity(
        1.0, unit="of depth", description="Own money, as a multiple of the depth quoted a side", gt=0
    )
    leverage: float = quantity(10.0, description="Largest leverage of a maker's account", ge=1, le=125)
    inventory: float = quantity(1.0, unit="of depth", description="Inventory that counts as full", gt=0)
    anchor: Trait = trait(0.2, description="Weight of index (spot: fundamental value) in fair value")
    skew: Trait = trait(0.002, description="Shift of fair value at full inventory")
    volatility_scale: Trait = trait(4.0, description="Excess of the volatility ratio that halves depth")
    spread_response: Trait = trait(1.0, description="Relative growth of the spread per unit of excess volatility ratio")
    direction_scale: Trait = trait(4.0, unit="calm minute sd", description="Move that halves the side it runs into")
    loss_limit: Trait = trait(0.3, unit="of capital", description="Loss at which a maker stops quoting")
    recovery: Trait = trait(
        {"law": "uniform", "low": 60, "high": 600}, unit="s", description="Time in which depth returns"
    )
    hedge_share: Trait = trait(0.1, description="Part of the excess inventory hedged at a wake-up")
    hedge_band: Trait = trait(0.1, unit="of full inventory", description="Inventory left unhedged")
    hedge_slippage: Trait = trait(0.002, description="Limit of a hedge order from the spot mid")
    noise: Trait = trait(0.5, unit="half spreads", description="Noise of fair value")
    interval: Trait = trait(1.0, unit="s", description="Mean time between quotes")
    latency: Trait = trait(
        {"law": "uniform", "low": 0.005, "high": 0.05}, unit="s", description="From decision to exchange"
    )


class Agents(Model):
    """All agents: named cohorts of each type."""

    traders: dict[str, Traders] = Field(default_factory=dict)
    makers: dict[str, Makers] = Field(default_factory=dict)
