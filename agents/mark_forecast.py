"""What a venue will mark at, a while after a trade has moved the price: what a push in the book is worth there.

A venue that marks at its last trade follows at once. One that marks at an index, or at a median of the index and
slow means, does so that a push in its own book shall not liquidate anybody: only what stays of the push, for
as long as it stays, enters the means.

References
----------
The rules themselves: `cascade_sim.market.mark_price`.
"""

import math

import numpy as np

from cascade_sim.market.constants import SECOND
from cascade_sim.market.kernel import kernel
from cascade_sim.market.mark_price import FAST_SECONDS, HYPERLIQUID_MEDIAN, INDEX_PRICE, MEDIAN, SLOW_SECONDS, median

__all__ = ["forecast_mark"]


@kernel
def _toward(mean, price, share):
    """Mean in which a share of the samples has been replaced by a price."""
    return mean + share * (price - mean)


@kernel
def _binance(w, m, index, price, left, seconds):
    """Median of index, index with the mean basis, and the last trade."""
    market = w.markets[m]
    mark = w.marks[m]
    samples = seconds * SECOND / np.float64(max(w.venues[market.venue].mark_interval, 1))
    basis = np.float64(mark.basis_sum) / np.float64(max(min(mark.samples, mark.window), 1))
    basis = basis / np.float64(market.tick_price)
    share = min(samples / np.float64(mark.window), 1.0)
    return median(index, index + _toward(basis, left - index, share), price)


@kernel
def _hyperliquid(w, m, index, price, left, seconds):
    """Median of index with the slow mean of the basis, the book, and the book's fast mean."""
    mark = w.marks[m]
    tick = np.float64(w.markets[m].tick_price)
    basis = mark.slow_sum / max(mark.slow_weight, 1e-12) / tick
    book = mark.fast_sum / max(mark.fast_weight, 1e-12) / tick
    first = index + _toward(basis, left - index, 1.0 - math.exp(-seconds / SLOW_SECONDS))
    return median(first, price, _toward(book, left, 1.0 - math.exp(-seconds / FAST_SECONDS)))


@kernel
def forecast_mark(w, m, price, left, seconds):
    """Mark to expect, in ticks, when trade at `price` is followed by a mid of `left` for some seconds."""
    rule = w.marks[m].rule
    index = np.float64(w.feeds[w.markets[m].asset].price) / np.float64(w.markets[m].tick_price)
    mark = price
    if rule == INDEX_PRICE:
        mark = index
    elif rule == MEDIAN:
        mark = _binance(w, m, index, price, left, seconds)
    elif rule == HYPERLIQUID_MEDIAN:
        mark = _hyperliquid(w, m, index, price, left, seconds)
    return mark
