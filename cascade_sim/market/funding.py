"""Funding: what one side of a perpetual pays the other so that its price stays near the index.

The premium of the book over the index is sampled and averaged; the rate of 8 hours is the mean plus a
clamped pull towards the interest rate; each funding interval charges its part, at most the cap. The
charge per lot is rounded once to whole units, so that what one side pays the other receives exactly.

References
----------
Binance announcement on funding (premium index with impact bid and ask; interest 0.01 % per 8 h; clamp
0.05 %); Hyperliquid docs, trading/funding (same shape, paid hourly on the oracle price, cap 4 % an hour).
"""

import math

import numpy as np

from cascade_sim.market.constants import LINK, NONE, SECOND, ZERO
from cascade_sim.market.depth import impact_level
from cascade_sim.market.event_queue import CHARGE_FUNDING, PREMIUM, clockwork, push
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.mark_price import mark_of_price
from cascade_sim.market.records import FUNDING, record_event

__all__ = ["charge_funding", "funding_rate", "premium", "sample_premium"]

ON_MARK, ON_INDEX = range(2)
EIGHT_HOURS = 8.0 * 3600.0 * SECOND


@kernel
def premium(impact_bid, impact_ask, index):
    """Premium index: how far the book, for the impact notional, stands above (or below) the index."""
    return (max(0.0, impact_bid - index) - max(0.0, index - impact_ask)) / index


@kernel
def funding_rate(mean_premium, interest, clamp, cap, interval):
    """Rate charged for one interval.

    Parameters
    ----------
    mean_premium, interest, clamp : float64
        Per 8 hours; the pull ``interest - mean_premium`` is clamped to plus or minus `clamp`.
    cap : float64
        Largest absolute rate of one interval.
    interval : float64
        Microseconds.
    """
    pull = min(max(interest - mean_premium, -clamp), clamp)
    rate = (mean_premium + pull) * interval / EIGHT_HOURS
    return min(max(rate, -cap), cap)


@routine
def sample_premium(w, m):
    """Add the premium of this moment to the mean, and come back after the sampling interval."""
    market = w.markets[m]
    funding = w.fundings[m]
    index = np.float64(w.feeds[market.asset].price)
    bid = impact_level(w, m, -1, funding.impact_notional) * np.float64(market.tick_price)
    ask = impact_level(w, m, 1, funding.impact_notional) * np.float64(market.tick_price)
    funding.premium_sum += premium(bid, ask, index)
    funding.premiums += 1
    push(w, w.clock[0].now + funding.premium_interval, PREMIUM, np.int64(m), 0, clockwork(PREMIUM, m))


@routine
def charge_funding(w, m):
    """Charge one interval: every lot owes the same whole number of units, settled when its position is."""
    market = w.markets[m]
    funding = w.fundings[m]
    mean = funding.premium_sum / np.float64(max(funding.premiums, 1))
    rate = funding_rate(mean, funding.interest, funding.clamp, funding.cap, np.float64(funding.interval))
    value = market.mark
    if funding.rule == ON_INDEX:
        value = mark_of_price(market, w.feeds[market.asset].price)
    due = np.int64(math.floor(rate * np.float64(value) + 0.5))
    market.funding += due
    funding.rate = rate
    funding.premium_sum = 0.0
    funding.premiums = 0
    funding.due += funding.interval
    w.venues[market.venue].screen_is_stale = LINK(1)
    charged = np.int64(math.floor(rate * 1e12 + 0.5))
    record_event(w, FUNDING, m, NONE, NONE, ZERO, due, charged, NONE, ZERO, ZERO)
    push(w, funding.due, CHARGE_FUNDING, np.int64(m), 0, clockwork(CHARGE_FUNDING, m))
