"""The whole state of a market, as tables: NumPy record arrays gathered in one `World`.

One row is one thing. Links and row numbers are ``uint32``; row 0 of a table that is linked to is
never used and means "none". A kernel reads ``world.orders[slot].lots``; a person reads
``pandas.DataFrame(world.orders)``. The tables of a world are enough to save, copy, compare and
digest it.

Units
-----
lots
    Signed int64 number of contracts (or spot lots); positive is long or buy.
level
    Price in ticks: the row of the ladder, below `LEVELS`.
units
    int64 money of one asset, for example 1e-6 USD; one tick times one lot is ``tick_value`` units.
mark
    Units of currency per lot. A price per tick becomes a mark by one stated rounding.
price
    int64 in 1e-8 of the quote currency per one unit of the base asset (oracles, index).
time
    int64 microseconds since the start of the run.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.handle import pass_by_pointer

LINK = np.uint32
# Row numbers and kinds travel as uint32, amounts as int64, and constants bear those types too:
# numba compiles a function again for every new combination of argument types.
NONE = np.uint32(0)
ZERO = np.int64(0)
LEVELS = 1 << 18
LEVEL_WORDS = LEVELS >> 6
LEVEL_BLOCKS = LEVELS >> 12
TIERS = 12
ACCOUNT_BLOCK = 64
QUOTE_BLOCK = 128
BASIS_WINDOW = 64
WHEEL = 4096
OUTBOX = 64
MAP_BINS = 512
MAP_STEP = 0.0005
PROFILE_BINS = 25
PROFILE_STEP = 0.002
PRICE_UNIT = 10**8
SECOND = 10**6
MAX_LOTS = 2**31 - 1
MAX_NOTIONAL = 9 * 10**18
MAX_MONEY = 10**18  # units that an account may hold by transfers
FOREVER = 2**62

SPOT, PERPETUAL = 0, 1

(
    NOBODY,
    TRADER,
    MAKER,
    LIQUIDATOR,
    HUNTER,
    ARBITRAGEUR,
    INVESTOR,
    CUSTOM,
    FUND,
    ABSORBER,
    FORCED,
) = np.arange(11, dtype=np.uint32)
ROLES = 11
ROLE_NAMES = (
    "nobody",
    "trader",
    "maker",
    "liquidator",
    "hunter",
    "arbitrageur",
    "investor",
    "custom",
    "fund",
    "absorber",
    "forced",
)


def record(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    """Row type whose fields are attributes, compiled or not (plain structured scalars have none)."""
    return np.dtype((np.record, list(fields)))


def stack(dtype: np.dtype[Any], parts: Sequence[NDArray[Any]], unused: int = 0) -> NDArray[Any]:
    """Rows of several tables in one, after `unused` zero rows; `numpy.concatenate` would lose the row type."""
    rows = np.zeros(unused + sum(len(part) for part in parts), dtype)
    place = unused
    for part in parts:
        rows[place : place + len(part)] = part
        place += len(part)
    return rows


_u1, _u4, _i8, _f8 = np.uint8, np.uint32, np.int64, np.float64

clock_t = record(
    ("now", _i8),
    ("seed", _i8),
    ("bucket", _i8),  # wheel bucket whose entries are in the heap
    ("liquidations", _i8),
    ("trades", _i8),  # since the start, never reset
    ("subject", _i8),  # row of who must decide or is in trouble: a custom agent, an account, a market
    ("checks", _i8),  # 1: look for violations of the invariants after everything that happens
    ("violation", _i8),
)
pools_t = record(
    ("free_order", LINK),
    ("free_message", LINK),
    ("free_quotes", LINK),
    ("free_entry", LINK),
    ("orders", _i8),  # resting now
    ("entries", _i8),  # in the event queue
    ("messages", _i8),  # under way
    ("blocks", _i8),  # of quotes under way
    ("positions", _i8),  # open ones, of all accounts
    ("generation", _i8),
    ("heap", _i8),
    ("outbox", _i8),
    ("trades", _i8),  # rows in the event tables that nobody has drained yet
    ("events", _i8),
    ("moves", _i8),
    ("samples", _i8),
    ("clusters", _i8),
    ("branchings", _i8),
    ("profiles", _i8),
    ("breaches", _i8),
    ("next_breach", _i8),
)
asset_t = record(
    ("fundamental", _f8),  # quote currency
    ("drift", _f8),  # per second
    ("volatility", _f8),  # per square root of a second
    ("jump_rate", _f8),  # per second
    ("jump_mean", _f8),
    ("jump_sd", _f8),
    ("units", _i8),  # units in one whole asset
)
feed_t = record(
    ("price", _i8),  # published last: the index
    ("time", _i8),
    ("promised", _i8),  # price of the last publication, perhaps still under way
    ("promised_time", _i8),
    ("max_age", _i8),  # older reports do not count
    ("threshold_ppm", _i8),
    ("heartbeat", _i8),
    ("latency", _i8),
    ("number", _i8),
    ("first_source", _i8),
    ("sources", _i8),
)
source_t = record(
    ("asset", LINK),
    ("market", LINK),  # 0: samples the fundamental value
    ("noise", _f8),  # standard deviation, relative
    ("interval", _i8),
    ("lag", _i8),
    ("outage_start", _i8),
    ("outage_end", _i8),
    ("weight", _i8),
    ("price", _i8),  # reported last; 0 before the first report
    ("time", _i8),
    ("number", _i8),
)
venue_t = record(
    ("first_market", _i8),
    ("markets", _i8),
    ("currency", LINK),
    ("fund_account", LINK),
    ("absorber", LINK),
    ("touched", LINK),  # head: accounts whose size or collateral changed since the last check
    ("pending", LINK),  # head: accounts under water whose liquidation has not ended
    ("screen_is_stale", LINK),  # 1: funding or rules changed, check everybody
    ("mark_number", _i8),
    ("mark_interval", _i8),  # 0: at every trade
    ("self_trade", _i8),
    ("pays_out_profit", _i8),  # 1: unrealised profit may be withdrawn
)
engine_t = record(
    ("rule", _i8),
    ("latency", _i8),
    ("window", _i8),  # how long liquidators may act before the venue does
    ("retry_interval", _i8),
    ("max_attempts", _i8),
    ("limit", _i8),
    ("slippage_ppm", _i8),  # 0: no limit
    ("fee_ppm", _i8),
    ("discount_ppm", _i8),
    ("reward_ppm", _i8),
    ("buffer_ppm", _i8),
    ("small_notional", _i8),
    ("fraction_ppm", _i8),
    ("backstop_ppm", _i8),
    ("fund_capacity_ppm", _i8),
    ("unwind_interval", _i8),
    ("unwind_ppm", _i8),
    ("unwind_slippage_ppm", _i8),
    ("remainder_to_fund", _i8),
    ("adl_rule", _i8),
    ("adl_price", _i8),
    ("socialises", _i8),
    ("has_impact", _i8),  # 0: liquidations are closed at mark against the absorber
)
fund_t = record(
    ("fees", _i8),
    ("funding", _i8),  # paid by one side, not yet received by the other
    ("deposits", _i8),  # less withdrawals
    ("bad_debt", _i8),  # what liquidated accounts were below zero
    ("covered", _i8),  # of it, by the insurance fund
    ("deleveraged", _i8),  # by winners, closed at a price worse than the mark
    ("socialised", _i8),  # by accounts in profit
    ("venue_loss", _i8),  # by nobody else
)
market_t = record(
    ("bid", _i8),  # level; -1: no bid
    ("ask", _i8),  # level; LEVELS: no ask
    ("last", _i8),
    ("mark", _i8),
    ("tick_value", _i8),
    ("funding", _i8),  # cumulative, units per lot
    ("taker_ppm", _i8),
    ("maker_ppm", _i8),
    ("open_interest", _i8),  # lots of both sides
    ("orders", _i8),  # resting
    ("venue", LINK),
    ("column", LINK),  # its place among the venue's markets
    ("asset", LINK),
    ("currency", LINK),
    ("kind", _i8),
    ("max_lots", _i8),
    ("lot_units", _i8),  # base units per lot
    ("tick_price", _i8),
    ("liquidated_lots", _i8),
    ("liquidated_notional", _i8),
    ("adl_lots", _i8),
    ("map_mark", _i8),  # mark when the liquidation map was drawn: its distances count from there
    ("map_time", _i8),
)
mark_t = record(
    ("rule", _i8),
    ("window", _i8),  # samples in the mean of the basis
    ("samples", _i8),
    ("basis_sum", _i8),
    ("slow_sum", _f8),  # exponential mean of mid less index, and its weight
    ("slow_weight", _f8),
    ("fast_sum", _f8),
    ("fast_weight", _f8),
    ("time", _i8),
)
funding_t = record(
    ("rule", _i8),
    ("interval", _i8),
    ("premium_interval", _i8),
    ("impact_notional", _i8),
    ("interest", _f8),  # per 8 hours
    ("clamp", _f8),
    ("cap", _f8),
    ("premium_sum", _f8),
    ("premiums", _i8),
    ("rate", _f8),  # charged last
    ("due", _i8),
)
tape_t = record(
    ("log_mid", _f8),
    ("smooth", _f8),
    ("fast", _f8),  # exponential means of the log mid
    ("medium", _f8),
    ("slow", _f8),
    ("variance", _f8),  # of the log mid, per second
    ("calm_variance", _f8),
)
tier_t = record(("floor", _i8), ("maintenance_ppm", _i8), ("deduction", _i8), ("initial_ppm", _i8))
level_t = record(("head", LINK), ("tail", LINK), ("lots", _i8))
flow_t = record(("bought", _i8), ("sold", _i8), ("mid_move", _i8), ("last_move", _i8))
order_t = record(
    ("lots", _i8),
    ("time", _i8),
    ("level", LINK),
    ("account", LINK),
    ("previous", LINK),
    ("next", LINK),
    ("account_previous", LINK),
    ("account_next", LINK),
    ("market", LINK),
    ("generation", LINK),
    ("side", _i8),
    ("reduces", _i8),
)
account_t = record(
    ("owner", LINK),
    ("venue", LINK),
    ("role", _u1),
    ("status", _u1),
    ("touched", _u1),
    ("attempts", _u1),
    ("open_positions", _u4),
    ("next_touched", LINK),
    ("next_pending", LINK),
    ("previous_pending", LINK),
    ("liquidation", _u4),
    ("reference", _i8),  # mark number of the last own change of size or collateral
    ("since", _i8),  # time of the breach
    ("fees", _i8),
    ("realised", _i8),
)
balance_t = record(("amount", _i8), ("reserved", _i8))
position_t = record(
    ("lots", _i8),
    ("cost", _i8),
    ("funding", _i8),
    ("buy", _i8),  # lots of resting buy orders
    ("sell", _i8),
    ("orders", LINK),
    ("count", _u4),
    ("reducing", _i8),  # lots of resting reduce-only orders
    ("initial_ppm", _i8),  # 1e6 / leverage chosen by the owner
)
band_t = record(("low", _i8), ("high", _i8))
message_t = record(
    ("price", _i8),
    ("lots", _i8),
    ("reference", _i8),
    ("account", LINK),
    ("market", LINK),
    ("kind", _u4),
    ("options", _u4),
    ("cause", _u4),
    ("count", _u4),
    ("next", LINK),
    ("role", _u4),
)
quote_t = record(("level", _i8), ("lots", _i8))
entry_t = record(
    ("time", _i8),
    ("tie", np.uint64),
    ("payload", _i8),
    ("kind", _u4),
    ("row", _u4),
    ("next", LINK),
    ("spare", _u4),
)
heap_t = record(("key", np.uint64), ("entry", _u4), ("spare", _u4))
rank_t = record(("score", _f8), ("account", _u4), ("spare", _u4))

trade_t = record(
    ("time", _i8),
    ("lots", _i8),
    ("taker_fee", _i8),
    ("maker_fee", _i8),
    ("market", _u4),
    ("level", _u4),
    ("taker", _u4),
    ("maker", _u4),
    ("cause", _u4),
    ("role", _u4),
)
event_t = record(
    ("time", _i8),
    ("kind", _u4),
    ("market", _u4),
    ("account", _u4),
    ("other", _u4),
    ("lots", _i8),
    ("price", _i8),
    ("amount", _i8),
    ("cause", _u4),
    ("spare", _u4),
    ("code", _i8),
    ("reference", _i8),
)
move_t = record(
    ("time", _i8),
    ("bought", _i8),
    ("sold", _i8),
    ("mid_move", _i8),
    ("last_move", _i8),
    ("market", _u4),
    ("role", _u4),
    ("cause", _u4),
    ("number", _u4),
)
sample_t = record(
    ("time", _i8),
    ("market", _u4),
    ("venue", _u4),
    ("bid", _i8),
    ("ask", _i8),
    ("last", _i8),
    ("mark", _i8),
    ("index", _i8),
    ("fundamental", _f8),
    ("bid_10bp", _i8),
    ("ask_10bp", _i8),
    ("bid_1pc", _i8),
    ("ask_1pc", _i8),
    ("bid_5pc", _i8),
    ("ask_5pc", _i8),
    ("open_interest", _i8),
    ("funding", _i8),
    ("funding_rate", _f8),
    ("liquidated_lots", _i8),
    ("liquidated_notional", _i8),
    ("adl_lots", _i8),
    ("fund", _i8),
    ("bad_debt", _i8),
    ("socialised", _i8),
)
cluster_t = record(
    ("time", _i8),
    ("mark", _i8),
    ("longs", _i8),
    ("shorts", _i8),
    ("market", _u4),
    ("distance", _u4),  # bin
)
profile_t = record(
    ("time", _i8),
    ("lots", _i8),
    ("market", _u4),
    ("place", _u4),  # of 2 * PROFILE_BINS bands: bids outwards, then asks outwards
)
branching_t = record(
    ("time", _i8),
    ("longs", _i8),
    ("bids", _i8),
    ("shorts", _i8),
    ("asks", _i8),
    ("market", _u4),
    ("spare", _u4),
)

# What every agent's row begins with: who it is in the draws, when it acts, how fast, for which account.
AGENT = (
    ("address", _i8),
    ("number", _i8),  # of its wake-ups so far
    ("wakes", _i8),  # time of the next one
    ("latency", _i8),
    ("interval", _f8),  # mean time between wake-ups, microseconds
    ("account", LINK),
    ("market", LINK),
)


@pass_by_pointer
class World(NamedTuple):
    """Every table of a market; see the row types above for the columns."""

    clock: NDArray[Any]
    pools: NDArray[Any]
    assets: NDArray[Any]
    loadings: NDArray[np.float64]
    script: NDArray[np.float64]
    feeds: NDArray[Any]
    sources: NDArray[Any]
    venues: NDArray[Any]
    engines: NDArray[Any]
    funds: NDArray[Any]
    markets: NDArray[Any]
    marks: NDArray[Any]
    fundings: NDArray[Any]
    basis: NDArray[np.int64]
    tapes: NDArray[Any]
    tiers: NDArray[Any]
    levels: NDArray[Any]
    bits: NDArray[np.uint64]
    flows: NDArray[Any]
    maps: NDArray[np.int64]
    orders: NDArray[Any]
    accounts: NDArray[Any]
    balances: NDArray[Any]
    positions: NDArray[Any]
    bands: NDArray[Any]
    quotes: NDArray[Any]
    messages: NDArray[Any]
    outbox: NDArray[Any]
    entries: NDArray[Any]
    wheel: NDArray[np.uint32]
    heap: NDArray[Any]
    breaches: NDArray[np.uint32]
    ranks: NDArray[Any]
    trades: NDArray[Any]
    events: NDArray[Any]
    moves: NDArray[Any]
    samples: NDArray[Any]
    clusters: NDArray[Any]
    branchings: NDArray[Any]
    profiles: NDArray[Any]
