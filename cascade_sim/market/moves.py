"""Whose flow moved the book: changes of mid and last price, by role or by liquidation.

Between two mark updates the changes made by ordinary flow add up in ``flows``, one row a market and
role; what a liquidation did is written down at once, because each liquidation answers for itself.
Together they say exactly how the mid and the last trade got from one mark to the next.
"""

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK, NONE, ZERO
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.roles import ROLES

__all__ = ["count_flow", "flush_flows", "record_move", "twice_mid"]


@kernel
def twice_mid(bid, ask, last):
    """Twice the mid price in ticks; twice the last trade while a side of the book is empty."""
    return bid + ask if bid >= 0 and ask < LEVELS else 2 * last


@kernel
def _append(w, m, role, cause, bought, sold, mid_move, last_move):
    pools = w.pools[0]
    row = w.moves[LINK(pools.moves)]
    pools.moves += 1
    row.time = w.clock[0].now
    row.bought = bought
    row.sold = sold
    row.mid_move = mid_move
    row.last_move = last_move
    row.market = np.uint32(m)
    row.role = np.uint32(role)
    row.cause = np.uint32(cause)
    row.number = np.uint32(w.venues[w.markets[m].venue].mark_number + 1)


@kernel
def record_move(w, m, role, cause, bid, ask, last):
    """Attribute what changed in a market since it stood at `bid`, `ask` and `last`."""
    market = w.markets[m]
    mid_move = twice_mid(market.bid, market.ask, market.last) - twice_mid(bid, ask, last)
    last_move = market.last - last
    if cause == 0:
        flow = w.flows[m, role]
        flow.mid_move += mid_move
        flow.last_move += last_move
    elif mid_move != 0 or last_move != 0:
        _append(w, m, role, cause, ZERO, ZERO, mid_move, last_move)


@kernel
def count_flow(w, m, role, lots):
    """Count lots taken from the book (signed) for the role that took them."""
    flow = w.flows[m, role]
    if lots > 0:
        flow.bought += lots
    else:
        flow.sold -= lots


@routine
def flush_flows(w, m):
    """Write down what each role took and moved since the last time, and start again from zero."""
    for role in range(ROLES):
        flow = w.flows[m, LINK(role)]
        if flow.bought != 0 or flow.sold != 0 or flow.mid_move != 0 or flow.last_move != 0:
            _append(w, m, LINK(role), NONE, flow.bought, flow.sold, flow.mid_move, flow.last_move)
            flow.bought = 0
            flow.sold = 0
            flow.mid_move = 0
            flow.last_move = 0
