"""Liquidators: they take over positions at a discount or have them closed for a reward, at a profit only.

While a venue offers an account, every liquidator that noticed may act; the first message to arrive wins.
A take-over pays the discount and costs what selling the position on will cost: the fee, the walk through
the book as it stands, and a charge for what the price may do meanwhile. A liquidator takes no more than
its margin allows, works its inventory off in the book, and retreats for a while after losses.

References
----------
Qin et al. (2021), "An empirical study of DeFi liquidations", IMC '21 (fixed-spread liquidation is a race
with a profit condition); Perez et al. (2021), "Liquidations: DeFi on a knife-edge", FC '21 (speed);
keeper economics of take-over with inventory as on Drift, protocol-v2 `math/liquidation.rs`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import FOREVER, LINK, NONE
from cascade_sim.market.depth import average_level
from cascade_sim.market.draws import uniforms
from cascade_sim.market.exchange import CLOSE_FOR_REWARD, IMMEDIATE, TAKE_OVER
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import NEAREST, bearable, limit_level
from cascade_sim.market.outbox import ask_exchange, reduce
from cascade_sim.market.pending import OFFERED
from cascade_sim.market.roles import LIQUIDATOR
from cascade_sim.market.rows import AGENT, record
from cascade_sim.market.streams import DECISION
from cascade_sim.market.tape import fast_volatility
from cascade_sim.scenario.agents import Liquidators
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["liquidator_t", "liquidators_of", "wake_liquidator"]

liquidator_t = record(
    *AGENT,
    ("profit", np.float64),  # smallest net profit, share of notional
    ("leverage", np.float64),  # gross notional over equity at most
    ("risk", np.float64),  # standard deviations of the holding time that it charges for
    ("holding", np.float64),  # seconds it reckons with
    ("unwind", np.float64),  # share of inventory sold at a wake-up
    ("slippage", np.float64),
    ("participation", np.float64),  # largest share of the depth within its slippage that it takes at once
    ("cost", np.float64),  # units for having an account closed
    ("loss_limit", np.float64),
    ("retreat", np.int64),
    ("back_at", np.int64),
    ("capital", np.float64),
)
_COLUMNS = ("profit", "leverage", "risk", "holding", "unwind", "slippage", "participation", "loss_limit")
_MOST_ACTIONS = 16


@kernel
def _cost_of_selling(w, liquidator, m, lots):
    """Share of notional that working signed `lots` off will cost, as far as can be seen now; inf: can't."""
    market = w.markets[m]
    side = np.int64(-1) if lots > 0 else np.int64(1)
    level = average_level(w, m, side, abs(lots))
    walk = np.float64(side) * (level * np.float64(market.tick_value) / np.float64(market.mark) - 1.0)
    wait = liquidator.risk * fast_volatility(w, m) * math.sqrt(liquidator.holding)
    cost = walk + wait + np.float64(market.taker_ppm) * 1e-6
    return cost if level == level else np.inf


@kernel
def _offer_for(w, liquidator, a, m, equity, gross, room):
    """Write a take-over of a position where it pays; returns the notional taken."""
    market = w.markets[m]
    lots = w.positions[a, market.column].lots
    most = np.int64(room / np.float64(market.mark))
    size = min(abs(lots), most)
    taken = 0.0
    if size > 0:
        wanted = size if lots > 0 else -size
        discount = np.float64(w.engines[market.venue].discount_ppm) * 1e-6
        discount = min(discount, np.float64(max(equity, 0)) / np.float64(gross))
        needed = _cost_of_selling(w, liquidator, m, wanted) + liquidator.profit
        if discount >= needed:
            row = ask_exchange(w, TAKE_OVER, liquidator.account, m)
            row.reference = np.int64(a)
            row.lots = size
            row.price = np.int64(max(needed, 0.0) * 1e6)
            taken = np.float64(size * market.mark)
    return taken


@kernel
def _close_for_fee(w, liquidator, a, equity, gross):
    """Write a request to close an account in the book where the reward exceeds the cost."""
    engine = w.engines[w.accounts[a].venue]
    fee = min(np.float64(gross) * np.float64(engine.fee_ppm) * 1e-6, np.float64(max(equity, 0)))
    if fee * np.float64(engine.reward_ppm) * 1e-6 > liquidator.cost:
        row = ask_exchange(w, CLOSE_FOR_REWARD, liquidator.account, NONE)
        row.reference = np.int64(a)


