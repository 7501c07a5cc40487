"""The event loop: what is due is handled in order of time, until a given time or until help is needed.

`advance` stays in compiled code. It returns when the time is reached, when a table is full (the caller
drains or grows it and calls again), or when an agent written in Python must decide.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.arbitrageurs import wake_arbitrageur
from cascade_sim.agents.hunters import wake_hunter
from cascade_sim.agents.investors import wake_investor
from cascade_sim.agents.liquidators import wake_liquidator
from cascade_sim.agents.makers import wake_maker
from cascade_sim.agents.traders import wake_trader
from cascade_sim.market.backstop import unwind_fund
from cascade_sim.market.constants import (
    FOREVER,
    LEVELS,
    LINK,
    MAP_BINS,
    OUTBOX,
    PERPETUAL,
    PROFILE_BINS,
    QUOTE_BLOCK,
    SECOND,
    ZERO,
)
from cascade_sim.market.draws import uniforms, words
from cascade_sim.market.event_queue import (
    CHARGE_FUNDING,
    DRAW_MAPS,
    FUNDAMENTAL,
    LIQUIDATE,
    MESSAGE,
    PREMIUM,
    PUBLISH,
    REPORT,
    SAMPLE,
    SAMPLE_SOURCE,
    UNWIND,
    UPDATE_MARKS,
    WAKE,
    clockwork,
    pop,
    push,
)
from cascade_sim.market.exchange import apply
from cascade_sim.market.fundamental_value import advance_fundamentals
from cascade_sim.market.funding import charge_funding, sample_premium
from cascade_sim.market.handle import pass_by_pointer
from cascade_sim.market.invariants import violation
from cascade_sim.market.kernel import entry, kernel, part, prefetch, routine
from cascade_sim.market.liquidation import run_liquidation
from cascade_sim.market.liquidation_map import draw_map, record_map
from cascade_sim.market.margin_screen import find_breaches
from cascade_sim.market.mark_price import record_mark, schedule_marks, update_marks
from cascade_sim.market.oracle import publish, report, sample_source
from cascade_sim.market.outbox import clear, post, release
from cascade_sim.market.pending import OFFERED, open_liquidation
from cascade_sim.market.roles import ARBITRAGEUR, CUSTOM, HUNTER, INVESTOR, LIQUIDATOR, MAKER, ROLES, TRADER
from cascade_sim.market.sampling import sample_market, sample_profile
from cascade_sim.market.streams import DECISION, PHASE, WAKING
from cascade_sim.market.tape import read_tape

__all__ = [
    "BROKEN",
    "DECIDE",
    "DONE",
    "FULL",
    "LEFT_LADDER",
    "TALKATIVE",
    "Population",
    "advance",
    "schedule_first_wakes",
    "send_at",
    "start_clockwork",
]

DONE, FULL, DECIDE, BROKEN, TALKATIVE, LEFT_LADDER = range(6)
_JITTER = 0.5
_SPARE_ROWS = 64
_COLUMNS_AHEAD = 4


@pass_by_pointer
class Population(NamedTuple):
    """Tables of the agents: one a type."""

    traders: NDArray[Any]
    makers: NDArray[Any]
    shapes: NDArray[Any]
    liquidators: NDArray[Any]
    hunters: NDArray[Any]
    arbitrageurs: NDArray[Any]
    investors: NDArray[Any]
    customs: NDArray[Any]


@part
def _has_room(w):
    """Whether every table can hold the most that one thing due can write."""
    pools = w.pools[0]
    most = pools.orders + w.accounts.shape[0] + _SPARE_ROWS
    return (
        pools.trades + most < w.trades.shape[0]
        and pools.events + most < w.events.shape[0]
        and pools.moves + w.markets.shape[0] * ROLES + _SPARE_ROWS < w.moves.shape[0]
        and pools.samples + w.markets.shape[0] < w.samples.shape[0]
        and pools.clusters + w.markets.shape[0] * MAP_BINS < w.clusters.shape[0]
        and pools.profiles + 2 * w.markets.shape[0] * PROFILE_BINS < w.profiles.shape[0]
        and pools.branchings + w.markets.shape[0] < w.branchings.shape[0]
        and pools.entries + 2 * OUTBOX < w.entries.shape[0]
        and pools.messages + 2 * OUTBOX < w.messages.shape[0]
        and (pools.blocks + OUTBOX) * QUOTE_BLOCK < w.quotes.shape[0]
    )


@part
def _check_margins(w, v):
    """List who is under water now; the loop opens their liquidations one by one."""
    pools = w.pools[0]
    if pools.next_breach == pools.breaches:
        pools.next_breach = 0
        pools.breaches = 0
    find_breaches(w, v)


@part
def _update_venue(w, v):
    """Publish marks and check margins."""
    update_marks(w, v)
    _check_margins(w, v)


@part
def _arrive(w, slot):
    """A message arrives at the exchange; where marks follow every trade, they do now."""
    message = w.messages[slot]
    v = w.accounts[message.account].venue
    trades = w.pools[0].trades
    apply(w, message)
    release(w, slot)
    if w.pools[0].trades != trades:
        _after_trade(w, v)


@part
def _after_trade(w, v):
    """Where the venue marks at every trade, publish marks and check margins."""
    if w.venues[v].mark_interval == 0:
        _update_venue(w, v)


@kernel
def _schedule_wake(w, role, row, address, number, wakes):
    """Put an agent's next wake-up into the queue."""
    a, b, _, _ = words(w.clock[0].seed, WAKING + np.int64(role), address, number, 0)
    push(w, wakes, WAKE + np.int64(role), np.int64(row), ZERO, (a << np.uint64(32)) | b)


