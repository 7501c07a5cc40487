"""Leveraged traders: they open, hold, take profit, stop out, and some of them guard their margin.

A trader forms an opinion from three parts: how far the price is from what it believes the asset is
worth, the recent trend, and noise (Chiarella, Iori, Perelló, 2009, "The impact of heterogeneous trading
rules on the limit order flow and order flows", J. Economic Dynamics and Control 33, section 2). A strong
enough opinion opens a position at the trader's own leverage; profit and loss are judged as shares of the
margin put up for it.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.opening import opening_positions
from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import LINK, NONE
from cascade_sim.market.depth import mid_level
from cascade_sim.market.draws import exponential, normals, uniforms
from cascade_sim.market.exchange import IMMEDIATE, LIMIT
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import NEAREST, bearable, limit_level
from cascade_sim.market.outbox import cancel_all, deposit, order, reduce
from cascade_sim.market.roles import TRADER
from cascade_sim.market.rows import AGENT, record
from cascade_sim.market.streams import DECISION
from cascade_sim.market.tape import calm_volatility, fast_volatility, trend
from cascade_sim.market.treatment import margin_account
from cascade_sim.scenario.agents import Traders
from cascade_sim.scenario.laws import Choice, Uniform
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["trader_t", "traders_of", "wake_trader"]

trader_t = record(
    *AGENT,
    ("leverage", np.float64),
    ("fundamentalist", np.float64),  # weights of the three parts of an opinion
    ("chartist", np.float64),
    ("noise", np.float64),
    ("belief", np.float64),  # private error of the fundamental value, log
    ("horizon", np.int64),  # memory of the trend: 0 one, 1 five, 2 thirty minutes
    ("conviction", np.float64),  # opinion at which a position is opened
    ("take_profit", np.float64),  # shares of the margin put up
    ("stop_loss", np.float64),
    ("guard", np.float64),  # maintenance over equity at which the trader acts; 0: never
    ("wallet", np.int64),  # units outside the venue
    ("patience", np.float64),  # chance of a resting instead of an immediate order
    ("slippage", np.float64),
    ("participation", np.float64),  # largest share of the depth within its slippage that it takes at once
    ("activity", np.float64),  # chance of trading a part of a held position
    ("is_cross", np.int64),
    ("leaving", np.int64),  # 1: an exit is under way
)

_COLUMNS = (
    "leverage",
    "fundamentalist",
    "chartist",
    "noise",
    "belief",
    "horizon",
    "conviction",
    "take_profit",
    "stop_loss",
    "patience",
    "slippage",
    "participation",
    "activity",
)
# Traits that more than the trader's row needs; the others are drawn right into it, since a million traders
# would fill a hundred megabytes with them.
_TRAITS = ("leverage", "stop_loss", "take_profit", "notional", "usage", "guard", "wallet", "interval", "latency")
_HORIZON = 1800.0  # seconds over which calm volatility scales an opinion
_TRIM = 0.2
_CHANGES_SIDES = 3.0
_HASTE = 100.0
_MOST_EXCITED = 50.0


@kernel
def _excitement(w, m):
    """How many times the usual volatility the last minute had: people look, and disagree, that much more."""
    return min(max(fast_volatility(w, m) / (calm_volatility(w, m) + 1e-12), 1.0), _MOST_EXCITED)


@kernel
def _opinion(w, trader, m, z):
    """Expected move in calm half-hour standard deviations; positive is up."""
    market = w.markets[m]
    scale = calm_volatility(w, m) * math.sqrt(_HORIZON) + 1e-9
    price = mid_level(w, m) * np.float64(market.tick_price) / 1e8
    gap = math.log(w.assets[market.asset].fundamental / max(price, 1e-12)) + trader.belief
    signal = trader.fundamentalist * gap + trader.chartist * trend(w, m, trader.horizon)
    return signal / scale + trader.noise * z * _excitement(w, m)


@kernel
def _close(w, trader, a, m, lots, share):
    """Send an immediate order that closes a share of a position, as fast as the book bears."""
    side = np.int64(-1) if lots > 0 else np.int64(1)
    size = np.int64(math.ceil(np.float64(abs(lots)) * share))
    size = min(size, bearable(w, m, side, trader.slippage, trader.participation))
    if size > 0:
        level = limit_level(w, m, side, trader.slippage, NEAREST)
        reduce(w, IMMEDIATE, a, m, side * size, level, NONE)


@kernel
def _open(w, trader, a, m, opinion, share, u):
    """Send an order for a share of the position that the trader's leverage allows."""
    equity, _, gross = equity_and_margin(w, a)
    room = np.float64(equity) * trader.leverage - np.float64(gross)
    side = np.int64(1) if opinion > 0.0 else np.int64(-1)
    lots = np.int64(share * room / np.float64(w.markets[m].mark))
    if lots > 0:
        lots = min(lots, bearable(w, m, side, trader.slippage, trader.participation))
    if lots > 0 and u < trader.patience:
        level = limit_level(w, m, -side, 0.2 * trader.slippage, NEAREST)
        order(w, LIMIT, a, m, side * lots, level, NONE)
    elif lots > 0:
        level = limit_level(w, m, side, trader.slippage, NEAREST)
        order(w, IMMEDIATE, a, m, side * lots, level, NONE)


