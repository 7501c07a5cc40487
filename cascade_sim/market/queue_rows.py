"""Rows of what is under way: the clock, the free rows of every pool, messages, and the event queue."""

import numpy as np

from cascade_sim.market.constants import LINK
from cascade_sim.market.rows import record

_u4, _i8, _f8 = np.uint32, np.int64, np.float64

clock_t = record(
    ("now", _i8),
    ("seed", _i8),
    ("bucket", _i8),  # wheel bucket whose entries are in the heap
    ("liquidations", _i8),
    ("trades", _i8),  # since the start, never reset
    ("subject", _i8),  # row of who must decide or is in trouble: a custom agent, an account, a market
    ("checks", _i8),  # 1: look for violations of the invariants after everything that happens
    ("violation", _i8),
    ("treated", _i8),  # 1: a run repeated with something done differently, see ``treatments``
    ("counts_from", _i8),  # liquidations before are not counted in them
)
pools_t = record(
    ("free_order", LINK),
    ("free_message", LINK),
    ("free_quotes", LINK),
    ("free_entry", LINK),
    ("soon", LINK),  # next entry to fetch of the next bucket's list, and of the list after that
    ("later", LINK),
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
