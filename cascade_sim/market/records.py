"""What happened: rows of the event tables, written by the exchange and drained by the caller."""

import numpy as np

from cascade_sim.market.constants import LINK, NONE, ZERO
from cascade_sim.market.kernel import kernel

(
    REJECTED,
    CANCELLED,
    BREACH,
    EXPOSURE,
    RELEASED,
    CLOSED,
    LIQUIDATION_ORDER,
    TAKEOVER,
    LIQUIDATION_FEE,
    DEFAULT,
    LOSS,
    ADL,
    TRANSFER,
    INDEX,
    MARK,
    FUNDING,
) = np.arange(1, 17, dtype=np.uint32)
EVENT_NAMES = (
    "none",
    "rejected",
    "cancelled",
    "breach",
    "exposure",
    "released",
    "closed",
    "liquidation_order",
    "takeover",
    "liquidation_fee",
    "default",
    "loss",
    "adl",
    "transfer",
    "index",
    "mark",
    "funding",
)

(
    UNKNOWN_ORDER,
    INSUFFICIENT_MARGIN,
    INSUFFICIENT_BALANCE,
    OUT_OF_LADDER,
    BAD_SIZE,
    POSITION_LIMIT,
    POOL_FULL,
    WOULD_TRADE,
    NOT_FILLABLE,
    NOTHING_TO_REDUCE,
    IN_LIQUIDATION,
    NOT_OFFERED,
    NOT_PROFITABLE,
    WRONG_MARKET,
    SELF_TRADE,
) = np.arange(1, 16, dtype=np.int64)
REASON_NAMES = (
    "none",
    "unknown order",
    "insufficient margin",
    "insufficient balance",
    "price outside the ladder",
    "size outside the limits",
    "position limit",
    "order pool is full",
    "post-only order would trade",
    "fill-or-kill order can't be filled",
    "nothing to reduce",
    "account is being liquidated",
    "position is not offered",
    "worse than the stated discount",
    "no such account, or market of another venue",
    "self-trade prevention",
)


@kernel
def record_event(w, kind, m, a, other, lots, price, amount, cause, code, reference):
    """Append a row to the event table; the caller has made sure that there is room.

    Parameters
    ----------
    kind, m, a, other, cause : uint32
        What happened; market, account and second party (`NONE` where there is none); liquidation.
    lots, price, amount, code, reference : int64
        What the kind of event says they are.
    """
    pools = w.pools[0]
    event = w.events[LINK(pools.events)]
    pools.events += 1
    event.time = w.clock[0].now
    event.kind = kind
    event.market = m
    event.account = a
    event.other = other
    event.lots = lots
    event.price = price
    event.amount = amount
    event.cause = cause
    event.code = code
    event.reference = reference


@kernel
def record_cancellation(w, m, slot, reason):
    """An order cancelled by the exchange itself."""
    order = w.orders[slot]
    lots = order.side * order.lots
    record_event(w, CANCELLED, m, order.account, NONE, lots, np.int64(order.level), ZERO, NONE, reason, ZERO)


@kernel
def record_rejection(w, message, reason):
    """A message refused, with the reason."""
    m = message.market
    a = message.account
    price = message.price
    record_event(w, REJECTED, m, a, NONE, message.lots, price, ZERO, message.cause, reason, message.reference)
