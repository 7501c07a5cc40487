"""Market makers: how deep and how close they quote, and what drives them away."""

from pydantic import Field

from cascade_sim.scenario.agents.traits import Cohort, PositiveAmounts, Trait, trait
from cascade_sim.scenario.base import quantity

__all__ = ["Makers"]


class Makers(Cohort):
    """Market makers of one venue; each quotes every market listed, from one account."""

    venue: str = Field(description="Venue they quote on")
    count: int = quantity(
        5,
        description="Makers per venue",
        source="assumed: few firms stand for most of the depth of a market",
        ge=0,
        le=1000,
    )
    markets: PositiveAmounts = Field(
        min_length=1, description="Markets quoted: depth a side of all makers together, USD within `reach`"
    )
    hedge: dict[str, str] = Field(
        default_factory=dict, description="Spot market in which each market's inventory is hedged"
    )
    levels: int = quantity(
        20, description="Levels a side", source="assumed: enough to follow the depth curve up to its reach", ge=1, le=60
    )
    half_spread: Trait = trait(
        0.00005,
        description="Half the spread in calm",
        source=(
            "assumed: 1 bp between bid and ask, coarser than the tick (0.016 bp) that BTCUSDT trades at, "
            "for there are few makers"
        ),
        ge=0,
        lt=1,
    )
    nearest: float = quantity(
        0.0002,
        description="Distance of the second level from the first",
        source="assumed: well within the 10 bp that depth is first counted in",
        gt=0,
        lt=0.1,
    )
    reach: float = quantity(
        0.06,
        description="Distance of the last level",
        source="assumed: a little beyond the 5 % that public depth data covers",
        gt=0,
        lt=0.9,
    )
    exponent: float = quantity(
        1.16,
        description="Depth within x grows as x to this power",
        source="median over the books of major perpetuals (public study; 1.05 to 1.4 are usual)",
        gt=0.2,
        lt=4,
    )
    capital: float = quantity(
        1.0,
        unit="of depth",
        description="Own money, as a multiple of the depth quoted a side",
        source="assumed: as much as they quote a side, so that being filled takes no leverage",
        gt=0,
    )
    leverage: float = quantity(
        10.0,
        description="Largest leverage of a maker's account",
        source="assumed: half of what venues allow for positions of this size (20 to 25)",
        ge=1,
        le=125,
    )
    inventory: float = quantity(
        1.0,
        unit="of depth",
        description="Inventory that counts as full",
        source="assumed: full when one whole side of the book has been filled",
        gt=0,
    )
    anchor: Trait = trait(
        0.2,
        description="Weight of index (spot: fundamental value) in fair value",
        source="assumed: mostly the own book, for prices are found on perpetuals",
        ge=0,
        le=1,
    )
    skew: Trait = trait(
        0.002,
        description="Shift of fair value at full inventory",
        source="assumed: 20 bp, several spreads, so that a full maker is no longer at the touch",
    )
    volatility_scale: Trait = trait(
        10.0,
        description="Excess of the volatility ratio that halves depth",
        source=("assumed: in the stress of a crash volatility is 4 to 17 times the calm, and depth is far below half"),
        gt=0,
    )
    spread_response: Trait = trait(
        0.5,
        description="Relative growth of the spread per unit of excess volatility ratio",
        source="assumed: at twice the usual volatility half as wide again",
        ge=0,
    )
    direction_scale: Trait = trait(
        20.0,
        unit="calm sd of 5 min",
        description="Move that halves the side it runs into",
        source=(
            "depth within 1 % is 1.75 to 2.4 times smaller in moves of 8 to 20 such deviations (1.8 "
            "million bars of perpetuals)"
        ),
        gt=0,
    )
    loss_limit: Trait = trait(
        0.3,
        unit="of capital",
        description="Loss at which a maker stops quoting",
        source="assumed: a third of the capital, far beyond a bad day",
        ge=0,
    )
    recovery: Trait = trait(
        {"law": "uniform", "low": 60, "high": 600},
        unit="s",
        description="Time in which depth returns",
        source=(
            "assumed: minutes; on 2025-10-10 bids within 5 % of BTCUSDT grew from 5 to 30 M USD in the "
            "twelve minutes after the low"
        ),
        gt=0,
    )
    hedge_share: Trait = trait(
        0.1,
        description="Part of the excess inventory hedged at a wake-up",
        source="assumed: a tenth a second, so that hedging takes ten seconds and not one order",
        ge=0,
        le=1,
    )
    hedge_band: Trait = trait(
        0.1,
        unit="of full inventory",
        description="Inventory left unhedged",
        source="assumed: a tenth, which saves the cost of hedging what comes back by itself",
        ge=0,
    )
    hedge_slippage: Trait = trait(
        0.002,
        description="Limit of a hedge order from the spot mid",
        source="assumed: 20 bp, four times the fee that it adds to",
        ge=0,
        lt=1,
    )
    noise: Trait = trait(
        0.5,
        unit="half spreads",
        description="Noise of fair value",
        source="assumed: half of the half spread, so that makers differ and quotes seldom cross",
        ge=0,
    )
    obligation: Trait = trait(
        0.0,
        description="Part of the calm depth that is always shown, as far as money goes: a quoting obligation",
        source="none by default: real ones are agreed with each venue, and most makers of crypto venues have none",
        ge=0,
        le=1,
    )
    obligation_relief: Trait = trait(
        5.0,
        description="Excess of the volatility ratio that halves the obligation",
        source="assumed: half at six times the calm volatility, the middle of what a crash brings (4 to 17 times)",
        gt=0,
    )
    obligation_spread: Trait = trait(
        0.005,
        description="Widest half spread of an obliged maker",
        source="assumed: 1 % between bid and ask, a hundred times the calm spread",
        gt=0,
        lt=1,
    )
    interval: Trait = trait(
        1.0,
        unit="s",
        description="Mean time between quotes",
        source="assumed: real ones renew within milliseconds; a second is what a fast run allows",
        gt=0,
    )
    latency: Trait = trait(
        {"law": "uniform", "low": 0.005, "high": 0.05},
        unit="s",
        description="From decision to exchange",
        source="assumed: servers near the venue's",
        ge=0,
    )
