"""A limit order book: a dense ladder of price levels, a queue at each, a bitmap to find the next.

Bids and asks share the ladder because they never cross. A level holds the first and last order of
its queue and the sum of their lots. Three layers of 64-bit words say which levels are occupied: a
bit of the lowest layer is a level, a bit of a higher layer is a non-zero word below. Orders live in
one pool for all markets and are linked in the order of their arrival.
"""

import numpy as np

from cascade_sim.market.constants import LEVEL_BLOCKS, LEVEL_WORDS, LEVELS, LINK
from cascade_sim.market.kernel import clz, ctz, kernel

__all__ = ["front", "lots_between", "next_down", "next_up", "rest", "unlink"]

_U = np.uint64
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_TOP = np.uint64(LEVEL_WORDS + LEVEL_BLOCKS)


@kernel
def _occupy(w, m, level):
    """Mark a level as occupied in all three layers."""
    bits = w.bits
    bits[m, _U(level >> 6)] |= _ONE << _U(level & 63)
    bits[m, _U(LEVEL_WORDS + (level >> 12))] |= _ONE << _U((level >> 6) & 63)
    bits[m, _TOP] |= _ONE << _U(level >> 12)


@kernel
def _vacate(w, m, level):
    """Mark a level as empty; clear the layers above where it was the last."""
    bits = w.bits
    word = bits[m, _U(level >> 6)] & ~(_ONE << _U(level & 63))
    bits[m, _U(level >> 6)] = word
    if word == _ZERO:
        block = bits[m, _U(LEVEL_WORDS + (level >> 12))] & ~(_ONE << _U((level >> 6) & 63))
        bits[m, _U(LEVEL_WORDS + (level >> 12))] = block
        if block == _ZERO:
            bits[m, _TOP] &= ~(_ONE << _U(level >> 12))


@kernel
def next_up(w, m, level):
    """Lowest occupied level above `level`, or `LEVELS`."""
    bits = w.bits
    found = np.int64(LEVELS)
    start = level + 1
    if start < LEVELS:
        word = bits[m, _U(start >> 6)] >> _U(start & 63)
        if word != _ZERO:
            found = start + ctz(word)
        else:
            i = (start >> 6) + 1
            if i < LEVEL_WORDS:
                k = i >> 6
                word = bits[m, _U(LEVEL_WORDS + k)] >> _U(i & 63)
                if word != _ZERO:
                    i = i + ctz(word)
                    found = (i << 6) + ctz(bits[m, _U(i)])
                elif k + 1 < LEVEL_BLOCKS:
                    word = bits[m, _TOP] >> _U(k + 1)
                    if word != _ZERO:
                        k = k + 1 + ctz(word)
                        i = (k << 6) + ctz(bits[m, _U(LEVEL_WORDS + k)])
                        found = (i << 6) + ctz(bits[m, _U(i)])
    return found


@kernel
def next_down(w, m, level):
    """Highest occupied level below `level`, or -1."""
    bits = w.bits
    found = np.int64(-1)
    start = level - 1
    if start >= 0:
        word = bits[m, _U(start >> 6)] << _U(63 - (start & 63))
        if word != _ZERO:
            found = start - clz(word)
        else:
            i = (start >> 6) - 1
            if i >= 0:
                k = i >> 6
                word = bits[m, _U(LEVEL_WORDS + k)] << _U(63 - (i & 63))
                if word != _ZERO:
                    i = i - clz(word)
                    found = (i << 6) + 63 - clz(bits[m, _U(i)])
                elif k >= 1:
                    word = bits[m, _TOP] << _U(64 - k)
                    if word != _ZERO:
                        k = k - 1 - clz(word)
                        i = (k << 6) + 63 - clz(bits[m, _U(LEVEL_WORDS + k)])
                        found = (i << 6) + 63 - clz(bits[m, _U(i)])
    return found


@kernel
def lots_between(w, m, low, high):
    """Lots that stand at levels from `low` to `high`, both inside the ladder; 0 when `low` is above `high`."""
    lots = np.int64(0)
    for i in range(low >> 6, (high >> 6) + 1 if low <= high else 0):
        word = w.bits[m, _U(i)]
        if i == low >> 6:
            word &= _ALL << _U(low & 63)
        if i == high >> 6:
            word &= _ALL >> _U(63 - (high & 63))
        while word != _ZERO:
            lots += w.levels[m, _U((i << 6) + ctz(word))].lots
            word &= word - _ONE
    return lots


@kernel
def front(w, m, side, limit):
    """First order that an order of `side` (1 buys, -1 sells) meets at `limit` or better; 0: none."""
    market = w.markets[m]
    order = LINK(0)
    if side > 0:
        if market.ask <= limit and market.ask < LEVELS:
            order = w.levels[m, _U(market.ask)].head
    elif market.bid >= limit and market.bid >= 0:
        order = w.levels[m, _U(market.bid)].head
    return order


@kernel
def rest(w, m, account, side, level, lots):
    """Put a new order at the end of its level's queue; returns its slot, 0 when the pool is full."""
    pools = w.pools[0]
    slot = pools.free_order
    if slot != 0:
        order = w.orders[slot]
        place = w.levels[m, _U(level)]
        market = w.markets[m]
        pools.free_order = order.next
        last = place.tail
        order.lots = lots
        order.side = side
        order.level = LINK(level)
        order.account = LINK(account)
        order.market = LINK(m)
        order.previous = last
        order.next = LINK(0)
        if last != 0:
            w.orders[last].next = slot
        else:
            place.head = slot
            _occupy(w, m, level)
            if side > 0:
                market.bid = max(market.bid, level)
            else:
                market.ask = min(market.ask, level)
        place.tail = slot
        place.lots += lots
    return slot


@kernel
def unlink(w, m, slot):
    """Take an order, whose lots its level no longer counts, out of the queue; frees its slot."""
    order = w.orders[slot]
    pools = w.pools[0]
    place = w.levels[m, order.level]
    before = order.previous
    after = order.next
    if before != 0:
        w.orders[before].next = after
    else:
        place.head = after
    if after != 0:
        w.orders[after].previous = before
    else:
        place.tail = before
    order.next = pools.free_order
    order.lots = 0
    pools.free_order = LINK(slot)
    if place.head == 0:
        level = np.int64(order.level)
        market = w.markets[m]
        _vacate(w, m, level)
        if level == market.bid:
            market.bid = next_down(w, m, level)
        elif level == market.ask:
            market.ask = next_up(w, m, level)
