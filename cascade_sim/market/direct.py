"""Messages straight into the exchange, with no agent and no way to travel: for drivers that are theories themselves.

A driver is one compiled function that decides and sends; what it sends is matched, booked and refused like any
other message. It must live in one file with all its own kernels and constants, because the cache of compiled code
does not see an edit elsewhere (`cascade_sim.market.kernel`). `send` and `replace_quotes` stay calls of their own:
copied into a driver's every use they take a minute to compile.
"""

import numpy as np

from cascade_sim.market.constants import LINK, NONE, QUOTE_BLOCK
from cascade_sim.market.exchange import REPLACE_QUOTES, apply
from cascade_sim.market.kernel import kernel, part
from cascade_sim.market.roles import CUSTOM

__all__ = ["make_room", "replace_quotes", "send"]


@kernel
def _send(w, kind, a, m, lots, price, reference, count):
    message = w.outbox[LINK(0)]
    message.kind = LINK(kind)
    message.account = LINK(a)
    message.market = LINK(m)
    message.lots = np.int64(lots)
    message.price = np.int64(price)
    message.reference = np.int64(reference)
    message.options = NONE
    message.cause = NONE
    message.count = LINK(count)
    message.role = CUSTOM
    return apply(w, message)


@part
def send(w, kind, a, m, lots, price, reference):
    """Let the exchange act on one message at once.

    Parameters
    ----------
    kind : uint32
        One of `cascade_sim.market.exchange`, but for replaced quotes.
    a, m : int
        Account and market.
    lots, price, reference : int64
        What the kind says they are: signed lots (or money), level, id of an order.

    Returns
    -------
    int64
        What `cascade_sim.market.exchange.apply` returns.
    """
    return _send(w, kind, a, m, lots, price, reference, NONE)


@part
def replace_quotes(w, a, m, bid, ask):
    """Let the exchange replace all quotes of an account by one lot a side at once.

    Parameters
    ----------
    a, m : int
        Account and market.
    bid, ask : int64
        Levels.

    Returns
    -------
    int64
        What `cascade_sim.market.exchange.apply` returns.
    """
    below = w.quotes[LINK(QUOTE_BLOCK)]
    below.lots = 1
    below.level = np.int64(bid)
    above = w.quotes[LINK(QUOTE_BLOCK + 1)]
    above.lots = -1
    above.level = np.int64(ask)
    return _send(w, REPLACE_QUOTES, a, m, 0, 0, QUOTE_BLOCK, 2)


@kernel
def make_room(w, messages):
    """Forget trades and events where so many messages could overfill their tables, for drivers that read neither.

    A trade ends an order that rests or one that has come, so that there are at most as many as of both.
    """
    pools = w.pools[0]
    if pools.trades + pools.orders + 2 * messages > w.trades.shape[0]:
        pools.trades = 0
    if pools.events + pools.orders + 2 * messages > w.events.shape[0]:
        pools.events = 0
