"""What a market looks like at a moment: one row of the series for each market."""

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK, PROFILE_BINS, PROFILE_STEP
from cascade_sim.market.depth import best, depth_within, further, mid_level
from cascade_sim.market.kernel import kernel, routine

__all__ = ["sample_market", "sample_profile"]

_NEAR, _MIDDLE, _FAR = 0.001, 0.01, 0.05


@kernel
def _depth(w, m, side):
    """Lots within 10 bp, 1 % and 5 % of the mid: asks (side 1) or bids (side -1)."""
    near = depth_within(w, m, side, 0.0, _NEAR)
    middle = near + depth_within(w, m, side, _NEAR, _MIDDLE)
    far = middle + depth_within(w, m, side, _MIDDLE, _FAR)
    return near, middle, far


@routine
def sample_market(w, m):
    """Append a row to the samples; the caller has made sure that there is room."""
    pools = w.pools[0]
    market = w.markets[m]
    venue = w.venues[market.venue]
    fund = w.funds[market.venue, market.currency]
    row = w.samples[LINK(pools.samples)]
    pools.samples += 1
    row.time = w.clock[0].now
    row.market = m
    row.venue = market.venue
    row.bid = market.bid
    row.ask = market.ask
    row.last = market.last
    row.mark = market.mark
    row.index = w.feeds[market.asset].price
    row.fundamental = w.assets[market.asset].fundamental
    row.bid_10bp, row.bid_1pc, row.bid_5pc = _depth(w, m, np.int64(-1))
    row.ask_10bp, row.ask_1pc, row.ask_5pc = _depth(w, m, np.int64(1))
    row.open_interest = market.open_interest // 2
    row.funding = market.funding
    row.funding_rate = w.fundings[m].rate
    row.liquidated_lots = market.liquidated_lots
    row.liquidated_notional = market.liquidated_notional
    row.adl_lots = market.adl_lots
    row.fund = w.balances[venue.fund_account, market.currency].amount
    row.bad_debt = fund.bad_debt
    row.socialised = fund.socialised


@routine
def sample_profile(w, m):
    """Append how much stands in each band of distance from the mid, where anything does."""
    pools = w.pools[0]
    mid = mid_level(w, m)
    for side in (-1, 1):
        level = best(w, m, np.int64(side))
        for k in range(PROFILE_BINS):
            edge = mid * (1.0 + np.float64(side) * (k + 1) * PROFILE_STEP)
            lots = np.int64(0)
            while 0 <= level < LEVELS and np.float64(side) * (np.float64(level) - edge) <= 0.0:
                lots += w.levels[m, np.uint64(level)].lots
                level = further(w, m, np.int64(side), level)
            if lots > 0:
                row = w.profiles[LINK(pools.profiles)]
                pools.profiles += 1
                row.time = w.clock[0].now
                row.lots = lots
                row.market = m
                row.place = LINK(k if side < 0 else PROFILE_BINS + k)