@routine
def _call_liquidators(w, population, v):
    """Wake the sleeping liquidators of a venue, each after its latency: there is an account on offer."""
    for row in range(1, population.liquidators.shape[0]):
        liquidator = population.liquidators[LINK(row)]
        if w.accounts[liquidator.account].venue == v and liquidator.wakes == FOREVER:
            liquidator.wakes = w.clock[0].now + liquidator.latency
            _schedule_wake(w, LIQUIDATOR, LINK(row), liquidator.address, liquidator.number, liquidator.wakes)


@part
def _liquidate(w, population, a, number):
    """The venue's engine acts on an account."""
    trades = w.pools[0].trades
    run_liquidation(w, a, number)
    if w.accounts[a].status == OFFERED:
        _call_liquidators(w, population, w.accounts[a].venue)
    if w.pools[0].trades != trades:
        _after_trade(w, w.accounts[a].venue)


@part
def _unwind(w, v):
    """The insurance fund sells a part of what it took over."""
    trades = w.pools[0].trades
    unwind_fund(w, v)
    push(w, w.clock[0].now + w.engines[v].unwind_interval, UNWIND, np.int64(v), ZERO, clockwork(UNWIND, v))
    if w.pools[0].trades != trades:
        _after_trade(w, v)


@routine
def _sample(w, interval):
    """Read the tape and write a row of the series for every market; come back after the interval."""
    for m in range(1, w.markets.shape[0]):
        read_tape(w, LINK(m), np.float64(interval) / SECOND)
        sample_market(w, LINK(m))
    push(w, w.clock[0].now + interval, SAMPLE, interval, ZERO, clockwork(SAMPLE, 0))


@routine
def _draw_maps(w, interval):
    """Draw and record the liquidation maps of all venues; come back after the interval."""
    for v in range(1, w.venues.shape[0]):
        draw_map(w, LINK(v))
    for m in range(1, w.markets.shape[0]):
        record_map(w, LINK(m))
        sample_profile(w, LINK(m))
    push(w, w.clock[0].now + interval, DRAW_MAPS, interval, ZERO, clockwork(DRAW_MAPS, 0))


@routine
def _fundamentals(w, interval, tick):
    """Move the fundamental values; come back after the interval."""
    advance_fundamentals(w, tick, interval)
    push(w, w.clock[0].now + interval, FUNDAMENTAL, interval, tick + 1, clockwork(FUNDAMENTAL, 0))


@kernel
def _market_off_ladder(w):
    """A market whose asset has become worth more or less than its ladder has prices for; 0: none."""
    found = np.int64(0)
    for m in range(1, w.markets.shape[0]):
        market = w.markets[LINK(m)]
        level = w.assets[market.asset].fundamental * 1e8 / np.float64(market.tick_price)
        if found == 0 and not 1.0 <= level <= LEVELS - 1:
            found = np.int64(m)
    return found


