"""What always holds, with ``==``: checked after every message by the tests, and on demand in any run.

1. Per market, the sizes of all positions sum to zero.
2. Per venue and asset, at every price: balances, fees, funding under way and the value of positions over
   their cost add up to what was deposited and what the venue lost.
3. The book is not crossed; its levels count their orders; at one price the older order is first.
4. An account under its maintenance margin is being liquidated or about to be looked at; bad debt has been paid.
"""

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK
from cascade_sim.market.kernel import entry, kernel, routine
from cascade_sim.market.margin_screen import is_under_water
from cascade_sim.market.order_book import next_down, next_up

__all__ = ["VIOLATIONS", "find_violation", "violation"]

HOLDS, SIZES, MONEY, CROSSED, QUEUE, EXPOSURE, FORGOTTEN, UNPAID = range(8)
VIOLATIONS = (
    "everything holds",
    "sizes of a market do not sum to zero",
    "money of a venue was created or lost",
    "a book is crossed or its best price is wrong",
    "a level does not count its orders, or a younger order stands before an older one",
    "an account does not count its orders",
    "an account is under its maintenance margin and nobody is to look at it",
    "bad debt was not paid, or paid twice",
)


@kernel
def _sizes_sum_to_zero(w):
    good = True
    for m in range(1, w.markets.shape[0]):
        market = w.markets[LINK(m)]
        total = np.int64(0)
        for a in range(1, w.accounts.shape[0]):
            if w.accounts[LINK(a)].venue == market.venue:
                total += w.positions[LINK(a), market.column].lots
        good = good and total == 0
    return good


@kernel
def _money_is_conserved(w, price):
    """At one price per lot in every market."""
    good = True
    for v in range(1, w.venues.shape[0]):
        venue = w.venues[LINK(v)]
        for asset in range(1, w.assets.shape[0]):
            fund = w.funds[LINK(v), LINK(asset)]
            total = fund.fees + fund.funding - fund.deposits - fund.venue_loss
            for a in range(1, w.accounts.shape[0]):
                if w.accounts[LINK(a)].venue == v:
                    total += w.balances[LINK(a), LINK(asset)].amount
                    if asset == venue.currency:
                        for k in range(venue.markets):
                            position = w.positions[LINK(a), LINK(k)]
                            total += position.lots * price - position.cost
            good = good and total == 0
    return good


@kernel
def _queue_is_in_order(w, m, level):
    """Whether a level counts its orders and their generations climb."""
    place = w.levels[m, np.uint64(level)]
    lots = np.int64(0)
    generation = np.int64(-1)
    good = place.head != 0
    slot = place.head
    while slot != 0:
        order = w.orders[slot]
        good = good and np.int64(order.generation) > generation and order.lots > 0
        good = good and np.int64(order.level) == level and order.market == m
        generation = np.int64(order.generation)
        lots += order.lots
        slot = order.next
    return good and lots == place.lots


@kernel
def _book_is_sound(w, m):
    """Result code for one book."""
    market = w.markets[m]
    code = HOLDS
    if market.bid >= market.ask or next_up(w, m, market.bid) != market.ask:
        code = CROSSED
    if next_down(w, m, np.int64(LEVELS)) > market.ask and next_down(w, m, market.ask) != market.bid:
        code = CROSSED
    level = next_up(w, m, np.int64(-1))
    while level < LEVELS and code == HOLDS:
        if not _queue_is_in_order(w, m, level):
            code = QUEUE
        level = next_up(w, m, level)
    return code


@kernel
def _orders_are_counted(w, m):
    """Whether each position counts its resting orders, and the market all of them."""
    market = w.markets[m]
    good = True
    count = np.int64(0)
    for a in range(1, w.accounts.shape[0]):
        position = w.positions[LINK(a), market.column]
        if w.accounts[LINK(a)].venue == market.venue:
            buy = np.int64(0)
            sell = np.int64(0)
            reducing = np.int64(0)
            own = np.int64(0)
            slot = position.orders
            while slot != 0:
                order = w.orders[slot]
                own += 1
                buy += order.lots if order.side > 0 else 0
                sell += order.lots if order.side < 0 else 0
                reducing += order.lots if order.reduces != 0 else 0
                good = good and order.account == a
                slot = order.account_next
            good = good and own == position.count and buy == position.buy and sell == position.sell
            good = good and reducing == position.reducing and reducing <= max(abs(position.lots), 0)
            count += own
    return good and count == market.orders


@kernel
def _nobody_is_forgotten(w):
    """Whether every account under its maintenance margin is being liquidated or about to be looked at.

    It is looked at with the next mark if it was touched, or if funding changed for everybody. Called when every
    breach that was found has been opened.
    """
    good = True
    for a in range(1, w.accounts.shape[0]):
        account = w.accounts[LINK(a)]
        awaited = account.touched != 0 or w.venues[account.venue].screen_is_stale != 0
        good = good and (awaited or not is_under_water(w, LINK(a)))
    return good


@kernel
def _bad_debt_is_paid(w):
    """Whether fund, winners and venue together have paid what bad debt there was."""
    good = True
    for v in range(1, w.venues.shape[0]):
        fund = w.funds[LINK(v), LINK(w.venues[LINK(v)].currency)]
        good = good and fund.bad_debt == fund.covered + fund.deleveraged + fund.socialised + fund.venue_loss
    return good


@routine
def violation(w):
    """Code of the first invariant that does not hold; 0 when all do."""
    code = HOLDS
    price = w.clock[0].now % 1_000_003 + 1
    if not _sizes_sum_to_zero(w):
        code = SIZES
    elif not _money_is_conserved(w, price) or not _money_is_conserved(w, 7 * price + 13):
        code = MONEY
    elif not _nobody_is_forgotten(w):
        code = FORGOTTEN
    elif not _bad_debt_is_paid(w):
        code = UNPAID
    for m in range(1, w.markets.shape[0]):
        if code == HOLDS:
            code = _book_is_sound(w, LINK(m))
        if code == HOLDS and not _orders_are_counted(w, LINK(m)):
            code = EXPOSURE
    return code


@entry
def find_violation(w):
    """The same, for Python: index into `VIOLATIONS`."""
    return violation(w)
