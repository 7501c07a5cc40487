"""A hunt: push, trade alongside what is forced, cover, and learn.

The hunter trades in the direction of the push while forced flow comes, within the budget of the hunt; covers when
none has come for a while, or when it loses more than it reckoned with; and learns from what the hunt brought how
much of the impact decays before it has covered.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60, 1825-1863: where one must sell, others sell
too, and buy back afterwards.
"""

import math

import numpy as np

from cascade_sim.market.constants import NONE, SECOND
from cascade_sim.market.depth import mid_level
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import on_ladder
from cascade_sim.market.outbox import order, reduce

__all__ = ["IDLE", "begin_hunt", "pursue", "take_up"]

IDLE, WAITING, COVERING = range(3)
_SETTLED = 2.0  # seconds after a push has arrived in which it may not have traded yet
_SLOWEST = 1.5  # latency of a message over the hunter's own, at most


@kernel
def _limit(w, hunter, side, distance):
    """Level that lies further than a distance from the mid by the slippage."""
    sign = np.float64(side)
    limit = mid_level(w, hunter.market) * (1.0 + sign * distance) * (1.0 + sign * hunter.slippage)
    return on_ladder(np.int64(limit))


@kernel
def begin_hunt(w, hunter, lots, distance, equity):
    """Begin a hunt: send the push, not further than its target by more than the slippage."""
    hunter.phase = WAITING
    hunter.pushed_at = w.clock[0].now
    hunter.noticed = w.markets[hunter.market].liquidated_lots
    hunter.came_at = hunter.pushed_at
    hunter.before = equity
    hunter.lots = lots
    hunter.held = 0
    hunter.hunts += 1
    limit = _limit(w, hunter, hunter.side, distance)
    order(w, IMMEDIATE, hunter.account, hunter.market, hunter.side * lots, limit, NONE)


@kernel
def take_up(w, hunter):
    """Cover what an order brought that arrived when the hunt was over."""
    late = hunter.hunts > 0 and w.positions[hunter.account, w.markets[hunter.market].column].lots != 0
    if hunter.phase == IDLE and late:
        hunter.phase = COVERING


@kernel
def _loss(w, hunter, lots):
    """Loss on the position beyond what the hunt was expected to cost, as a share of its cost."""
    position = w.positions[hunter.account, w.markets[hunter.market].column]
    value = lots * w.markets[hunter.market].mark
    return (np.float64(position.cost - value) - hunter.costs) / (np.float64(abs(position.cost)) + 1.0)


@kernel
def _learn(w, hunter):
    """Compare what a lot brought with what it would have brought without decay, and adjust the belief."""
    equity, _, _ = equity_and_margin(w, hunter.account)
    share = min(np.float64(hunter.lots) / np.float64(hunter.held), 1.0)
    brought = share * np.float64(equity - hunter.before) + hunter.costs
    decay = min(max(1.0 - brought / hunter.gain, -1.0), 3.0)
    hunter.decay += hunter.learning * (decay - hunter.decay)


@kernel
def _cover(w, hunter, lots, share):
    """Close a share of what it held at most."""
    size = min(np.int64(math.ceil(np.float64(hunter.held) * share)), abs(lots))
    side = np.int64(-1) if lots > 0 else np.int64(1)
    reduce(w, IMMEDIATE, hunter.account, hunter.market, side * size, _limit(w, hunter, side, 0.0), NONE)


@kernel
def _room(w, hunter):
    """Lots that the budget of the hunt still allows."""
    market = w.markets[hunter.market]
    spent = abs(w.positions[hunter.account, market.column].cost)
    return (np.float64(hunter.before) * hunter.leverage - np.float64(spent)) / np.float64(market.mark)


@kernel
def _join(w, hunter):
    """Trade alongside the forced flow that has come since the last look, within the budget."""
    liquidated = w.markets[hunter.market].liquidated_lots
    came = liquidated - hunter.noticed
    if came > 0:
        hunter.noticed = liquidated
        hunter.came_at = w.clock[0].now
        lots = np.int64(min(hunter.participation * np.float64(came), _room(w, hunter)))
        if lots > 0:
            limit = _limit(w, hunter, hunter.side, 0.0)
            order(w, IMMEDIATE, hunter.account, hunter.market, hunter.side * lots, limit, NONE)


@kernel
def pursue(w, hunter):
    """During a hunt: join the forced flow; cover when none comes any more, and everything at the loss limit."""
    market = w.markets[hunter.market]
    lots = w.positions[hunter.account, market.column].lots
    now = w.clock[0].now
    stopped = _loss(w, hunter, lots) > hunter.stop_loss
    hunter.held = max(hunter.held, abs(lots))
    if hunter.phase == WAITING:
        _join(w, hunter)
        if stopped or np.float64(now - hunter.came_at) > hunter.patience * SECOND:
            hunter.phase = COVERING
    if lots == 0 and now > hunter.pushed_at + _SETTLED * SECOND + _SLOWEST * hunter.latency:
        hunter.phase = IDLE
        # An order that found nothing, or was refused, says nothing about decay.
        if hunter.held > 0:
            _learn(w, hunter)
    elif hunter.phase == COVERING and lots != 0:
        _cover(w, hunter, lots, 1.0 if stopped else hunter.cover)
