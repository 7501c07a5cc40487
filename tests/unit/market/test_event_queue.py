"""The queue gives back what was put in, in order of time and then of tie, for any mixture."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cascade_sim.market.event_queue import pop, push
from cascade_sim.market.kernel import entry
from cascade_sim.market.world import Sizes, allocate

times = st.integers(0, 2_000_000_000)


@entry
def put(w, time, tie, row):
    """Push one entry."""
    push(w, time, 1, row, np.int64(0), np.uint64(tie) << np.uint64(16))


@entry
def get(w, until):
    """Row of the next entry, or -1."""
    slot = pop(w, until)
    return np.int64(w.entries[slot].row) if slot != 0 else np.int64(-1)


def empty_world():
    """A world with nothing in it."""
    return allocate(Sizes(assets=1, venues=1, markets=1, columns=1, accounts=1, entries=300))


@given(st.lists(st.tuples(times, st.integers(0, 2**40)), max_size=200, unique=True))
def test_order(entries):
    world = empty_world()
    for row, (time, tie) in enumerate(entries):
        put(world, time, tie, row)
    given_back = [get(world, 2**40) for _ in entries]
    assert given_back == sorted(range(len(entries)), key=entries.__getitem__)
    assert get(world, 2**40) == -1


@given(st.lists(times, max_size=60), st.lists(times, max_size=60))
def test_entries_added_on_the_way(first, delays):
    world = empty_world()
    due = sorted(first)
    for time in first:
        put(world, time, 0, time % 2**31)
    for delay in delays:
        if not due:
            break
        now = due.pop(0)
        assert get(world, 2**40) == now % 2**31
        due = sorted([*due, now + delay])
        put(world, now + delay, 0, (now + delay) % 2**31)
    assert [get(world, 2**40) for _ in due] == [time % 2**31 for time in due]


def test_nothing_is_given_before_its_time():
    world = empty_world()
    put(world, 5_000_000, 0, 9)
    assert get(world, 4_999_999) == -1
    assert get(world, 5_000_000) == 9