@part
def _clockwork(w, population, kind, row, payload):
    """What happens by the clock, whatever agents do."""
    if kind == FUNDAMENTAL:
        _fundamentals(w, np.int64(row), payload)
    elif kind == SAMPLE_SOURCE:
        sample_source(w, row)
    elif kind == REPORT:
        report(w, row, payload)
    elif kind == PUBLISH:
        publish(w, row, payload)
    elif kind == UPDATE_MARKS:
        _update_venue(w, row)
        schedule_marks(w, row)
    elif kind == PREMIUM:
        sample_premium(w, row)
    elif kind == CHARGE_FUNDING:
        charge_funding(w, row)
    elif kind == LIQUIDATE:
        _liquidate(w, population, row, payload)
    elif kind == UNWIND:
        _unwind(w, row)
    elif kind == SAMPLE:
        _sample(w, np.int64(row))
    elif kind == DRAW_MAPS:
        _draw_maps(w, np.int64(row))


@part
def _follow_up(w, role, row, agent):
    """Post what an agent wrote and schedule its next wake-up."""
    if w.pools[0].outbox > OUTBOX:
        w.clock[0].subject = np.int64(agent.account)
    post(w, role, agent.address, agent.number, agent.latency, _JITTER)
    agent.number += 1
    if agent.wakes < FOREVER:
        _schedule_wake(w, role, row, agent.address, agent.number, agent.wakes)


@part
def _wake(w, population, role, row):
    """Let one agent decide."""
    clear(w)
    if role == TRADER:
        trader = population.traders[row]
        wake_trader(w, trader)
        _follow_up(w, TRADER, row, trader)
    elif role == MAKER:
        maker = population.makers[row]
        wake_maker(w, population.shapes, maker)
        _follow_up(w, MAKER, row, maker)
    elif role == LIQUIDATOR:
        liquidator = population.liquidators[row]
        wake_liquidator(w, liquidator)
        _follow_up(w, LIQUIDATOR, row, liquidator)
    elif role == HUNTER:
        hunter = population.hunters[row]
        wake_hunter(w, hunter)
        _follow_up(w, HUNTER, row, hunter)
    elif role == ARBITRAGEUR:
        arbitrageur = population.arbitrageurs[row]
        wake_arbitrageur(w, arbitrageur)
        _follow_up(w, ARBITRAGEUR, row, arbitrageur)
    elif role == INVESTOR:
        buyer = population.investors[row]
        wake_investor(w, buyer)
        _follow_up(w, INVESTOR, row, buyer)


@routine
def _fetch_ahead(w, population):
    """Fetch what the traders who wake in this bucket of time will look at: their rows, then their accounts.

    With many traders each is long out of the cache when it wakes; asked for together, the rows come at once.
    """
    heap = w.pools[0].heap + 1
    for i in range(1, heap):
        entry = w.entries[w.heap[LINK(i)].entry]
        if entry.kind == WAKE + TRADER:
            prefetch(population.traders[entry.row])
    for i in range(1, heap):
        entry = w.entries[w.heap[LINK(i)].entry]
        if entry.kind == WAKE + TRADER:
            a = population.traders[entry.row].account
            prefetch(w.accounts[a])
            prefetch(w.balances[a, LINK(1)])
            for k in range(min(w.positions.shape[1], _COLUMNS_AHEAD)):
                prefetch(w.positions[a, LINK(k)])


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
        elif not _has_room(w):
            status = FULL
        elif pools.next_breach < pools.breaches:
            a = w.breaches[LINK(pools.next_breach)]
            pools.next_breach += 1
            open_liquidation(w, a)
        else:
            slot = pop(w, until)
            if clock.bucket != bucket:
                bucket = clock.bucket
                _fetch_ahead(w, population)
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
                    _clockwork(w, population, kind, row, payload)
                    if kind == FUNDAMENTAL:
                        off = _market_off_ladder(w)
                        if off != 0:
                            clock.subject = off
                            status = LEFT_LADDER
                elif kind == WAKE + CUSTOM:
                    clock.subject = np.int64(row)
                    status = DECIDE
                else:
                    _wake(w, population, kind - WAKE, row)
            if clock.checks != 0 and pools.next_breach == pools.breaches:
                clock.violation = violation(w)
                if clock.violation != 0:
                    status = BROKEN
    return status


