"""Cluster hunters: they push the price into a cluster of liquidations and cover into the forced flow.

A hunter sees the map of liquidation prices exactly, with noise, or not at all. It reckons what a push to each
cluster would cost and trigger, pushes where the profit is most and enough, within its budget; covers when the
forced flow has come, or when it does not come, or when the loss reaches its limit; and learns from what the hunt
brought how much of the impact decays before it has covered.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60 (triggering another's crisis). Gross
d * Q with linear permanent impact: sell d / lambda lots from p0 to p0 - d, the cluster sells Q lots, buy
back lambda * Q lower; the break-even cluster is 2 f p0 / lambda to first order.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.push_estimate import best_push
from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import LEVELS, LINK, NONE, SECOND, ZERO
from cascade_sim.market.depth import mid_level
from cascade_sim.market.draws import uniforms
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin, free_collateral
from cascade_sim.market.outbox import order, reduce
from cascade_sim.market.roles import HUNTER
from cascade_sim.market.rows import AGENT, record
from cascade_sim.market.streams import DECISION
from cascade_sim.scenario.agents import Hunters
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["hunter_t", "hunters_of", "wake_hunter"]

hunter_t = record(
    *AGENT,
    ("error", np.float64),  # of what it sees of the map, log standard deviation; negative: it sees nothing
    ("leverage", np.float64),  # push over equity at most
    ("decay", np.float64),  # share of all impact it expects to be gone when it covers
    ("profit", np.float64),  # smallest expected profit, share of the push
    ("reach", np.float64),  # furthest it looks
    ("stop_loss", np.float64),  # share of the push
    ("patience", np.float64),  # seconds it waits for the forced flow
    ("cover", np.float64),  # share covered at a wake-up
    ("slippage", np.float64),
    ("phase", np.int64),
    ("side", np.int64),  # of the push: -1 sells
    ("pushed_at", np.int64),
    ("expected", np.float64),  # lots of forced flow
    ("seen", np.int64),  # liquidated lots of the market when it pushed
    ("before", np.int64),  # equity
    ("pushed", np.int64),  # lots it held at most
    ("gain", np.float64),  # expected, if nothing decays
    ("costs", np.float64),  # expected, if everything does
    ("learning", np.float64),
    ("hunts", np.int64),
)
_COLUMNS = ("leverage", "decay", "learning", "profit", "reach", "stop_loss", "patience", "cover", "slippage")
IDLE, WAITING, COVERING = range(3)
_QUICK = 4.0  # how many times as often it looks during a hunt
_SETTLED = 2.0  # seconds after a push in which it may not have traded yet
_COME = 0.9  # share of the expected forced flow that counts as all of it


@kernel
def _weigh(w, hunter, m, budget, free, most):
    """Make the best push of a market the hunter's own where it is worth more than `most`; returns its worth.

    A map from before its last push may show those who have been liquidated since: it waits for the next.
    """
    size = np.int64(0)
    to = 0.0
    if w.markets[m].map_time > hunter.pushed_at:
        for side in (-1, 1):
            profit, gain, costs, lots, expected, target = best_push(w, hunter, m, np.int64(side), budget, free)
            if profit > most:
                most = profit
                size = lots
                to = target
                hunter.market = m
                hunter.side = side
                hunter.expected = expected
                hunter.gain = gain
                hunter.costs = costs
    return most, size, to


@kernel
def _look(w, hunter):
    """Find the best push in any market of the venue and send it."""
    venue = w.venues[w.accounts[hunter.account].venue]
    equity, _, gross = equity_and_margin(w, hunter.account)
    free, _ = free_collateral(w, hunter.account, np.int64(-1), ZERO, ZERO)
    budget = np.float64(equity) * hunter.leverage - np.float64(gross)
    most = 0.0
    lots = np.int64(0)
    target = 0.0
    for k in range(venue.markets):
        most, size, to = _weigh(w, hunter, LINK(venue.first_market + k), budget, free, most)
        if size > 0:
            lots = size
            target = to
    if lots > 0:
        _push(w, hunter, lots, target, equity)


@kernel
def _push(w, hunter, lots, distance, equity):
    """Begin a hunt: send the push, not further than its target by more than the slippage."""
    hunter.phase = WAITING
    hunter.pushed_at = w.clock[0].now
    hunter.seen = w.markets[hunter.market].liquidated_lots
    hunter.before = equity
    hunter.pushed = 0
    hunter.hunts += 1
    side = np.float64(hunter.side)
    limit = mid_level(w, hunter.market) * (1.0 + side * distance) * (1.0 + side * hunter.slippage)
    level = min(max(np.int64(limit), 1), LEVELS - 1)
    order(w, IMMEDIATE, hunter.account, hunter.market, hunter.side * lots, level, NONE)


@kernel
def _loss(w, hunter, lots):
    """Loss on the position as a share of its cost."""
    position = w.positions[hunter.account, w.markets[hunter.market].column]
    value = lots * w.markets[hunter.market].mark
    return np.float64(position.cost - value) / (np.float64(abs(position.cost)) + 1.0)


@kernel
def _learn(w, hunter):
    """Compare what the hunt brought with what it would have brought without decay, and adjust the belief."""
    equity, _, _ = equity_and_margin(w, hunter.account)
    brought = np.float64(equity - hunter.before) + hunter.costs
    decay = min(max(1.0 - brought / hunter.gain, -1.0), 3.0)
    hunter.decay += hunter.learning * (decay - hunter.decay)


@kernel
def _cover(w, hunter, lots, share):
    """Close a share of what was pushed."""
    size = min(np.int64(math.ceil(np.float64(hunter.pushed) * share)), abs(lots))
    side = np.int64(-1) if lots > 0 else np.int64(1)
    limit = mid_level(w, hunter.market) * (1.0 + np.float64(side) * hunter.slippage)
    level = min(max(np.int64(limit), 1), LEVELS - 1)
    reduce(w, IMMEDIATE, hunter.account, hunter.market, side * size, level, NONE)


@kernel
def _pursue(w, hunter):
    """During a hunt: wait for the forced flow, then cover; at the loss limit cover everything."""
    market = w.markets[hunter.market]
    lots = w.positions[hunter.account, market.column].lots
    waited = np.float64(w.clock[0].now - hunter.pushed_at) / SECOND
    came = np.float64(market.liquidated_lots - hunter.seen)
    stopped = _loss(w, hunter, lots) > hunter.stop_loss
    hunter.pushed = max(hunter.pushed, abs(lots))
    if hunter.phase == WAITING and (came >= _COME * hunter.expected or waited > hunter.patience or stopped):
        hunter.phase = COVERING
    if lots == 0 and waited > _SETTLED:
        hunter.phase = IDLE
        # An order that found nothing, or was refused, says nothing about decay.
        if hunter.pushed > 0:
            _learn(w, hunter)
    elif hunter.phase == COVERING and lots != 0:
        _cover(w, hunter, lots, 1.0 if stopped else hunter.cover)


@kernel
def wake_hunter(w, hunter):
    """Look for prey, or go on with the hunt."""
    if w.accounts[hunter.account].status == 0:
        if hunter.phase == IDLE and hunter.error >= 0.0:
            _look(w, hunter)
        elif hunter.phase != IDLE:
            _pursue(w, hunter)
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(HUNTER), hunter.address, hunter.number, 0)
    pause = hunter.interval * (0.5 + u)
    if hunter.phase != IDLE:
        pause = pause / _QUICK
    hunter.wakes = w.clock[0].now + 1 + np.int64(pause)


def hunters_of(cohort: Hunters, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, with their accounts opened."""
    people = roster.addresses(HUNTER, name, cohort.count)
    rows = np.zeros(cohort.count, hunter_t)
    for column in _COLUMNS:
        rows[column] = roster.draw(HUNTER, people, column, getattr(cohort, column))
    seen = roster.scenario.venues[cohort.venue].rules.transparency
    error = roster.draw(HUNTER, people, "error", cohort.error)
    rows["error"] = {"exact": 0.0 * error, "noisy": error, "none": -1.0 + 0.0 * error}[seen]
    capital = roster.draw(HUNTER, people, "capital", cohort.capital)
    money = {CURRENCY: (capital * MONEY_UNITS).astype(np.int64)}
    leverage = np.maximum(rows["leverage"], 1.0)
    account = roster.open(cohort.venue, HUNTER, name, roster.new_owners(cohort.count), money, leverage)
    latency = roster.draw(HUNTER, people, "latency", cohort.latency)
    header(rows, people, latency, roster.draw(HUNTER, people, "interval", cohort.interval), account)
    return rows