@kernel
def _guards_margin(w, trader, equity, maintenance):
    """Whether the trader's margin is so thin that it acts."""
    return trader.guard > 0.0 and np.float64(maintenance) > trader.guard * np.float64(equity)


@kernel
def _hold(w, trader, a, m, opinion, u):
    """Decide about a position: guard it, take profit, stop out, change sides, trade a part, or wait."""
    position = w.positions[a, w.markets[m].column]
    lots = position.lots
    side = 1.0 if lots > 0 else -1.0
    margin = np.float64(abs(position.cost)) / trader.leverage + 1.0
    gain = np.float64(lots * w.markets[m].mark - position.cost) / margin
    equity, maintenance, _ = equity_and_margin(w, a)
    done = gain > trader.take_profit or gain < -trader.stop_loss or side * opinion < -_CHANGES_SIDES * trader.conviction
    if _guards_margin(w, trader, equity, maintenance):
        if trader.wallet > 0:
            amount = min(trader.wallet, max(maintenance, 1))
            trader.wallet -= amount
            deposit(w, a, amount)
        else:
            _close(w, trader, a, m, lots, 0.5)
    elif done:
        trader.leaving = 1
        _close(w, trader, a, m, lots, 1.0)
    elif u < trader.activity:
        if side * opinion > 0.0:
            _open(w, trader, a, m, opinion, _TRIM, u / trader.activity)
        else:
            _close(w, trader, a, m, lots, _TRIM)


@kernel
def _pick_market(w, trader, v):
    """The trader's own market, or for a cross account any perpetual of the venue."""
    m = trader.market
    if trader.is_cross != 0:
        venue = w.venues[w.accounts[trader.account].venue]
        m = LINK(venue.first_market + np.int64(v * np.float64(venue.markets)))
    return m


@kernel
def wake_trader(w, trader):
    """Look at one market and decide; says when to look again.

    Parameters
    ----------
    w : World
    trader : trader_t
        Row of the trader; its `wakes` is set to the next time.
    """
    seed = w.clock[0].seed
    u, v = uniforms(seed, DECISION + np.int64(TRADER), trader.address, trader.number, 0)
    z, _ = normals(seed, DECISION + np.int64(TRADER), trader.address, trader.number, 1)
    m = _pick_market(w, trader, v)
    a = margin_account(w, trader.account, m)
    if w.accounts[a].status == 0:
        position = w.positions[a, w.markets[m].column]
        if position.count > 0:
            cancel_all(w, a, m)
        opinion = _opinion(w, trader, m, z)
        trader.leaving = 0
        if position.lots != 0:
            _hold(w, trader, a, m, opinion, u)
        elif abs(opinion) > trader.conviction:
            _open(w, trader, a, m, opinion, 1.0, u)
    attention = _excitement(w, m)
    if trader.leaving != 0:
        attention = max(attention, _HASTE)
    pause, _ = uniforms(seed, DECISION + np.int64(TRADER), trader.address, trader.number, 2)
    trader.wakes = w.clock[0].now + 1 + np.int64(exponential(pause, trader.interval / attention))


def traders_of(cohort: Traders, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, with their accounts opened.

    Parameters
    ----------
    cohort : Traders
    name : str
    roster : Roster
    """
    people = roster.addresses(TRADER, name, cohort.count)
    rows = np.zeros(cohort.count, trader_t)
    draws = {trait: roster.draw(TRADER, people, trait, getattr(cohort, trait)) for trait in _TRAITS}
    shares = Uniform(law="uniform", low=0, high=1)
    cross = roster.draw(TRADER, people, "cross", shares) < cohort.cross_share
    guards = roster.draw(TRADER, people, "guards", shares) < cohort.guard_share
    rows["guard"] = np.where(guards, draws["guard"], 0.0)
    rows["is_cross"] = cross
    weights = cohort.open_interest or cohort.markets or dict.fromkeys(roster.scenario.venues[cohort.venue].markets, 1.0)
    choice = Choice(law="choice", values=tuple(roster.markets[m] for m in weights), weights=tuple(weights.values()))
    own = roster.draw(TRADER, people, "market", choice).astype(np.int64)
    rows["market"] = own
    opening = opening_positions(cohort, roster, people, own, cross, draws)
    for column in _COLUMNS:
        given = draws.get(column)
        rows[column] = roster.draw(TRADER, people, column, getattr(cohort, column)) if given is None else given
    holds = opening.margin > 0
    wanted = draws["notional"] / draws["leverage"]
    scale = np.median(opening.margin[holds] / wanted[holds]) if holds.any() else 1.0
    wealth = np.where(holds, opening.margin, scale * wanted) / draws["usage"]
    rows["wallet"] = np.where(guards, draws["wallet"] * wealth * MONEY_UNITS, 0.0)
    money = {CURRENCY: (wealth * MONEY_UNITS).astype(np.int64)}
    account = roster.open(cohort.venue, TRADER, name, roster.new_owners(cohort.count), money, draws["leverage"])
    for market in opening.lots:
        roster.hold(market, account, opening.lots[market], opening.cost[market])
    header(rows, people, draws["latency"], draws["interval"], account)
    return rows