@entry
def start_clockwork(w, fundamental_interval, sample_interval, map_interval):
    """Schedule the first of everything that happens by the clock; a map interval of 0 means no maps.

    The state at time zero is the first row of the series: what prices fall from.
    """
    for m in range(1, w.markets.shape[0]):
        sample_market(w, LINK(m))
    push(w, fundamental_interval, FUNDAMENTAL, fundamental_interval, ZERO, clockwork(FUNDAMENTAL, 0))
    push(w, sample_interval, SAMPLE, sample_interval, ZERO, clockwork(SAMPLE, 0))
    if map_interval > 0:
        push(w, map_interval, DRAW_MAPS, map_interval, ZERO, clockwork(DRAW_MAPS, 0))
    for s in range(1, w.sources.shape[0]):
        u, _ = uniforms(w.clock[0].seed, PHASE, s, 0, 0)
        phase = np.int64(u * np.float64(w.sources[LINK(s)].interval))
        push(w, phase, SAMPLE_SOURCE, s, ZERO, clockwork(SAMPLE_SOURCE, s))
    for v in range(1, w.venues.shape[0]):
        venue = w.venues[LINK(v)]
        if venue.mark_interval > 0:
            schedule_marks(w, LINK(v))
        push(w, w.engines[LINK(v)].unwind_interval, UNWIND, v, ZERO, clockwork(UNWIND, v))
    for m in range(1, w.markets.shape[0]):
        if w.markets[LINK(m)].kind == PERPETUAL:
            funding = w.fundings[LINK(m)]
            record_mark(w, LINK(m), ZERO)
            push(w, funding.premium_interval, PREMIUM, m, ZERO, clockwork(PREMIUM, m))
            push(w, funding.due, CHARGE_FUNDING, m, ZERO, clockwork(CHARGE_FUNDING, m))


@kernel
def _first_wake(w, role, row, agent):
    """Schedule an agent's first wake-up at a random moment of its first interval."""
    u, _ = uniforms(w.clock[0].seed, PHASE + np.int64(role), agent.address, 1, 0)
    agent.wakes = 1 + np.int64(u * agent.interval)
    _schedule_wake(w, role, LINK(row), agent.address, agent.number, agent.wakes)


@entry
def schedule_first_wakes(w, population):
    """Schedule the first wake-up of every agent."""
    for row in range(1, population.traders.shape[0]):
        _first_wake(w, TRADER, row, population.traders[LINK(row)])
    for row in range(1, population.makers.shape[0]):
        _first_wake(w, MAKER, row, population.makers[LINK(row)])
    for row in range(1, population.hunters.shape[0]):
        _first_wake(w, HUNTER, row, population.hunters[LINK(row)])
    for row in range(1, population.arbitrageurs.shape[0]):
        _first_wake(w, ARBITRAGEUR, row, population.arbitrageurs[LINK(row)])
    for row in range(1, population.investors.shape[0]):
        _first_wake(w, INVESTOR, row, population.investors[LINK(row)])
    for row in range(1, population.customs.shape[0]):
        _first_wake(w, CUSTOM, row, population.customs[LINK(row)])
    for row in range(1, population.liquidators.shape[0]):
        population.liquidators[LINK(row)].wakes = FOREVER


@entry
def send_at(w, role, time, number):
    """Send what stands in the outbox so that it arrives at a time, whoever sends it."""
    w.clock[0].now = 0
    post(w, role, np.int64(0), number, time, 0.0)


@entry
def follow_up_custom(w, population, row):
    """Post what a Python agent wants and schedule its next wake-up."""
    agent = population.customs[LINK(row)]
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(CUSTOM), agent.address, agent.number, 0)
    agent.wakes = w.clock[0].now + 1 + np.int64(agent.interval * (0.5 + u))
    _follow_up(w, CUSTOM, row, agent)