@kernel
def _hunt_offers(w, liquidator, room):
    """Go through the accounts on offer; tells whether there were any."""
    account = w.accounts[liquidator.account]
    venue = w.venues[account.venue]
    a = venue.pending
    actions = 0
    seen = False
    while a != 0 and actions < _MOST_ACTIONS:
        if w.accounts[a].status == OFFERED:
            seen = True
            equity, maintenance, gross = equity_and_margin(w, a)
            taken = 0.0
            for k in range(venue.markets):
                if equity < maintenance and w.positions[a, LINK(k)].lots != 0:
                    m = LINK(venue.first_market + k)
                    taken += _offer_for(w, liquidator, a, m, equity, gross, room - taken)
                    actions += 1
            room -= taken
            if taken == 0.0 and equity < maintenance:
                _close_for_fee(w, liquidator, a, equity, gross)
                actions += 1
        a = w.accounts[a].next_pending
    return seen


@kernel
def _work_off(w, liquidator):
    """Sell a part of every position into the book; tells whether there was inventory."""
    account = w.accounts[liquidator.account]
    venue = w.venues[account.venue]
    has_inventory = False
    for k in range(venue.markets):
        lots = w.positions[liquidator.account, LINK(k)].lots
        if lots != 0:
            has_inventory = True
            m = LINK(venue.first_market + k)
            side = np.int64(-1) if lots > 0 else np.int64(1)
            size = np.int64(math.ceil(np.float64(abs(lots)) * liquidator.unwind))
            size = min(size, bearable(w, m, side, liquidator.slippage, liquidator.participation))
            if size > 0:
                level = limit_level(w, m, side, liquidator.slippage, NEAREST)
                reduce(w, IMMEDIATE, liquidator.account, m, side * size, level, NONE)
    return has_inventory


@kernel
def _is_in_retreat(w, liquidator, equity):
    """Whether losses keep the liquidator away; a new retreat starts a new count of losses."""
    now = w.clock[0].now
    if liquidator.capital == 0.0:
        liquidator.capital = equity
    if equity < liquidator.capital * (1.0 - liquidator.loss_limit):
        liquidator.capital = max(equity, 1.0)
        liquidator.back_at = now + liquidator.retreat
    return now < liquidator.back_at


@kernel
def wake_liquidator(w, liquidator):
    """Look for offers and work inventory off; sleeps until called when there is neither."""
    equity, _, gross = equity_and_margin(w, liquidator.account)
    active = w.accounts[liquidator.account].status == 0
    retreats = _is_in_retreat(w, liquidator, np.float64(equity))
    busy = False
    if active:
        busy = _work_off(w, liquidator)
        if not retreats:
            room = np.float64(equity) * liquidator.leverage - np.float64(gross)
            busy = _hunt_offers(w, liquidator, room) or busy
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(LIQUIDATOR), liquidator.address, liquidator.number, 0)
    liquidator.wakes = FOREVER
    if busy or retreats or not active:
        liquidator.wakes = w.clock[0].now + 1 + np.int64(liquidator.interval * (0.5 + u))


def liquidators_of(cohort: Liquidators, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, with their accounts opened."""
    people = roster.addresses(LIQUIDATOR, name, cohort.count)
    rows = np.zeros(cohort.count, liquidator_t)
    for column in _COLUMNS:
        rows[column] = roster.draw(LIQUIDATOR, people, column, getattr(cohort, column))
    rows["cost"] = cohort.cost * MONEY_UNITS
    rows["retreat"] = int(cohort.retreat * 1e6)
    capital = roster.draw(LIQUIDATOR, people, "capital", cohort.capital)
    money = {CURRENCY: (capital * MONEY_UNITS).astype(np.int64)}
    leverage = np.maximum(rows["leverage"], 1.0)
    account = roster.open(cohort.venue, LIQUIDATOR, name, roster.new_owners(cohort.count), money, leverage)
    latency = roster.draw(LIQUIDATOR, people, "latency", cohort.latency)
    header(rows, people, latency, roster.draw(LIQUIDATOR, people, "interval", cohort.interval), account)
    return rows
