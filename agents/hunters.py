"""Cluster hunters: they look for a cluster of liquidations that is worth pushing the price into.

A hunter sees the map of liquidation prices exactly, with noise, or not at all. It reckons what a push to each
cluster would cost and trigger, and begins a hunt where the profit is most and enough, within its budget.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60 (triggering another's crisis). Gross
d * Q with linear permanent impact: sell d / lambda lots from p0 to p0 - d, the cluster sells Q lots, buy
back lambda * Q lower; the break-even cluster is 2 f p0 / lambda to first order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.hunt import IDLE, begin_hunt, pursue, take_up
from cascade_sim.agents.push_estimate import best_push
from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import LINK, ZERO
from cascade_sim.market.draws import uniforms
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin, free_collateral
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
    ("stop_loss", np.float64),  # share of the position, beyond the expected costs
    ("patience", np.float64),  # seconds without forced flow after which it covers
    ("participation", np.float64),  # of what is forced, the share that it trades alongside
    ("cover", np.float64),  # share covered at a wake-up
    ("slippage", np.float64),
    ("phase", np.int64),
    ("side", np.int64),  # of the push: -1 sells
    ("pushed_at", np.int64),
    ("expected", np.float64),  # lots of forced flow
    ("noticed", np.int64),  # liquidated lots of the market at the last look
    ("came_at", np.int64),  # when it last noticed that there were more, or pushed
    ("before", np.int64),  # equity
    ("lots", np.int64),  # of the push
    ("held", np.int64),  # lots it held at most
    ("gain", np.float64),  # expected, if nothing decays
    ("costs", np.float64),  # expected, if everything does
    ("learning", np.float64),
    ("hunts", np.int64),
)
_COLUMNS = (
    "leverage",
    "decay",
    "learning",
    "profit",
    "reach",
    "stop_loss",
    "patience",
    "participation",
    "cover",
    "slippage",
)
_QUICK = 4.0  # how many times as often it looks during a hunt


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
        begin_hunt(w, hunter, lots, target, equity)


@kernel
def wake_hunter(w, hunter):
    """Look for prey, or go on with the hunt."""
    if w.accounts[hunter.account].status == 0:
        take_up(w, hunter)
        if hunter.phase == IDLE and hunter.error >= 0.0:
            _look(w, hunter)
        elif hunter.phase != IDLE:
            pursue(w, hunter)
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
