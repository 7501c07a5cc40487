"""What stands in a book: depth within a range, and the price of trading through it."""

import numpy as np

from cascade_sim.market.constants import LEVELS, ZERO
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.moves import twice_mid
from cascade_sim.market.order_book import lots_between, next_down, next_up

__all__ = ["average_level", "best", "depth_within", "further", "impact_level", "mid_level"]


@kernel
def mid_level(w, m):
    """Mid price in ticks, float64; the last trade while a side is empty."""
    market = w.markets[m]
    return 0.5 * np.float64(twice_mid(market.bid, market.ask, market.last))


@kernel
def best(w, m, side):
    """First level that an order of `side` meets; outside the ladder when there is none."""
    market = w.markets[m]
    return market.ask if side > 0 else market.bid


@kernel
def further(w, m, side, level):
    """Next occupied level that an order of `side` meets after `level`."""
    return next_up(w, m, level) if side > 0 else next_down(w, m, level)


@kernel
def _furthest(w, m, side, distance):
    """Last level within a relative distance of the mid that an order of `side` meets.

    Exactly the last whose distance, a float, is not above ``distance * mid``: twice the mid is an integer.
    """
    market = w.markets[m]
    twice = twice_mid(market.bid, market.ask, market.last)
    reach = np.int64(min(2.0 * (distance * mid_level(w, m)), 4.0 * LEVELS))
    return (twice + reach) >> 1 if side > 0 else (twice - reach + 1) >> 1


@routine
def depth_within(w, m, side, near, far):
    """Lots that an order of `side` meets at distances in (near, far] from the mid.

    Parameters
    ----------
    side : int64
        1: what a buyer meets (asks), -1: what a seller meets (bids).
    near, far : float64
        Relative distances from mid, for example 0.0 and 0.01; `near` = 0 counts from the mid itself.
    """
    market = w.markets[m]
    last = _furthest(w, m, side, far)
    if side > 0:
        first = max(_furthest(w, m, side, near) + 1 if near > 0.0 else ZERO, market.ask)
        lots = lots_between(w, m, first, min(last, LEVELS - 1))
    else:
        first = min(_furthest(w, m, side, near) - 1 if near > 0.0 else LEVELS - 1, market.bid)
        lots = lots_between(w, m, max(last, 0), first)
    return lots


@routine
def average_level(w, m, side, lots):
    """Average level (float64 ticks) at which an order of unsigned `lots` would trade; nan if it can't."""
    level = best(w, m, side)
    left = lots
    value = 0.0
    while left > 0 and 0 <= level < LEVELS:
        traded = min(left, w.levels[m, np.uint64(level)].lots)
        value += np.float64(traded) * np.float64(level)
        left -= traded
        level = further(w, m, side, level)
    return value / np.float64(lots) if left == 0 and lots > 0 else np.nan


@routine
def impact_level(w, m, side, notional):
    """Average level at which an order worth `notional` units trades; of all there is in a thinner book.

    The impact price of the premium index (Binance and Hyperliquid documents on funding). An empty side
    gives the last trade.
    """
    tick_value = w.markets[m].tick_value
    level = best(w, m, side)
    left = np.float64(notional)
    lots = 0.0
    while left > 0.0 and 0 <= level < LEVELS:
        price = np.float64(level * tick_value)
        traded = min(left / price, np.float64(w.levels[m, np.uint64(level)].lots))
        left -= traded * price
        lots += traded
        level = further(w, m, side, level)
    spent = np.float64(notional) - left
    return spent / lots / np.float64(tick_value) if lots > 0.0 else np.float64(w.markets[m].last)
