"""Who trades: cohorts of each agent type, each trait a law that individuals are drawn from."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.laws import Law

__all__ = ["Agents", "Makers", "Traders", "Trait"]


def _as_law(value: Any) -> Any:
    """Let a plain number stand for the constant law."""
    return {"law": "constant", "value": value} if isinstance(value, int | float) else value


Trait = Annotated[Law, BeforeValidator(_as_law)]
Amounts = dict[str, Annotated[float, Field(ge=0, le=1e12)]]
PositiveAmounts = dict[str, Annotated[float, Field(gt=0, le=1e12)]]

_IN_WORDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def trait(
    default: float | dict[str, Any], *, unit: str = "1", description: str, source: str = "", **bounds: float
) -> Any:
    """Declare a trait that differs between individuals; every value that its law can give must keep the bounds."""
    declared = quantity(default, unit=unit, description=description, source=source, validate_default=True)
    declared.json_schema_extra["bounds"] = bounds
    return declared


def _keeps(low: float, high: float, bound: str, limit: float) -> bool:
    """Whether all values from `low` to `high` keep one bound."""
    return {"gt": low > limit, "ge": low >= limit, "lt": high < limit, "le": high <= limit}[bound]


class _Cohort(Model):
    """What all cohorts share: bounds of their traits."""

    @field_validator("*")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        bounds: Any = extra.get("bounds") if isinstance(extra, dict) else None
        if bounds:
            low, high = value.support
            if not all(_keeps(low, high, bound, limit) for bound, limit in bounds.items()):
                allowed = " and ".join(f"{_IN_WORDS[bound]} {limit:g}" for bound, limit in bounds.items())
                given = f"{low:g}" if low == high else f"{low:g} to {high:g}, which is what the law {value.law!r} gives"
                raise ValueError(f"must be {allowed}, got {given}")
        return value


class Traders(_Cohort):
    """Leveraged traders on one derivatives venue."""

    venue: str = Field(description="Venue they trade on")
    count: int = quantity(1000, description="Number of traders", ge=0, le=2_000_000)
    markets: Amounts = Field(
        default_factory=dict, description="Weights of the markets of isolated traders; none: equal"
    )
    open_interest: Amounts = Field(
        default_factory=dict,
        description="Long positions at time zero of all together, USD, by market; none: all start flat",
    )
    invested: float = quantity(0.9, description="Part of the traders who hold positions at time zero", ge=0, le=1)
    long_share: float = quantity(0.65, description="Part of them who are long", ge=0, le=1)
    breadth: float = quantity(0.5, description="Chance that a cross trader also holds a further market", ge=0, le=1)
    contrary: float = quantity(0.2, description="Chance that it holds it the other way round", ge=0, le=1)
    entry_spread: float = quantity(0.05, unit="log sd", description="Distance of entry prices from today's", ge=0, lt=1)
    usage: Trait = trait(
        {"law": "uniform", "low": 0.5, "high": 1.0},
        unit="of wealth",
        description="Collateral put up for positions",
        gt=0,
        le=1,
    )
    cross_share: float = quantity(
        0.5, description="Part that trades all markets from one cross-margin account", ge=0, le=1
    )
    notional: Trait = trait(
        {"law": "lognormal", "median": 10_000, "sigma": 2.0},
        unit="USD",
        description="Position at full size; relative where open_interest sets the scale",
        gt=0,
    )
    leverage: Trait = trait(
        {"law": "lognormal", "median": 5, "sigma": 0.8, "low": 1, "high": 50},
        description="Leverage chosen",
        gt=0,
        le=1000,
    )
    fundamentalist: Trait = trait(
        {"law": "exponential", "mean": 1.0},
        description="Weight of the distance from fundamental value",
        source="Chiarella, Iori, Perelló (2009): exponential weights",
    )
    chartist: Trait = trait({"law": "exponential", "mean": 1.0}, description="Weight of the trend")
    noise: Trait = trait({"law": "exponential", "mean": 0.5}, description="Weight of noise, in opinion units", ge=0)
    belief: Trait = trait(
        {"law": "uniform", "low": -0.002, "high": 0.002},
        unit="log",
        description="Private error of the fundamental value",
    )
    horizon: Trait = trait(
        {"law": "choice", "values": [0, 1, 2], "weights": [0.3, 0.4, 0.3]},
        description="Memory of the trend: 0 one minute, 1 five, 2 thirty",
        ge=0,
        le=2,
    )
    conviction: Trait = trait(1.0, unit="calm half-hour sd", description="Opinion that opens a position", ge=0)
    take_profit: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 2.0},
        unit="of margin",
        description="Gain at which a position is closed",
        gt=0,
    )
    stop_loss: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 1.5},
        unit="of margin",
        description="Loss at which it is closed",
        gt=0,
    )
    guard_share: float = quantity(0.3, description="Part of the traders who guard their margin", ge=0, le=1)
    guard: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 0.8},
        description="Maintenance over equity at which guards act",
        ge=0,
    )
    wallet: Trait = trait(
        {"law": "uniform", "low": 0.0, "high": 0.5},
        unit="of wealth",
        description="Money a guard can add",
        ge=0,
    )
    patience: Trait = trait(0.4, description="Chance that an order rests instead of trading at once", ge=0, le=1)
    slippage: Trait = trait(
        {"law": "uniform", "low": 0.002, "high": 0.02},
        description="Distance of a limit from the mid",
        ge=0,
        lt=1,
    )
    participation: Trait = trait(
        {"law": "uniform", "low": 0.02, "high": 0.2},
        description="Part of the depth within its slippage taken at once",
        ge=0,
        le=1,
    )
    activity: Trait = trait(0.1, description="Chance to trade a part of a held position at a wake-up", ge=0, le=1)
    interval: Trait = trait(100.0, unit="s", description="Mean time between wake-ups in calm", gt=0)
    latency: Trait = trait(
        {"law": "uniform", "low": 0.05, "high": 0.5},
        unit="s",
        description="From decision to exchange",
        ge=0,
    )

    @model_validator(mode="after")
    def _add_up(self) -> "Traders":
        for name in ("markets", "open_interest"):
            amounts = getattr(self, name)
            if amounts and sum(amounts.values()) == 0:
                raise ValueError(f"{name}: must add up to more than 0, got {amounts}; leave it out for none")
        return self


class Makers(_Cohort):
    """Market makers of one venue; each quotes every market listed, from one account."""

    venue: str = Field(description="Venue they quote on")
    count: int = quantity(5, description="Makers per venue", ge=0, le=1000)
    markets: PositiveAmounts = Field(
        min_length=1, description="Markets quoted: depth a side of all makers together, USD within `reach`"
    )
    hedge: dict[str, str] = Field(
        default_factory=dict, description="Spot market in which each market's inventory is hedged"
    )
    levels: int = quantity(20, description="Levels a side", ge=1, le=60)
    half_spread: Trait = trait(0.00005, description="Half the spread in calm", ge=0, lt=1)
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
    anchor: Trait = trait(0.2, description="Weight of index (spot: fundamental value) in fair value", ge=0, le=1)
    skew: Trait = trait(0.002, description="Shift of fair value at full inventory")
    volatility_scale: Trait = trait(10.0, description="Excess of the volatility ratio that halves depth", gt=0)
    spread_response: Trait = trait(
        0.5, description="Relative growth of the spread per unit of excess volatility ratio", ge=0
    )
    direction_scale: Trait = trait(
        20.0, unit="calm sd of 5 min", description="Move that halves the side it runs into", gt=0
    )
    loss_limit: Trait = trait(0.3, unit="of capital", description="Loss at which a maker stops quoting", ge=0)
    recovery: Trait = trait(
        {"law": "uniform", "low": 60, "high": 600},
        unit="s",
        description="Time in which depth returns",
        gt=0,
    )
    hedge_share: Trait = trait(0.1, description="Part of the excess inventory hedged at a wake-up", ge=0, le=1)
    hedge_band: Trait = trait(0.1, unit="of full inventory", description="Inventory left unhedged", ge=0)
    hedge_slippage: Trait = trait(0.002, description="Limit of a hedge order from the spot mid", ge=0, lt=1)
    noise: Trait = trait(0.5, unit="half spreads", description="Noise of fair value", ge=0)
    interval: Trait = trait(1.0, unit="s", description="Mean time between quotes", gt=0)
    latency: Trait = trait(
        {"law": "uniform", "low": 0.005, "high": 0.05},
        unit="s",
        description="From decision to exchange",
        ge=0,
    )


class Liquidators(_Cohort):
    """Competing liquidators of one venue; they act while the venue's window is open."""

    venue: str = Field(description="Venue they watch")
    count: int = quantity(5, description="Number of liquidators", ge=0, le=10_000)
    capital: Trait = trait(100_000, unit="USD", description="Own money", ge=0)
    leverage: Trait = trait(3.0, description="Largest gross notional over equity", gt=0, le=1000)
    profit: Trait = trait({"law": "uniform", "low": 0.0005, "high": 0.002}, description="Smallest net profit wanted")
    risk: Trait = trait(1.0, unit="sd", description="Price moves of the holding time charged as a cost", ge=0)
    holding: Trait = trait(10.0, unit="s", description="Time reckoned with to work a position off", ge=0)
    unwind: Trait = trait(0.25, description="Part of the inventory sold at a wake-up", gt=0, le=1)
    slippage: Trait = trait(0.005, description="Distance of a limit from the mid", ge=0, lt=1)
    participation: Trait = trait(0.1, description="Part of the depth within its slippage taken at once", ge=0, le=1)
    cost: float = quantity(5.0, unit="USD", description="Cost of having an account closed", ge=0)
    loss_limit: Trait = trait(0.2, unit="of capital", description="Loss that starts a retreat", ge=0)
    retreat: float = quantity(300.0, unit="s", description="Length of a retreat", ge=0)
    interval: Trait = trait({"law": "uniform", "low": 0.2, "high": 1.0}, unit="s", description="Between looks", gt=0)
    latency: Trait = trait({"law": "uniform", "low": 0.02, "high": 0.3}, unit="s", description="To the exchange", ge=0)


