"""Basis arbitrageurs: they trade a perpetual against its spot market, as far as their capital goes.

When the perpetual is dearer than spot by more than the threshold they sell it and buy spot, and the other
way round; the threshold covers both fees. Their sizes are always meant to be matched. When one leg is lost
(filled in part, liquidated or deleveraged) the other leg is traded away in the spot market: this is how
deleveraging a hedged short becomes a sale of spot.

References
----------
He, Manela, Ross, von Wachter (2022), "Fundamentals of perpetual futures", arXiv 2212.06888 (arbitrage with
trading costs bounds the gap).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import LINK, NONE
from cascade_sim.market.depth import depth_within, mid_level
from cascade_sim.market.draws import uniforms
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import NEXT_BELOW, affordable, limit_level
from cascade_sim.market.outbox import order
from cascade_sim.market.roles import ARBITRAGEUR
from cascade_sim.market.rows import AGENT, record, stack
from cascade_sim.market.streams import DECISION
from cascade_sim.scenario.agents import Arbitrageurs
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["arbitrageur_t", "arbitrageurs_of", "wake_arbitrageur"]

arbitrageur_t = record(
    *AGENT,
    ("spot_account", LINK),
    ("spot_market", LINK),
    ("threshold", np.float64),
    ("clip_lots", np.float64),  # lots of the perpetual at a time
    ("slippage", np.float64),
    ("participation", np.float64),
    ("leverage", np.float64),
)
_COLUMNS = ("threshold", "slippage", "participation")
_CLOSE_ENOUGH = 0.25  # clips of unmatched exposure that are left alone


@kernel
def _price(w, m):
    """Mid in USD per unit of the asset."""
    return mid_level(w, m) * np.float64(w.markets[m].tick_price) / 1e8


@kernel
def _trade_spot(w, agent, units):
    """Buy (or sell) units of the asset in the spot market, as far as money (or stock) goes."""
    m = agent.spot_market
    side = np.int64(1) if units > 0 else np.int64(-1)
    lots = abs(units) // w.markets[m].lot_units
    level = limit_level(w, m, side, agent.slippage, NEXT_BELOW)
    lots = min(lots, affordable(w, agent.spot_account, m, side, level))
    if lots > 0:
        order(w, IMMEDIATE, agent.spot_account, m, side * lots, level, NONE)


@kernel
def _room(w, agent, side):
    """Lots of the perpetual that margin, and the other leg's money or stock, allow to trade more."""
    market = w.markets[agent.market]
    there = w.markets[agent.spot_market]
    equity, _, gross = equity_and_margin(w, agent.account)
    lots = w.positions[agent.account, market.column].lots
    margin = (np.float64(equity) * agent.leverage - np.float64(gross)) / np.float64(market.mark)
    if np.float64(side * lots) < 0.0:
        margin += 2.0 * np.float64(abs(lots))
    if side > 0:
        stock = w.balances[agent.spot_account, there.asset]
        other = np.float64(stock.amount - stock.reserved) / np.float64(market.lot_units)
    else:
        purse = w.balances[agent.spot_account, there.currency]
        other = np.float64(purse.amount - purse.reserved) / np.float64(market.mark)
    return max(min(margin, 0.98 * other), 0.0)


@kernel
def _bearable_by_both(w, agent, side):
    """Lots of the perpetual that both books bear: a share of what stands within the slippage on either side."""
    here = np.float64(depth_within(w, agent.market, side, 0.0, agent.slippage))
    there = np.float64(depth_within(w, agent.spot_market, -side, 0.0, agent.slippage))
    there *= np.float64(w.markets[agent.spot_market].lot_units) / np.float64(w.markets[agent.market].lot_units)
    return agent.participation * min(here, there)


@kernel
def wake_arbitrageur(w, agent):
    """Match the legs, or trade the basis."""
    market = w.markets[agent.market]
    there = w.markets[agent.spot_market]
    if w.accounts[agent.account].status == 0:
        lots = w.positions[agent.account, market.column].lots
        exposure = lots * market.lot_units + w.balances[agent.spot_account, there.asset].amount
        clip = np.float64(market.lot_units) * agent.clip_lots
        if abs(np.float64(exposure)) > _CLOSE_ENOUGH * clip:
            _trade_spot(w, agent, -exposure)
        else:
            basis = _price(w, agent.market) / max(_price(w, agent.spot_market), 1e-12) - 1.0
            if abs(basis) > agent.threshold:
                side = np.int64(-1) if basis > 0.0 else np.int64(1)
                size = np.int64(min(agent.clip_lots, min(_room(w, agent, side), _bearable_by_both(w, agent, side))))
                if size > 0:
                    level = limit_level(w, agent.market, side, agent.slippage, NEXT_BELOW)
                    order(w, IMMEDIATE, agent.account, agent.market, side * size, level, NONE)
                    _trade_spot(w, agent, -side * size * market.lot_units)
    elif w.positions[agent.account, market.column].lots == 0:
        _trade_spot(w, agent, -w.balances[agent.spot_account, there.asset].amount)
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(ARBITRAGEUR), agent.address, agent.number, 0)
    agent.wakes = w.clock[0].now + 1 + np.int64(agent.interval * (0.5 + u))


def arbitrageurs_of(cohort: Arbitrageurs, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, one an arbitrageur and pair of markets, with both accounts opened.

    The short that a pair starts with is given to it with the initial positions of the venue; its stock of
    the asset is opened here.
    """
    owners = roster.new_owners(cohort.count)
    ones = np.ones(cohort.count)
    parts = []
    for market, pair in cohort.pairs.items():
        own = roster.addresses(ARBITRAGEUR, f"{name} in {market}", cohort.count)
        rows = np.zeros(cohort.count, arbitrageur_t)
        for column in _COLUMNS:
            rows[column] = roster.draw(ARBITRAGEUR, own, column, getattr(cohort, column))
        asset = roster.market(market).asset
        stock = pair.stock / cohort.count / roster.price(market)
        lot = roster.market(market).lot
        stock = round(stock / lot) * lot
        margin = {CURRENCY: (pair.margin / cohort.count * MONEY_UNITS * ones).astype(np.int64)}
        wallet = {
            CURRENCY: (pair.cash / cohort.count * MONEY_UNITS * ones).astype(np.int64),
            asset: np.full(cohort.count, round(stock * roster.units(asset))),
        }
        account = roster.open(cohort.venue, ARBITRAGEUR, name, owners, margin, cohort.leverage)
        there = roster.scenario.markets[pair.spot][0]
        latency = roster.draw(ARBITRAGEUR, own, "latency", cohort.latency)
        header(rows, own, latency, roster.draw(ARBITRAGEUR, own, "interval", cohort.interval), account)
        rows["market"] = roster.markets[market]
        rows["spot_market"] = roster.markets[pair.spot]
        rows["spot_account"] = roster.open(there, ARBITRAGEUR, name, owners, wallet)
        rows["clip_lots"] = pair.clip / roster.price(market) / lot
        rows["leverage"] = cohort.leverage
        roster.hold(market, account, np.full(cohort.count, -round(stock / lot)))
        parts.append(rows)
    return stack(arbitrageur_t, parts)
