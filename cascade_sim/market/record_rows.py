"""Rows of the tables that say what has happened; the caller drains them."""

import numpy as np

from cascade_sim.market.rows import record

_u4, _i8, _f8 = np.uint32, np.int64, np.float64

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