class Hunters(_Cohort):
    """Adversaries who trigger clusters of liquidations; what they see is the venue's `transparency`."""

    venue: str = Field(description="Venue they hunt on")
    count: int = quantity(3, description="Number of hunters", ge=0, le=10_000)
    capital: Trait = trait(1_000_000, unit="USD", description="Own money", ge=0)
    leverage: Trait = trait(5.0, description="Largest push over equity", gt=0, le=1000)
    error: Trait = trait(
        0.5,
        unit="log sd",
        description="Error of sight where positions are known noisily: of sizes, and of places with it",
        ge=0,
    )
    decay: Trait = trait(
        {"law": "uniform", "low": 0.2, "high": 0.6}, description="Part of the impact expected to decay"
    )
    learning: Trait = trait(0.3, description="Weight of the last hunt in what it believes about decay", ge=0, le=1)
    profit: Trait = trait({"law": "uniform", "low": 0.0005, "high": 0.002}, description="Smallest profit over the push")
    reach: Trait = trait(0.03, description="Furthest distance looked at", gt=0, lt=1)
    stop_loss: Trait = trait(0.01, description="Loss over the push at which all is covered", ge=0)
    patience: Trait = trait(20.0, unit="s", description="Time waited for the forced flow", ge=0)
    cover: Trait = trait(0.5, description="Part of the push covered at a wake-up", gt=0, le=1)
    slippage: Trait = trait(
        0.02, description="Distance of a limit from the target of a push, from the mid in covering", ge=0, lt=1
    )
    interval: Trait = trait({"law": "uniform", "low": 5, "high": 30}, unit="s", description="Between looks", gt=0)
    latency: Trait = trait({"law": "uniform", "low": 0.01, "high": 0.05}, unit="s", description="To the exchange", ge=0)


