"""Rows of assets, oracles, venues and markets: their settings, and what is published or summed up of each."""

import numpy as np

from cascade_sim.market.constants import LINK
from cascade_sim.market.rows import record

_i8, _f8 = np.int64, np.float64

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
