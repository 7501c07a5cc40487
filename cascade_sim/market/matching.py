"""Orders of accounts: resting, trading and cancelling, with everything that hangs on them.

The book knows queues; this file knows whose orders they are. An account's resting orders in a
market are a list that starts at its position, which also counts their lots (margin needs them) and
the lots of its reduce-only orders. In a spot market a resting order reserves what it would pay.
"""

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK, SPOT
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.ledger import fill
from cascade_sim.market.moves import count_flow
from cascade_sim.market.order_book import front, next_down, next_up, rest, unlink
from cascade_sim.market.records import SELF_TRADE, record_cancellation

__all__ = ["CANCEL_TAKER", "clip_reducing", "drop", "drop_all", "order_id", "place", "standing_lots", "take"]

CANCEL_RESTING, CANCEL_TAKER = 0, 1


@kernel
def order_id(w, slot):
    """Identity of a resting order: stale as soon as the slot is used again."""
    return (np.int64(w.orders[slot].generation) << 32) | np.int64(slot)


@kernel
def _reserve(w, m, a, side, level, lots):
    """Set aside (or, for negative `lots`, release) what a resting spot order would pay."""
    market = w.markets[m]
    if side > 0:
        w.balances[a, market.currency].reserved += lots * level * market.tick_value
    else:
        w.balances[a, market.asset].reserved += lots * market.lot_units


@kernel
def _forget(w, m, slot, lots):
    """Count `lots` fewer in a resting order, its level and its account."""
    order = w.orders[slot]
    market = w.markets[m]
    position = w.positions[order.account, market.column]
    order.lots -= lots
    w.levels[m, order.level].lots -= lots
    if order.side > 0:
        position.buy -= lots
    else:
        position.sell -= lots
    if order.reduces != 0:
        position.reducing -= lots
    if market.kind == SPOT:
        _reserve(w, m, order.account, order.side, np.int64(order.level), -lots)


@kernel
def _detach(w, m, slot):
    """Take an order that has no lots left off its account's list and out of the book."""
    order = w.orders[slot]
    market = w.markets[m]
    position = w.positions[order.account, market.column]
    before = order.account_previous
    after = order.account_next
    if before != 0:
        w.orders[before].account_next = after
    else:
        position.orders = after
    if after != 0:
        w.orders[after].account_previous = before
    position.count -= np.uint32(1)
    market.orders -= 1
    w.pools[0].orders -= 1
    unlink(w, m, slot)


@kernel
def drop(w, m, slot):
    """Cancel a resting order."""
    _forget(w, m, slot, w.orders[slot].lots)
    _detach(w, m, slot)


@kernel
def drop_all(w, m, a):
    """Cancel all resting orders of an account in a market."""
    market = w.markets[m]
    position = w.positions[a, market.column]
    slot = position.orders
    while slot != 0:
        order = w.orders[slot]
        following = order.account_next
        w.levels[m, order.level].lots -= order.lots
        if market.kind == SPOT:
            _reserve(w, m, a, order.side, np.int64(order.level), -order.lots)
        unlink(w, m, slot)
        slot = following
    market.orders -= np.int64(position.count)
    w.pools[0].orders -= np.int64(position.count)
    position.orders = LINK(0)
    position.count = np.uint32(0)
    position.buy = 0
    position.sell = 0
    position.reducing = 0


@kernel
def place(w, m, a, side, level, lots, reduces):
    """Rest an order that does not cross; returns its slot, 0 when the order pool is full."""
    slot = rest(w, m, a, side, level, lots)
    if slot != 0:
        pools = w.pools[0]
        market = w.markets[m]
        order = w.orders[slot]
        position = w.positions[a, market.column]
        head = position.orders
        order.account_previous = LINK(0)
        order.account_next = head
        order.time = w.clock[0].now
        order.reduces = reduces
        order.generation = LINK(pools.generation & 0x7FFFFFFF)
        pools.generation += 1
        if head != 0:
            w.orders[head].account_previous = slot
        position.orders = slot
        position.count += np.uint32(1)
        market.orders += 1
        pools.orders += 1
        if side > 0:
            position.buy += lots
        else:
            position.sell += lots
        if reduces != 0:
            position.reducing += lots
        if market.kind == SPOT:
            _reserve(w, m, a, side, level, lots)
    return slot