class Pair(Model):
    """A perpetual and the spot market it is traded against; all arbitrageurs together."""

    spot: str = Field(description="Spot market")
    stock: float = quantity(0.0, unit="USD", description="Asset held at the start, against as large a short", ge=0)
    cash: float = quantity(0.0, unit="USD", description="Money on the spot venue", ge=0)
    margin: float = quantity(unit="USD", description="Money on the derivatives venue", gt=0)
    clip: float = quantity(10_000.0, unit="USD", description="Largest trade of one arbitrageur", gt=0)


class Arbitrageurs(_Cohort):
    """Traders of the basis between perpetuals and spot."""

    venue: str = Field(description="Derivatives venue")
    count: int = quantity(3, description="Arbitrageurs a pair", ge=0, le=10_000)
    pairs: dict[str, Pair] = Field(min_length=1, description="By perpetual")
    threshold: Trait = trait(
        {"law": "uniform", "low": 0.0008, "high": 0.002},
        description="Basis at which they trade; covers both fees",
        ge=0,
    )
    slippage: Trait = trait(0.002, description="Distance of a limit from the mid", ge=0, lt=1)
    participation: Trait = trait(
        0.5, description="Part of the thinner book within the slippage taken at once", ge=0, le=1
    )
    leverage: float = quantity(5.0, description="Largest leverage of the derivatives leg", ge=1, le=125)
    interval: Trait = trait({"law": "uniform", "low": 0.5, "high": 2.0}, unit="s", description="Between looks", gt=0)
    latency: Trait = trait({"law": "uniform", "low": 0.01, "high": 0.1}, unit="s", description="To the exchange", ge=0)


