"""Leveraged traders: how many, with what, how they decide."""

from pydantic import Field, model_validator

from cascade_sim.scenario.agents.traits import Amounts, Cohort, Trait, trait
from cascade_sim.scenario.base import quantity

__all__ = ["Traders"]


class Traders(Cohort):
    """Leveraged traders on one derivatives venue."""

    venue: str = Field(description="Venue they trade on")
    count: int = quantity(
        1000,
        description="Number of traders",
        source="assumed: enough for a map of liquidations without gaps, and quick to run",
        ge=0,
        le=2_000_000,
    )
    markets: Amounts = Field(
        default_factory=dict, description="Weights of the markets of isolated traders; none: equal"
    )
    open_interest: Amounts = Field(
        default_factory=dict,
        description="Long positions at time zero of all together, USD, by market; none: all start flat",
    )
    invested: float = quantity(
        0.9,
        description="Part of the traders who hold positions at time zero",
        source="assumed: most who keep money on a derivatives venue have a position; the rest can open one",
        ge=0,
        le=1,
    )
    long_share: float = quantity(
        0.65,
        description="Part of them who are long",
        source=(
            "Hyperliquid on 2025-10-10: 4,485 of 6,925 accounts with a BTC position were long (public reconstruction)"
        ),
        ge=0,
        le=1,
    )
    breadth: float = quantity(
        0.5,
        description="Chance that a cross trader also holds a further market",
        source="assumed: half of them, for no venue tells who holds what together",
        ge=0,
        le=1,
    )
    contrary: float = quantity(
        0.2,
        description="Chance that it holds it the other way round",
        source="assumed: most hold markets that fall together the same way round; some hedge",
        ge=0,
        le=1,
    )
    entry_spread: float = quantity(
        0.05,
        unit="log sd",
        description="Distance of entry prices from today's",
        source="assumed: what a price with 45 % volatility moves in four to five days, a usual time to hold",
        ge=0,
        lt=1,
    )
    usage: Trait = trait(
        {"law": "uniform", "low": 0.5, "high": 1.0},
        unit="of wealth",
        description="Collateral put up for positions",
        source="assumed: from half to all, for what lies idle on an account is not published",
        gt=0,
        le=1,
    )
    cross_share: float = quantity(
        0.5,
        description="Part that trades all markets from one cross-margin account",
        source="assumed: half, for no venue publishes how many use which mode",
        ge=0,
        le=1,
    )
    notional: Trait = trait(
        {"law": "lognormal", "median": 10_000, "sigma": 2.0},
        unit="USD",
        description="Position at full size; relative where open_interest sets the scale",
        source=(
            "sigma: liquidations of BTC have a mean ten times their median (9,561 to 921 USD); median "
            "assumed: it only sets a scale"
        ),
        gt=0,
    )
    leverage: Trait = trait(
        {"law": "lognormal", "median": 5, "sigma": 0.8, "low": 1, "high": 50},
        description="Leverage chosen",
        source="assumed: half above and half below a moderate 5, few near what venues allow (40 to 125)",
        gt=0,
        le=1000,
    )
    fundamentalist: Trait = trait(
        {"law": "exponential", "mean": 1.0},
        description="Weight of the distance from fundamental value",
        source="Chiarella, Iori, Perelló (2009), exponential weights",
    )
    chartist: Trait = trait(
        {"law": "exponential", "mean": 1.0},
        description="Weight of the trend",
        source="Chiarella, Iori, Perelló (2009), exponential weights; mean assumed: as much as fundamentals",
    )
    noise: Trait = trait(
        {"law": "exponential", "mean": 0.5},
        description="Weight of noise, in opinion units",
        source=(
            "Chiarella, Iori, Perelló (2009), exponential weights; mean assumed: half the others, so that "
            "opinions are about something"
        ),
        ge=0,
    )
    belief: Trait = trait(
        {"law": "uniform", "low": -0.002, "high": 0.002},
        unit="log",
        description="Private error of the fundamental value",
        source="assumed: of the size of a trade's costs, so that it moves nobody alone",
    )
    horizon: Trait = trait(
        {"law": "choice", "values": [0, 1, 2], "weights": [0.3, 0.4, 0.3]},
        description="Memory of the trend: 0 one minute, 1 five, 2 thirty",
        source="assumed: minutes to half an hour, what a run of an hour can show as a trend",
        ge=0,
        le=2,
    )
    conviction: Trait = trait(
        1.0,
        unit="calm half-hour sd",
        description="Opinion that opens a position",
        source="assumed: one usual move of the half hour that opinions are about",
        ge=0,
    )
    take_profit: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 2.0},
        unit="of margin",
        description="Gain at which a position is closed",
        source="assumed: from a third of the margin to twice, so that exits do not bunch",
        gt=0,
    )
    stop_loss: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 1.5},
        unit="of margin",
        description="Loss at which it is closed",
        source="assumed: from a third of the margin to more than all of it, which is no stop at all",
        gt=0,
    )
    guard_share: float = quantity(
        0.3,
        description="Part of the traders who guard their margin",
        source=("assumed: a minority; of those deleveraged on 2025-10-10 almost nobody reacted within a minute"),
        ge=0,
        le=1,
    )
    guard: Trait = trait(
        {"law": "uniform", "low": 0.3, "high": 0.8},
        description="Maintenance over equity at which guards act",
        source="assumed: before the margin is used up, which is at 1, some early and some late",
        ge=0,
    )
    wallet: Trait = trait(
        {"law": "uniform", "low": 0.0, "high": 0.5},
        unit="of wealth",
        description="Money a guard can add",
        source="assumed: up to half of what is on the account, for most keep it all there",
        ge=0,
    )
    patience: Trait = trait(
        0.4,
        description="Chance that an order rests instead of trading at once",
        source="assumed: the smaller part rests, for those who trade on an opinion want to trade",
        ge=0,
        le=1,
    )
    slippage: Trait = trait(
        {"law": "uniform", "low": 0.002, "high": 0.02},
        description="Distance of a limit from the mid",
        source="assumed: from 20 bp to 2 %, beyond what a calm book takes for such orders",
        ge=0,
        lt=1,
    )
    participation: Trait = trait(
        {"law": "uniform", "low": 0.02, "high": 0.2},
        description="Part of the depth within its slippage taken at once",
        source="assumed: up to a fifth, as those do who split orders not to move the price",
        ge=0,
        le=1,
    )
    activity: Trait = trait(
        0.1,
        description="Chance to trade a part of a held position at a wake-up",
        source="assumed: one wake-up in ten; with the interval it sets the turnover",
        ge=0,
        le=1,
    )
    interval: Trait = trait(
        100.0,
        unit="s",
        description="Mean time between wake-ups in calm",
        source="assumed: one to two minutes, a screen that is looked at; scenarios set it by turnover",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.05, "high": 0.5},
        unit="s",
        description="From decision to exchange",
        source="assumed: a private internet connection and an app",
        ge=0,
    )

    @model_validator(mode="after")
    def _add_up(self) -> "Traders":
        for name in ("markets", "open_interest"):
            amounts = getattr(self, name)
            if amounts and sum(amounts.values()) == 0:
                raise ValueError(f"{name}: must add up to more than 0, got {amounts}; leave it out for none")
        return self
