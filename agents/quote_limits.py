"""The most a maker quotes on a side: what its money, its stock, or the margin that the venue asks of it covers.

In a perpetual the venue asks initial margin for the larger of the two positions that a maker's quotes may make of
what it holds, and beyond it what quotes lose against the mark as soon as they are filled. It refuses them all
where they need more, so a maker that plans with its own leverage under a lower cap of the venue shows nothing at all.
A maker of several markets on one account gives each of them its share of the margin that positions leave free;
otherwise the first one to quote would take all of it.

One that holds more than its margin carries, as after a loss, quotes the side that closes, which needs no margin.

References
----------
The margin asked: `cascade_sim.market.margin`; in words Binance FAQ "How to calculate cost required to open a
position in perpetual futures contracts" (cost = initial margin + open loss).
"""

import numpy as np

from cascade_sim.market.constants import SPOT
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import covered_notional, initial_margin, margin_left

__all__ = ["most_lots"]

_KEPT = 0.95  # of what is covered: prices move and quotes of other markets are filled until these arrive


@kernel
def _payable(w, maker, side, price):
    """Lots that money buys or stock sells in a spot market."""
    market = w.markets[maker.market]
    if side > 0:
        most = np.float64(w.balances[maker.account, market.currency].amount) / (price * market.tick_value)
    else:
        most = np.float64(w.balances[maker.account, market.asset].amount) / np.float64(market.lot_units)
    return most


@kernel
def _carried(w, maker, price):
    """Largest size, in lots, that quotes around a price may make of a position in a perpetual, on either side."""
    market = w.markets[maker.market]
    position = w.positions[maker.account, market.column]
    mark = np.float64(market.mark)
    held = abs(position.lots) * market.mark
    free = margin_left(w, maker.account)
    # At the most all that is held, and all that it may grow to, trades at once this far from the mark.
    loss = abs(price * np.float64(market.tick_value) / mark - 1.0)
    own = np.float64(initial_margin(w, maker.market, held, position.initial_ppm))
    margin = own + maker.share * np.float64(free) - loss * np.float64(held)
    return covered_notional(w, maker.market, margin, position.initial_ppm, loss) / mark


@kernel
def _carriable(w, maker, side, price):
    """Lots of a perpetual that margin covers on a side, on top of what is held or against it."""
    lots = np.float64(side * w.positions[maker.account, w.markets[maker.market].column].lots)
    size = _carried(w, maker, price)
    return size - lots if abs(lots) <= size else -lots


@kernel
def most_lots(w, maker, side, price):
    """Lots of quotes on a side that the maker's money, stock or margin covers.

    Parameters
    ----------
    side : int64
        1: bids, -1: asks.
    price : float64
        Fair value that is quoted around, ticks.

    Returns
    -------
    float64
        A little less than all of it, not negative.
    """
    if w.markets[maker.market].kind == SPOT:
        most = _payable(w, maker, side, price)
    else:
        most = _carriable(w, maker, side, price)
    return max(_KEPT * most, 0.0)
