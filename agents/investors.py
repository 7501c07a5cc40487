"""Slow investors: they buy in the spot market what has fallen below their estimate, and sell what has risen above.

An investor has a private estimate of what the asset is worth and a threshold it must be away from before the
investor moves; then it trades a part of its wealth at each wake-up, slowly. Small thresholds keep spot near its
fundamental value in ordinary times; large ones are the sidelined capacity that ends an overshoot and supplies the
rebound.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60, on sidelined capacity; Grossman and Miller
(1988), "Liquidity and market structure", J. Finance 43: suppliers of immediacy come in over time.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.constants import NONE
from cascade_sim.market.depth import mid_level
from cascade_sim.market.draws import exponential, uniforms
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel
from cascade_sim.market.order_limits import NEXT_BELOW, affordable, bearable, limit_level
from cascade_sim.market.outbox import order
from cascade_sim.market.roles import INVESTOR
from cascade_sim.market.rows import AGENT, record, stack
from cascade_sim.market.streams import DECISION
from cascade_sim.scenario.agents import Investors
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["investor_t", "investors_of", "wake_investor"]

investor_t = record(
    *AGENT,
    ("belief", np.float64),  # private error of the estimate, log
    ("threshold", np.float64),  # log distance from the estimate
    ("clip_share", np.float64),  # share of the wealth at the start traded at a wake-up
    ("slippage", np.float64),
    ("participation", np.float64),
    ("wealth", np.float64),  # units of currency at the start
)
_COLUMNS = ("belief", "threshold", "slippage", "participation")


@kernel
def _mispricing(w, investor):
    """Log distance of the mid from the investor's estimate; negative is cheap."""
    market = w.markets[investor.market]
    price = mid_level(w, investor.market) * np.float64(market.tick_price) / 1e8
    return math.log(max(price, 1e-12) / w.assets[market.asset].fundamental) - investor.belief


@kernel
def _size(w, investor, side, level):
    """Lots to trade now: a clip, as far as money or stock goes and the book bears."""
    m = investor.market
    lots = np.int64(investor.clip_share * investor.wealth / np.float64(level * w.markets[m].tick_value))
    lots = min(lots, bearable(w, m, side, investor.slippage, investor.participation))
    return min(lots, affordable(w, investor.account, m, side, level))


@kernel
def wake_investor(w, investor):
    """Buy what is cheap, sell what is dear, slowly."""
    m = investor.market
    distance = _mispricing(w, investor)
    if abs(distance) > investor.threshold:
        side = np.int64(1) if distance < 0.0 else np.int64(-1)
        level = limit_level(w, m, side, investor.slippage, NEXT_BELOW)
        lots = _size(w, investor, side, level)
        if lots > 0:
            order(w, IMMEDIATE, investor.account, m, side * lots, level, NONE)
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(INVESTOR), investor.address, investor.number, 0)
    investor.wakes = w.clock[0].now + 1 + np.int64(exponential(u, investor.interval))


def investors_of(cohort: Investors, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, one an investor and market, with their accounts opened: money and stock of equal worth."""
    parts = []
    for market, usd in cohort.markets.items():
        own = roster.addresses(INVESTOR, f"{name} in {market}", cohort.count)
        rows = np.zeros(cohort.count, investor_t)
        for column in _COLUMNS:
            rows[column] = roster.draw(INVESTOR, own, column, getattr(cohort, column))
        rows["clip_share"] = roster.draw(INVESTOR, own, "clip", cohort.clip)
        weight = roster.draw(INVESTOR, own, "wealth", cohort.wealth)
        wealth = usd * weight / max(weight.sum(), 1e-300)
        asset = roster.market(market).asset
        purse = {
            CURRENCY: (wealth / 2 * MONEY_UNITS).astype(np.int64),
            asset: (wealth / 2 / roster.price(market) * roster.units(asset)).astype(np.int64),
        }
        account = roster.open(cohort.venue, INVESTOR, name, roster.new_owners(cohort.count), purse)
        latency = roster.draw(INVESTOR, own, "latency", cohort.latency)
        header(rows, own, latency, roster.draw(INVESTOR, own, "interval", cohort.interval), account)
        rows["wealth"] = wealth * MONEY_UNITS
        rows["market"] = roster.markets[market]
        parts.append(rows)
    return stack(investor_t, parts)
