"""The event loop: what is due is handled in order of time, until a given time or until help is needed.

`advance` stays in compiled code. It returns when the time is reached, when a table is full (the caller
drains or grows it and calls again), or when an agent written in Python must decide.
"""

import numpy as np

from cascade_sim.engine.capacity import has_room
from cascade_sim.engine.clockwork import after_trade, market_off_ladder, run_clockwork
from cascade_sim.engine.waking import fetch_ahead, wake
from cascade_sim.market.constants import LINK, OUTBOX
from cascade_sim.market.event_queue import FUNDAMENTAL, MESSAGE, WAKE, look_ahead, pop
from cascade_sim.market.exchange import apply
from cascade_sim.market.invariants import violation
from cascade_sim.market.kernel import entry, part
from cascade_sim.market.outbox import post, release
from cascade_sim.market.pending import open_liquidation
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.treatment import is_lost

__all__ = ["BROKEN", "DECIDE", "DONE", "FULL", "LEFT_LADDER", "TALKATIVE", "advance", "send_at"]

DONE, FULL, DECIDE, BROKEN, TALKATIVE, LEFT_LADDER = range(6)


@part
def _arrive(w, slot):
    """A message arrives at the exchange; where marks follow every trade, they do now."""
    message = w.messages[slot]
    if is_lost(w, message):
        release(w, slot)
    else:
        v = w.accounts[message.account].venue
        trades = w.pools[0].trades
        apply(w, message)
        release(w, slot)
        if w.pools[0].trades != trades:
            after_trade(w, v)


@entry
def advance(w, population, until):
    """Handle everything due up to and including a time.

    Parameters
    ----------
    w : World
    population : Population
    until : int64
        Microseconds.

    Returns
    -------
    int
        DONE; FULL: drain or grow the tables and call again; DECIDE: let the custom agent
        ``clock.subject`` decide and call again; BROKEN: invariant ``clock.violation`` does not hold;
        TALKATIVE: account ``clock.subject`` wanted to send ``pools.outbox`` messages at once, which are too many;
        LEFT_LADDER: the asset of market ``clock.subject`` is worth more or less than the ladder spans.
    """
    clock = w.clock[0]
    pools = w.pools[0]
    bucket = clock.bucket
    status = -1
    while status < 0:
        if pools.outbox > OUTBOX:
            status = TALKATIVE
        elif not has_room(w, population):
            status = FULL
        elif pools.next_breach < pools.breaches:
            a = w.breaches[LINK(pools.next_breach)]
            pools.next_breach += 1
            open_liquidation(w, a)
        else:
            slot = pop(w, until)
            if clock.bucket != bucket:
                bucket = clock.bucket
                look_ahead(w)
            fetch_ahead(w, population)
            if slot == 0:
                clock.now = until
                status = DONE
            else:
                kind = w.entries[slot].kind
                row = w.entries[slot].row
                payload = w.entries[slot].payload
                if kind == MESSAGE:
                    _arrive(w, row)
                elif kind < WAKE:
                    run_clockwork(w, population, kind, row, payload)
                    if kind == FUNDAMENTAL:
                        off = market_off_ladder(w)
                        if off != 0:
                            clock.subject = off
                            status = LEFT_LADDER
                elif kind == WAKE + CUSTOM:
                    clock.subject = np.int64(row)
                    status = DECIDE
                else:
                    wake(w, population, kind - WAKE, row)
            if clock.checks != 0 and pools.next_breach == pools.breaches:
                clock.violation = violation(w)
                if clock.violation != 0:
                    status = BROKEN
    return status


@entry
def send_at(w, role, time, number):
    """Send what stands in the outbox so that it arrives at a time, whoever sends it."""
    w.clock[0].now = 0
    post(w, role, np.int64(0), number, time, 0.0)
