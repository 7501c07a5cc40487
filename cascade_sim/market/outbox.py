"""What an agent wants to send: messages that arrive at the exchange after the agent's latency.

A decision kernel writes rows of the outbox; the engine posts them when the kernel is done. Agents never
touch the book.
"""

import numpy as np

from cascade_sim.market.constants import LINK, NONE, OUTBOX, QUOTE_BLOCK, ZERO
from cascade_sim.market.draws import words
from cascade_sim.market.event_queue import MESSAGE, push
from cascade_sim.market.exchange import CANCEL_ALL, REDUCE_ONLY, REPLACE_QUOTES, TRANSFER_COLLATERAL
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.streams import JITTER

__all__ = [
    "ask_exchange",
    "cancel_all",
    "clear",
    "deposit",
    "new_quotes",
    "order",
    "post",
    "quote",
    "reduce",
    "release",
]


@kernel
def _row(w, kind, a, m):
    """Next row of the outbox; when an agent sends more than there are, they are counted and the run ends."""
    pools = w.pools[0]
    row = w.outbox[LINK(min(pools.outbox, OUTBOX - 1))]
    pools.outbox += 1
    row.kind = kind
    row.account = a
    row.market = m
    row.options = NONE
    row.cause = NONE
    row.count = NONE
    row.price = 0
    row.lots = 0
    row.reference = 0
    return row


@kernel
def order(w, kind, a, m, lots, level, cause):
    """Write an order for signed lots at a level."""
    row = _row(w, kind, a, m)
    row.lots = lots
    row.price = level
    row.cause = cause


@kernel
def reduce(w, kind, a, m, lots, level, cause):
    """Write an order that can only make a position smaller."""
    row = _row(w, kind, a, m)
    row.lots = lots
    row.price = level
    row.cause = cause
    row.options = REDUCE_ONLY


@kernel
def cancel_all(w, a, m):
    """Write the cancelling of all own orders in a market."""
    _row(w, CANCEL_ALL, a, m)


@kernel
def ask_exchange(w, kind, a, m):
    """Write a message of another kind; the caller fills in what it carries."""
    return _row(w, kind, a, m)


@kernel
def deposit(w, a, amount):
    """Write a deposit of collateral, in units; negative withdraws."""
    row = _row(w, TRANSFER_COLLATERAL, a, NONE)
    row.lots = amount


@kernel
def new_quotes(w, a, m):
    """Write a replacement of all own quotes in a market, empty so far; fill it with `quote`."""
    pools = w.pools[0]
    row = _row(w, REPLACE_QUOTES, a, m)
    block = pools.free_quotes
    row.reference = np.int64(block) * QUOTE_BLOCK
    pools.free_quotes = LINK(w.quotes[LINK(row.reference)].lots)
    pools.blocks += 1
    return row


@kernel
def quote(w, row, lots, level):
    """Add a quote for signed lots at a level to a replacement."""
    place = w.quotes[LINK(row.reference + np.int64(row.count))]
    place.lots = lots
    place.level = level
    row.count += LINK(1)


@kernel
def clear(w):
    """Empty the outbox before an agent decides."""
    w.pools[0].outbox = 0


@kernel
def release(w, slot):
    """Give back a message that has been applied, and its block of quotes."""
    pools = w.pools[0]
    message = w.messages[slot]
    if message.kind == REPLACE_QUOTES:
        w.quotes[LINK(message.reference)].lots = np.int64(pools.free_quotes)
        pools.free_quotes = LINK(message.reference // QUOTE_BLOCK)
        pools.blocks -= 1
    message.next = pools.free_message
    pools.free_message = slot
    pools.messages -= 1


@routine
def post(w, role, address, number, latency, jitter):
    """Send what stands in the outbox, in its order, after the agent's latency; nothing when it is too much.

    Parameters
    ----------
    role : uint32
        Whose flow it is.
    address, number : int64
        Agent and its event number: they address the draw of the jitter.
    latency : int64
        Microseconds.
    jitter : float64
        The delay is ``latency * (1 + jitter * u)`` with a uniform u.
    """
    pools = w.pools[0]
    clock = w.clock[0]
    for j in range(pools.outbox if pools.outbox <= OUTBOX else 0):
        a, b, c, _ = words(clock.seed, JITTER + np.int64(role), address, number, j)
        if j == 0:
            delay = latency + np.int64(np.float64(latency) * jitter * np.float64(c) / 4294967296.0)
        slot = pools.free_message
        message = w.messages[slot]
        pools.free_message = message.next
        pools.messages += 1
        row = w.outbox[LINK(j)]
        message.kind = row.kind
        message.account = row.account
        message.market = row.market
        message.options = row.options
        message.cause = row.cause
        message.count = row.count
        message.price = row.price
        message.lots = row.lots
        message.reference = row.reference
        message.role = role
        tie = (a << np.uint64(32)) | b
        push(w, clock.now + delay + j, MESSAGE, np.int64(slot), ZERO, tie)
    if pools.outbox <= OUTBOX:
        pools.outbox = 0