class Investors(_Cohort):
    """Slow money on a spot venue: buys below its estimate of the asset's worth, sells above."""

    venue: str = Field(description="Spot venue")
    count: int = quantity(50, description="Investors a market", ge=0, le=100_000)
    markets: PositiveAmounts = Field(
        min_length=1, description="Wealth of all together, half money and half stock, USD, by market"
    )
    wealth: Trait = trait(
        {"law": "pareto", "minimum": 1, "exponent": 1.2, "cap": 1000}, description="Relative wealth", gt=0
    )
    belief: Trait = trait(
        {"law": "uniform", "low": -0.001, "high": 0.001}, unit="log", description="Error of the estimate"
    )
    threshold: Trait = trait(
        {"law": "lognormal", "median": 0.01, "sigma": 1.5, "low": 0.0005, "high": 0.3},
        unit="log",
        description="Distance from the estimate at which it trades",
        ge=0,
    )
    clip: Trait = trait(0.05, description="Part of its wealth traded at a wake-up", ge=0, le=1)
    participation: Trait = trait(0.1, description="Part of the depth within its slippage taken at once", ge=0, le=1)
    slippage: Trait = trait(0.002, description="Distance of a limit from the mid", ge=0, lt=1)
    interval: Trait = trait(60.0, unit="s", description="Mean time between wake-ups", gt=0)
    latency: Trait = trait({"law": "uniform", "low": 0.1, "high": 1.0}, unit="s", description="To the exchange", ge=0)


class Agents(Model):
    """All agents: named cohorts of each type."""

    traders: dict[str, Traders] = Field(default_factory=dict)
    makers: dict[str, Makers] = Field(default_factory=dict)
    liquidators: dict[str, Liquidators] = Field(default_factory=dict)
    hunters: dict[str, Hunters] = Field(default_factory=dict)
    arbitrageurs: dict[str, Arbitrageurs] = Field(default_factory=dict)
    investors: dict[str, Investors] = Field(default_factory=dict)