@routine
def clip_reducing(w, m, a):
    """Cancel reduce-only orders, newest first, until they can't do more than close the position."""
    position = w.positions[a, w.markets[m].column]
    slot = position.orders
    while slot != 0 and position.reducing > 0:
        order = w.orders[slot]
        following = order.account_next
        if order.reduces != 0 and position.reducing > max(-order.side * position.lots, 0):
            drop(w, m, slot)
        slot = following


@routine
def standing_lots(w, m, a, side, limit, enough):
    """Lots that an order could take from others at `limit` or better, counted up to `enough`."""
    owner = w.accounts[a].owner
    market = w.markets[m]
    level = market.ask if side > 0 else market.bid
    found = np.int64(0)
    while found < enough and 0 <= level < LEVELS and side * level <= side * limit:
        slot = w.levels[m, np.uint64(level)].head
        while slot != 0:
            order = w.orders[slot]
            if w.accounts[order.account].owner != owner:
                found += order.lots
            slot = order.next
        level = next_up(w, m, level) if side > 0 else next_down(w, m, level)
    return found


@kernel
def _affordable(w, m, a, side, level, lots):
    """Lots a spot buyer can pay for at a level; everybody else is not limited here."""
    market = w.markets[m]
    if market.kind == SPOT and side > 0:
        balance = w.balances[a, market.currency]
        lots = min(lots, max(balance.amount - balance.reserved, 0) // (level * market.tick_value))
    return lots


@kernel
def take(w, m, a, side, limit, lots, cause, role):
    """Trade against resting orders in price-time priority.

    Parameters
    ----------
    side : int64
        1 buys, -1 sells.
    limit : int64
        Worst level accepted.
    lots : int64
        Positive number of lots wanted.
    cause, role : uint32
        Liquidation that sent the order (0: none) and whose flow it is.

    Returns
    -------
    lots : int64
        Lots not traded.
    alive : bool
        False when self-trade prevention or an empty purse ended the order.
    """
    market = w.markets[m]
    pools = w.pools[0]
    owner = w.accounts[a].owner
    alive = True
    while lots > 0 and alive:
        slot = front(w, m, side, limit)
        if slot == 0:
            break
        order = w.orders[slot]
        b = order.account
        level = np.int64(order.level)
        if w.accounts[b].owner == owner:
            if w.venues[market.venue].self_trade == CANCEL_TAKER:
                alive = False
            else:
                record_cancellation(w, m, slot, SELF_TRADE)
                drop(w, m, slot)
            continue
        traded = _affordable(w, m, a, side, level, min(lots, order.lots))
        if traded == 0:
            alive = False
            continue
        value = side * traded * level * market.tick_value
        taker_fee = fill(w, m, a, side * traded, value, market.taker_ppm)
        maker_fee = fill(w, m, b, -side * traded, -value, market.maker_ppm)
        trade = w.trades[LINK(pools.trades)]
        pools.trades += 1
        trade.time = w.clock[0].now
        trade.lots = side * traded
        trade.taker_fee = taker_fee
        trade.maker_fee = maker_fee
        trade.market = np.uint32(m)
        trade.level = np.uint32(level)
        trade.taker = np.uint32(a)
        trade.maker = b
        trade.cause = np.uint32(cause)
        trade.role = np.uint32(role)
        market.last = level
        count_flow(w, m, role, side * traded)
        lots -= traded
        _forget(w, m, slot, traded)
        if order.lots == 0:
            _detach(w, m, slot)
        if w.positions[b, market.column].reducing != 0:
            clip_reducing(w, m, b)
    if w.positions[a, market.column].reducing != 0:
        clip_reducing(w, m, a)
    return lots, alive
