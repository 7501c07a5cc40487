"""The mark price: what a venue takes a position to be worth, published as integer units per lot.

Rules: the last trade; the mid; the index; the median of three of Binance; the median of Hyperliquid.

References
----------
Binance FAQ 360033525071 (mark price of perpetual contracts): median of the index with the funding
basis, the index with the mean of mid less index, and the last trade. Hyperliquid docs,
trading/robust-price-indices: median of the oracle with a 150 s exponential mean of mid less oracle,
the median of best bid, best ask and last trade, and, here without other perpetuals, the 30 s
exponential mean of the latter.
"""

import math

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK, NONE, PERPETUAL, SECOND, ZERO
from cascade_sim.market.event_queue import UPDATE_MARKS, clockwork, push
from cascade_sim.market.kernel import kernel, part, routine
from cascade_sim.market.moves import flush_flows, twice_mid
from cascade_sim.market.records import MARK, record_event

__all__ = [
    "FAST_SECONDS",
    "HYPERLIQUID_MEDIAN",
    "INDEX_PRICE",
    "LAST",
    "MEDIAN",
    "MID",
    "SLOW_SECONDS",
    "mark_of_price",
    "median",
    "update_marks",
]

LAST, MID, INDEX_PRICE, MEDIAN, HYPERLIQUID_MEDIAN = range(5)
SLOW_SECONDS = 150.0
FAST_SECONDS = 30.0


@kernel
def median(a, b, c):
    """Middle one of three."""
    return max(min(a, b), min(max(a, b), c))


@kernel
def mark_of_price(market, price):
    """Units per lot at a price in 1e-8 of the quote currency, rounded half up."""
    whole = (price // market.tick_price) * market.tick_value
    part = (price % market.tick_price) * market.tick_value
    return whole + (2 * part + market.tick_price) // (2 * market.tick_price)


@kernel
def _index(w, m):
    return w.feeds[w.markets[m].asset].price


@kernel
def _mid_price(market):
    """Mid in 1e-8 of the quote currency, rounded down to that."""
    return twice_mid(market.bid, market.ask, market.last) * market.tick_price // 2


@kernel
def _book_price(market):
    """Median of best bid, best ask and last trade, in 1e-8 of the quote currency."""
    level = market.last
    if market.bid >= 0 and market.ask < LEVELS:
        level = median(market.bid, market.ask, market.last)
    return level * market.tick_price


@kernel
def _sample_basis(w, m):
    """Put mid less index into the window; returns the mean of the window, rounded down."""
    mark = w.marks[m]
    sample = _mid_price(w.markets[m]) - _index(w, m)
    place = LINK(mark.samples % mark.window)
    if mark.samples >= mark.window:
        mark.basis_sum -= w.basis[m, place]
    w.basis[m, place] = sample
    mark.basis_sum += sample
    mark.samples += 1
    return mark.basis_sum // min(mark.samples, mark.window)


@kernel
def funding_basis(w, m, index):
    """Index price with the part of the last funding rate that is still to come (Binance, price 1)."""
    funding = w.fundings[m]
    left = np.float64(funding.due - w.clock[0].now) / np.float64(max(funding.interval, 1))
    return index + np.int64(math.floor(np.float64(index) * funding.rate * left + 0.5))


@kernel
def _binance(w, m):
    """Median of three; returns the price and which of the three it was (0, 1, 2)."""
    market = w.markets[m]
    index = _index(w, m)
    first = funding_basis(w, m, index)
    second = index + _sample_basis(w, m)
    third = market.last * market.tick_price
    price = median(first, second, third)
    return price, 1 if price == second else (2 if price == third else 0)


@kernel
def exponential_mean(total, weight, sample, seconds, memory):
    """Numerator and denominator of a mean that forgets at 1 / `memory`, after one more sample."""
    keep = math.exp(-seconds / memory)
    return total * keep + sample * seconds, weight * keep + seconds


@kernel
def _hyperliquid(w, m):
    """Median of oracle with slow basis, book price, and the book price's fast mean."""
    market = w.markets[m]
    mark = w.marks[m]
    index = _index(w, m)
    book = _book_price(market)
    seconds = np.float64(w.clock[0].now - mark.time) / SECOND
    if seconds > 0.0:
        basis = np.float64(_mid_price(market) - index)
        mark.slow_sum, mark.slow_weight = exponential_mean(
            mark.slow_sum, mark.slow_weight, basis, seconds, SLOW_SECONDS
        )
        mark.fast_sum, mark.fast_weight = exponential_mean(
            mark.fast_sum, mark.fast_weight, np.float64(book), seconds, FAST_SECONDS
        )
        mark.time = w.clock[0].now
    first = index
    third = book
    if mark.slow_weight > 0.0:
        first = index + np.int64(math.floor(mark.slow_sum / mark.slow_weight + 0.5))
        third = np.int64(math.floor(mark.fast_sum / mark.fast_weight + 0.5))
    price = median(first, book, third)
    return price, 1 if price == book else (0 if price == first else 2)


@kernel
def record_mark(w, m, part):
    """Write down a mark and what it was made from; `part` is which of three prices it is."""
    market = w.markets[m]
    mark = w.marks[m]
    basis = mark.basis_sum // max(min(mark.samples, mark.window), 1)
    number = w.venues[market.venue].mark_number
    record_event(w, MARK, m, NONE, LINK(market.last), basis, market.mark, _index(w, m), NONE, part, number)


@routine
def _update_mark(w, m):
    """Compute and publish the mark of one market; returns whether it changed."""
    market = w.markets[m]
    rule = w.marks[m].rule
    part = ZERO
    if rule == LAST:
        mark = market.last * market.tick_value
    elif rule == MID:
        mark = (twice_mid(market.bid, market.ask, market.last) * market.tick_value + 1) // 2
    elif rule == INDEX_PRICE:
        mark = mark_of_price(market, _index(w, m))
    elif rule == MEDIAN:
        price, part = _binance(w, m)
        mark = mark_of_price(market, price)
    else:
        price, part = _hyperliquid(w, m)
        mark = mark_of_price(market, price)
    mark = max(mark, 1)
    changed = mark != market.mark
    market.mark = mark
    if market.kind == PERPETUAL:
        record_mark(w, m, part)
    return changed


@part
def update_marks(w, v):
    """Publish the marks of all markets of a venue; returns whether one of them changed."""
    venue = w.venues[v]
    changed = False
    for k in range(venue.markets):
        flush_flows(w, LINK(venue.first_market + k))
    venue.mark_number += 1
    for k in range(venue.markets):
        if _update_mark(w, LINK(venue.first_market + k)):
            changed = True
    return changed


@kernel
def schedule_marks(w, v):
    """Let the venue publish its marks again after its interval."""
    venue = w.venues[v]
    push(w, w.clock[0].now + venue.mark_interval, UPDATE_MARKS, np.int64(v), 0, clockwork(UPDATE_MARKS, v))
