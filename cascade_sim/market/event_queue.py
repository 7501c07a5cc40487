"""One queue for all that is still to come: a timing wheel of lists, and a heap for the present.

Time is cut into buckets of 2**16 microseconds. What lies in a later bucket waits in an unsorted list
on the wheel (a sleeping agent costs nothing); when its bucket comes, the list is moved into a binary
heap ordered by time and, within one microsecond, by the tie-break the sender has drawn.
"""

import numpy as np

from cascade_sim.market.constants import LINK, WHEEL
from cascade_sim.market.kernel import kernel, routine

__all__ = ["in_order", "look_ahead", "pop", "push"]

_U = np.uint64
_TIME_BITS = 16
_TIE_SHIFT = np.uint64(16)
_TIME_SHIFT = np.uint64(48)

(
    MESSAGE,
    FUNDAMENTAL,
    SAMPLE_SOURCE,
    REPORT,
    PUBLISH,
    UPDATE_MARKS,
    PREMIUM,
    CHARGE_FUNDING,
    LIQUIDATE,
    UNWIND,
    SAMPLE,
    DRAW_MAPS,
    WAKE,
) = np.arange(1, 14, dtype=np.uint32)
# Ties of the venues' own clockwork lie below this number, those of liquidations above.
AFTER_CLOCKWORK = 1 << 20


@kernel
def in_order(number):
    """Tie-break that lets a venue's own entries of one microsecond run first, in a stated order."""
    return _U(number) << _TIE_SHIFT


@kernel
def clockwork(kind, row):
    """Tie-break of what a venue does by the clock: by kind, then by row."""
    return in_order((np.int64(kind) << 12) | np.int64(row))


@kernel
def _sift_up(w, key, entry):
    """Put an entry into the heap."""
    heap = w.heap
    pools = w.pools[0]
    pools.heap += 1
    i = pools.heap
    while i > 1 and heap[_U(i >> 1)].key > key:
        parent = heap[_U(i >> 1)]
        here = heap[_U(i)]
        here.key = parent.key
        here.entry = parent.entry
        i = i >> 1
    here = heap[_U(i)]
    here.key = key
    here.entry = entry


@kernel
def _remove_first(w):
    """Take the smallest entry out of the heap."""
    heap = w.heap
    pools = w.pools[0]
    last = heap[_U(pools.heap)]
    key = last.key
    entry = last.entry
    pools.heap -= 1
    n = pools.heap
    i = np.int64(1)
    child = np.int64(2)
    while child <= n:
        if child < n and heap[_U(child + 1)].key < heap[_U(child)].key:
            child += 1
        if heap[_U(child)].key >= key:
            break
        here = heap[_U(i)]
        here.key = heap[_U(child)].key
        here.entry = heap[_U(child)].entry
        i = child
        child = 2 * i
    here = heap[_U(i)]
    here.key = key
    here.entry = entry


@kernel
def _sort_in(w, slot):
    """Move an entry of the present bucket into the heap."""
    entry = w.entries[slot]
    within = _U(entry.time & ((1 << _TIME_BITS) - 1))
    _sift_up(w, (within << _TIME_SHIFT) | (entry.tie >> _TIE_SHIFT), LINK(slot))


@kernel
def _hang(w, slot):
    """Hang an entry of a later bucket on the wheel."""
    entry = w.entries[slot]
    spoke = _U((entry.time >> _TIME_BITS) & (WHEEL - 1))
    entry.next = w.wheel[spoke]
    w.wheel[spoke] = LINK(slot)


@kernel
def push(w, time, kind, row, payload, tie):
    """Schedule something; the caller has made sure that the queue has room.

    Parameters
    ----------
    time : int64
        When, in microseconds; not before now.
    kind, row : int64
        What happens, and to which row of which table.
    payload : int64
        A number it needs then.
    tie : uint64
        Orders entries of one microsecond; only its upper 48 bits count.
    """
    pools = w.pools[0]
    slot = pools.free_entry
    entry = w.entries[slot]
    pools.free_entry = entry.next
    pools.entries += 1
    entry.time = time
    entry.tie = tie
    entry.payload = payload
    entry.kind = np.uint32(kind)
    entry.row = np.uint32(row)
    if time >> _TIME_BITS <= w.clock[0].bucket:
        _sort_in(w, slot)
    else:
        _hang(w, slot)


@routine
def _turn(w):
    """Go on to the next bucket and sort what is due in it."""
    clock = w.clock[0]
    clock.bucket += 1
    spoke = _U(clock.bucket & (WHEEL - 1))
    slot = w.wheel[spoke]
    w.wheel[spoke] = LINK(0)
    while slot != 0:
        following = w.entries[slot].next
        if w.entries[slot].time >> _TIME_BITS == clock.bucket:
            _sort_in(w, slot)
        else:
            _hang(w, slot)
        slot = following


@kernel
def look_ahead(w):
    """Start again to fetch the lists of the next two buckets."""
    pools = w.pools[0]
    bucket = w.clock[0].bucket
    pools.soon = w.wheel[_U((bucket + 1) & (WHEEL - 1))]
    pools.later = w.wheel[_U((bucket + 2) & (WHEEL - 1))]


@kernel
def pop(w, until):
    """Next entry due at or before `until`, taken off the queue; 0 when there is none.

    The row stays readable until the next `push`; the clock is set to its time.
    """
    clock = w.clock[0]
    pools = w.pools[0]
    while pools.heap == 0 and (clock.bucket + 1) << _TIME_BITS <= until:
        _turn(w)
    slot = LINK(0)
    if pools.heap > 0:
        first = w.heap[1].entry
        entry = w.entries[first]
        if entry.time <= until:
            slot = first
            _remove_first(w)
            entry.next = pools.free_entry
            pools.free_entry = slot
            pools.entries -= 1
            clock.now = entry.time
    return slot
