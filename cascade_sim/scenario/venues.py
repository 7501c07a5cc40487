"""A venue's rules: each is a named choice, so that another rule is another name.

A rule file in `venues/` holds the rules of a real venue with source and date; a scenario takes one and
may override parts.
"""

from typing import Literal

from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model, quantity

__all__ = ["Fees", "Funding", "Liquidation", "MarkPrice", "Market", "Tier", "Venue", "VenueRules", "Waterfall"]


class Fees(Model):
    """What a trade costs, as a share of its value; the fee is rounded up to whole units."""

    taker: float = quantity(0.0, description="Fee of the order that trades at once", ge=-0.01, le=0.05)
    maker: float = quantity(0.0, description="Fee of the resting order; negative is a rebate", ge=-0.01, le=0.05)

    @model_validator(mode="after")
    def _covered(self) -> "Fees":
        if self.taker + self.maker < 0:
            raise ValueError(f"the maker's rebate ({-self.maker}) must not exceed the taker's fee ({self.taker})")
        return self


class MarkPrice(Model):
    """How the mark price is made."""

    rule: Literal["last", "mid", "index", "median", "hyperliquid"] = Field(
        "median",
        description="last trade; mid; index; median of three (Binance); median with exponential means (Hyperliquid)",
    )
    interval: float = quantity(1.0, unit="s", description="Between publications; 0: at every trade", ge=0)
    window: int = quantity(30, unit="samples", description="Samples in the mean basis of the median rule", ge=1, le=64)


class Funding(Model):
    """What longs pay shorts (or receive) so that the perpetual stays near the index."""

    interval: float = quantity(28_800.0, unit="s", description="Between charges", gt=0)
    first: float | None = Field(
        None, description="Seconds from the start to the first charge; none: one interval", gt=0
    )
    premium_interval: float = quantity(5.0, unit="s", description="Between samples of the premium", gt=0)
    interest: float = quantity(
        0.0001, unit="per 8 h", description="Rate that the premium is pulled to", ge=-0.1, le=0.1
    )
    clamp: float = quantity(0.0005, unit="per 8 h", description="Largest pull", ge=0, le=0.1)
    cap: float = quantity(0.02, unit="per interval", description="Largest absolute rate", gt=0, le=1)
    impact_notional: float = quantity(
        20_000.0, unit="USD", description="Size whose average fill makes the premium", gt=0
    )
    paid_on: Literal["mark", "index"] = Field("mark", description="Price that the rate is multiplied with")


class Liquidation(Model):
    """What happens to an account below maintenance margin."""

    rule: Literal["full", "partial", "fraction"] = Field(
        "partial",
        description="close all; close until margin is restored; close a fraction first, then all",
    )
    latency: float = quantity(0.1, unit="s", description="From breach to the engine's first action", ge=0)
    window: float = quantity(0.0, unit="s", description="How long liquidators may act before the engine sells", ge=0)
    retry_interval: float = quantity(1.0, unit="s", description="Between attempts of the engine", ge=0.001)
    max_attempts: int = quantity(10, description="Attempts in the book before the backstop", ge=1, le=200)
    slippage: float | None = Field(
        None, description="Largest distance of the order's limit from the mark; none: no limit", gt=0, lt=1
    )
    limit: Literal["none", "bankruptcy", "backed"] = Field(
        "none",
        description="Limit of the order besides slippage: none; bankruptcy price; that plus what the fund can add",
    )
    fee: float = quantity(0.0, description="Fee on what is liquidated, to the insurance fund", ge=0, le=0.2)
    discount: float = quantity(
        0.0, description="Discount to the mark for liquidators, as far as equity pays for it", ge=0, le=0.2
    )
    reward: float = quantity(0.0, description="Share of the fee for a liquidator who has an account closed", ge=0, le=1)
    buffer: float = quantity(
        0.0, description="Margin above maintenance that a partial liquidation restores", ge=0, le=0.5
    )
    small_notional: float = quantity(0.0, unit="USD", description="Positions up to this size are closed whole", ge=0)
    fraction: float = quantity(0.2, description="First part closed by the rule `fraction`", gt=0, le=1)
    remainder_to_fund: bool = Field(False, description="Whether what is left of a closed account goes to the fund")
    has_impact: bool = Field(
        True, description="False: closed at mark against an absorber, no order is sent (a counterfactual)"
    )


