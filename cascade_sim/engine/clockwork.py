"""What happens by the clock, whatever agents do: publications, marks, funding, liquidations, samples."""

import numpy as np

from cascade_sim.engine.waking import call_liquidators
from cascade_sim.market.backstop import unwind_fund
from cascade_sim.market.constants import LEVELS, LINK, PERPETUAL, SECOND, ZERO
from cascade_sim.market.draws import uniforms
from cascade_sim.market.event_queue import (
    CHARGE_FUNDING,
    DRAW_MAPS,
    FUNDAMENTAL,
    LIQUIDATE,
    PREMIUM,
    PUBLISH,
    REPORT,
    SAMPLE,
    SAMPLE_SOURCE,
    UNWIND,
    UPDATE_MARKS,
    clockwork,
    push,
)
from cascade_sim.market.fundamental_value import advance_fundamentals
from cascade_sim.market.funding import charge_funding, sample_premium
from cascade_sim.market.kernel import entry, kernel, part, routine
from cascade_sim.market.liquidation import run_liquidation
from cascade_sim.market.liquidation_map import draw_map, record_map
from cascade_sim.market.margin_screen import find_breaches
from cascade_sim.market.mark_price import record_mark, schedule_marks, update_marks
from cascade_sim.market.oracle import publish, report, sample_source
from cascade_sim.market.pending import OFFERED
from cascade_sim.market.sampling import sample_market, sample_profile
from cascade_sim.market.streams import PHASE
from cascade_sim.market.tape import read_tape

__all__ = ["after_trade", "market_off_ladder", "run_clockwork", "start_clockwork"]


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
def after_trade(w, v):
    """Where the venue marks at every trade, publish marks and check margins."""
    if w.venues[v].mark_interval == 0:
        _update_venue(w, v)


@part
def _liquidate(w, population, a, number):
    """The venue's engine acts on an account."""
    trades = w.pools[0].trades
    run_liquidation(w, a, number)
    if w.accounts[a].status == OFFERED:
        call_liquidators(w, population, w.accounts[a].venue)
    if w.pools[0].trades != trades:
        after_trade(w, w.accounts[a].venue)


@part
def _unwind(w, v):
    """The insurance fund sells a part of what it took over."""
    trades = w.pools[0].trades
    unwind_fund(w, v)
    push(w, w.clock[0].now + w.engines[v].unwind_interval, UNWIND, np.int64(v), ZERO, clockwork(UNWIND, v))
    if w.pools[0].trades != trades:
        after_trade(w, v)


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


@part
def run_clockwork(w, population, kind, row, payload):
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


@kernel
def market_off_ladder(w):
    """A market whose asset has become worth more or less than its ladder has prices for; 0: none."""
    found = np.int64(0)
    for m in range(1, w.markets.shape[0]):
        market = w.markets[LINK(m)]
        level = w.assets[market.asset].fundamental * 1e8 / np.float64(market.tick_price)
        if found == 0 and not 1.0 <= level <= LEVELS - 1:
            found = np.int64(m)
    return found


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
