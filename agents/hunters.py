"""Cluster hunters: they push the price into a cluster of liquidations and cover into the forced flow.

A hunter sees the map of liquidation prices exactly, with noise, or not at all. For each distance d it
reckons what the push costs (the lots that stand in between, bought or sold through), what the cluster's
forced trade of Q lots adds to the move, and what covering brings: gross profit d * Q less the part of the
impact that will have decayed, less two fees on the push. It pushes where that is most and enough; covers
when the forced flow has come, or when it does not come, or when the loss reaches its limit.

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

from cascade_sim.agents.roster import Roster, addresses, header
from cascade_sim.market.depth import best, further, mid_level
from cascade_sim.market.draws import normals, uniforms
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.outbox import order, reduce
from cascade_sim.market.tables import AGENT, HUNTER, LEVELS, LINK, MAP_BINS, MAP_STEP, NONE, SECOND, record
from cascade_sim.scenario.agents import Hunters
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["hunter_t", "hunters_of", "wake_hunter"]

hunter_t = record(
    *AGENT,
    ("error", np.float64),  # of what it sees of the map, log standard deviation; negative: it sees nothing
    ("leverage", np.float64),  # push over equity at most
    ("decay", np.float64),  # share of the forced impact it expects to be gone when it covers
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
    ("gross", np.float64),  # profit it expected before costs, had nothing decayed
    ("costs", np.float64),
    ("learning", np.float64),
    ("hunts", np.int64),
)
_COLUMNS = ("leverage", "decay", "learning", "profit", "reach", "stop_loss", "patience", "cover", "slippage")
IDLE, WAITING, COVERING = range(3)
_GRAIN = 8  # bins that share one error of sight
_QUICK = 4.0  # how many times as often it looks during a hunt
_SETTLED = 2.0  # seconds after a push in which it may not have traded yet
_COME = 0.9  # share of the expected forced flow that counts as all of it


@kernel
def _sight(w, hunter, m, side, i):
    """Factor between what stands in a bin of the map and what the hunter makes of it."""
    factor = 1.0
    if hunter.error > 0.0:
        place = np.int64(m) * 4096 + side * 2048 + i // _GRAIN
        z, _ = normals(w.clock[0].seed, np.int64(HUNTER), hunter.address, hunter.number, place)
        factor = math.exp(hunter.error * z - 0.5 * hunter.error * hunter.error)
    return factor


@routine
def _best_push(w, hunter, m, side, budget):
    """Most profitable push of a market in one direction.

    Returns
    -------
    profit : float64
        Expected, in units; 0 when no push pays.
    costs : float64
        Fees and spread of it.
    lots : int64
        To trade, unsigned.
    expected : float64
        Forced lots.
    """
    market = w.markets[m]
    mid = mid_level(w, m)
    against = 0 if side < 0 else 1
    fee = np.float64(market.taker_ppm) * 1e-6
    spread = np.float64(max(market.ask - market.bid, 0)) / max(mid, 1.0)
    level = best(w, m, side)
    standing = np.int64(0)
    cluster = 0.0
    found = 0.0
    found_costs = 0.0
    found_lots = np.int64(0)
    found_cluster = 0.0
    for i in range(min(np.int64(hunter.reach / MAP_STEP), MAP_BINS)):
        distance = (i + 1) * MAP_STEP
        while 0 <= level < LEVELS and np.float64(side) * (np.float64(level) - mid) <= distance * mid:
            standing += w.levels[m, np.uint64(level)].lots
            level = further(w, m, side, level)
        there = w.maps[m, LINK(against), LINK(i)]
        if there > 0:
            cluster += np.float64(there) * _sight(w, hunter, m, against, i)
        push = np.float64(standing) * np.float64(market.mark)
        gross = distance * cluster * np.float64(market.mark) * (1.0 - hunter.decay)
        costs = push * (2.0 * fee + spread)
        net = gross - costs
        if there > 0 and push <= budget and net > max(found, hunter.profit * push):
            found = net
            found_costs = costs
            found_lots = standing
            found_cluster = cluster
    return found, found_costs, found_lots, found_cluster


@kernel
def _look(w, hunter):
    """Find the best push in any market of the venue and send it."""
    venue = w.venues[w.accounts[hunter.account].venue]
    equity, _, gross = equity_and_margin(w, hunter.account)
    budget = np.float64(equity) * hunter.leverage - np.float64(gross)
    found = 0.0
    found_lots = np.int64(0)
    for k in range(venue.markets):
        m = LINK(venue.first_market + k)
        for side in (-1, 1):
            profit, costs, lots, expected = _best_push(w, hunter, m, np.int64(side), budget)
            if profit > found:
                found = profit
                found_lots = lots
                hunter.market = m
                hunter.side = side
                hunter.expected = expected
                hunter.costs = costs
                hunter.gross = (profit + costs) / max(1.0 - hunter.decay, 0.01)
    if found_lots > 0:
        hunter.phase = WAITING
        hunter.pushed_at = w.clock[0].now
        hunter.seen = w.markets[hunter.market].liquidated_lots
        hunter.before = equity
        hunter.hunts += 1
        limit = 1 if hunter.side < 0 else LEVELS - 1
        order(w, IMMEDIATE, hunter.account, hunter.market, hunter.side * found_lots, np.int64(limit), NONE)


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
    decay = min(max(1.0 - brought / hunter.gross, -1.0), 3.0)
    hunter.decay += hunter.learning * (decay - hunter.decay)


@kernel
def _pursue(w, hunter):
    """During a hunt: wait for the forced flow, then cover; at the loss limit cover everything."""
    market = w.markets[hunter.market]
    lots = w.positions[hunter.account, market.column].lots
    waited = np.float64(w.clock[0].now - hunter.pushed_at) / SECOND
    came = np.float64(market.liquidated_lots - hunter.seen)
    stopped = _loss(w, hunter, lots) > hunter.stop_loss
    if hunter.phase == WAITING and (came >= _COME * hunter.expected or waited > hunter.patience or stopped):
        hunter.phase = COVERING
    if lots == 0 and waited > _SETTLED:
        hunter.phase = IDLE
        _learn(w, hunter)
    elif hunter.phase == COVERING and lots != 0:
        share = 1.0 if stopped else hunter.cover
        size = np.int64(math.ceil(np.float64(abs(lots)) * share))
        side = np.int64(-1) if lots > 0 else np.int64(1)
        limit = mid_level(w, hunter.market) * (1.0 + np.float64(side) * hunter.slippage)
        level = min(max(np.int64(limit), 1), LEVELS - 1)
        reduce(w, IMMEDIATE, hunter.account, hunter.market, side * size, level, NONE)


@kernel
def wake_hunter(w, hunter):
    """Look for prey, or go on with the hunt."""
    if w.accounts[hunter.account].status == 0:
        if hunter.phase == IDLE and hunter.error >= 0.0:
            _look(w, hunter)
        elif hunter.phase != IDLE:
            _pursue(w, hunter)
    u, _ = uniforms(w.clock[0].seed, np.int64(HUNTER), hunter.address, hunter.number, 0)
    pause = hunter.interval * (0.5 + u)
    if hunter.phase != IDLE:
        pause = pause / _QUICK
    hunter.wakes = w.clock[0].now + 1 + np.int64(pause)


def hunters_of(cohort: Hunters, name: str, number: int, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, with their accounts opened."""
    people = addresses(number, cohort.count)
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