class Waterfall(Model):
    """Who pays when liquidation does not cover a loss."""

    insurance_fund: float = quantity(0.0, unit="USD", description="Balance of the fund at the start", ge=0)
    backstop: float = quantity(
        0.0, description="Share of maintenance margin at which the book is no longer tried", ge=0, lt=1
    )
    fund_capacity: float = quantity(
        0.0, description="Notional the fund may hold, as a multiple of its equity; 0: takes nothing over", ge=0
    )
    unwind_interval: float = quantity(10.0, unit="s", description="Between sales of what the fund took over", gt=0)
    unwind_share: float = quantity(0.1, description="Part of its position the fund sells at a time", gt=0, le=1)
    unwind_slippage: float = quantity(
        0.002, description="Largest distance from the mark at which the fund sells: it can wait", gt=0, lt=1
    )
    adl: Literal["none", "binance", "bitmex", "hyperliquid", "pro-rata"] = Field(
        "none", description="Ranking of auto-deleveraging; pro-rata: nobody is ranked, all give up the same share"
    )
    adl_price: Literal["bankruptcy", "mark"] = Field("bankruptcy", description="Price of auto-deleveraging")
    socialises: bool = Field(True, description="Whether winners share what the fund can't pay")


class Tier(Model):
    """A bracket of position notional."""

    floor: float = quantity(unit="USD", description="Notional above which the tier applies", ge=0)
    maintenance: float = quantity(description="Maintenance margin rate", gt=0, le=0.5)
    leverage: float = quantity(description="Largest leverage", ge=1, le=1000)


class VenueRules(Model):
    """Everything a venue decides. The fields `source` and `date` say whose rules they are."""

    title: str = ""
    source: str = Field("", description="Document or repository the rules were read from")
    date: str = Field("", description="Date of that document")
    fees: Fees = Fees()
    mark: MarkPrice = MarkPrice()
    funding: Funding = Funding()
    liquidation: Liquidation = Liquidation()
    waterfall: Waterfall = Waterfall()
    self_trade: Literal["cancel-resting", "cancel-taker"] = Field(
        "cancel-resting", description="Which own order gives way"
    )
    withdrawal: Literal["balance", "equity"] = Field(
        "balance",
        description="What may be withdrawn as far as initial margin allows: realised money only (Binance), or "
        "unrealised profit too (Hyperliquid)",
    )
    transparency: Literal["exact", "noisy", "none"] = Field(
        "noisy", description="How well others know positions and their liquidation prices"
    )
    tiers: dict[str, tuple[Tier, ...]] = Field(
        {"default": (Tier(floor=0, maintenance=0.005, leverage=100),)},
        description="Brackets by asset; `default` for all others",
    )

    @model_validator(mode="after")
    def _climbing(self) -> "VenueRules":
        for asset, tiers in self.tiers.items():
            if not 1 <= len(tiers) <= 12:
                raise ValueError(f"tiers of {asset}: 1 to 12 brackets are possible, got {len(tiers)}")
            floors = [tier.floor for tier in tiers]
            rates = [tier.maintenance for tier in tiers]
            if floors[0] != 0 or floors != sorted(set(floors)) or rates != sorted(rates):
                raise ValueError(
                    f"tiers of {asset}: floors must climb from 0, rates must not fall; got {floors}, {rates}"
                )
        return self


class Market(Model):
    """A market of a venue."""

    asset: str = Field(description="What is traded")
    kind: Literal["perpetual", "spot"] = "perpetual"
    tick: float = quantity(unit="USD", description="Smallest price step", gt=0)
    lot: float = quantity(unit="asset", description="Smallest size", gt=0)


class Venue(Model):
    """A place with its own accounts, markets, fund and rules."""

    rules: VenueRules = VenueRules()
    markets: dict[str, Market] = Field(min_length=1, max_length=16)
