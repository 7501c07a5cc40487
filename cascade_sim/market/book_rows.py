"""Rows of the order book and of accounts: who wants what, and who has what."""

import numpy as np

from cascade_sim.market.constants import LINK
from cascade_sim.market.rows import record

_u1, _u4, _i8 = np.uint8, np.uint32, np.int64

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
treatment_t = record(
    ("isolated", LINK),  # first of the accounts that hold its markets apart, one a column of the venue; 0: none
    ("spared", _u4),  # bit k: the liquidation after k others leaves the book alone
    ("barred", _u4),  # bit k: may not trade in column k of its venue
    ("guaranteed", _u4),  # 1: what is missing at a breach is paid in from outside
    ("breaches", _i8),
    ("muted", _i8),  # messages that arrive a microsecond before this time are lost; 0: none
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
