"""Who owns what: positions, balances and fees, in integers that add up.

A perpetual position is a signed number of lots and a signed *cost*: what was paid for it. A trade
that adds lots adds its value to the cost; one that removes lots releases the same share of the cost,
and the difference between value and released cost is realised into the balance. So for every mark P
the sum of ``lots * P - cost`` over two sides of a trade does not change, whatever the roundings.

A spot trade swaps two balances; its fee is taken from the asset received, so that nobody can be
charged what he does not have.
"""

import numpy as np

from cascade_sim.market.arithmetic import share_up
from cascade_sim.market.constants import LINK, PERPETUAL
from cascade_sim.market.kernel import kernel

__all__ = ["cost_after", "fill", "pay_funding", "settle", "touch"]


@kernel
def touch(w, a):
    """Note that the account's size or collateral changed: its margin must be looked at again."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    account.reference = venue.mark_number
    if account.touched == 0:
        account.touched = np.uint8(1)
        account.next_touched = venue.touched
        venue.touched = LINK(a)


@kernel
def pay_funding(w, m, a):
    """Settle the funding that a position has accrued since it was settled last."""
    market = w.markets[m]
    position = w.positions[a, market.column]
    if position.funding != market.funding:
        due = position.lots * (market.funding - position.funding)
        w.balances[a, market.currency].amount -= due
        w.funds[market.venue, market.currency].funding += due
        position.funding = market.funding


@kernel
def _kept_cost(cost, lots, kept):
    """Share of a cost that stays with `kept` of `lots` lots, rounded towards zero."""
    whole = abs(lots)
    rest = abs(kept)
    amount = abs(cost)
    share = (amount // whole) * rest + (amount % whole) * rest // whole
    return share if cost >= 0 else -share


@kernel
def cost_after(lots, cost, traded, value):
    """Cost of a position of signed `lots` at a signed `cost` after signed `traded` lots for a signed `value`.

    Notes
    -----
    Closing keeps the cost per lot, rounded towards zero; at zero lots all cost is realised. A trade
    through zero realises the whole old cost and opens the rest at the trade's own price, which is
    a whole number of units per lot in the book; elsewhere the remainder is realised too.
    """
    after = lots + traded
    if lots == 0:
        kept = value
    elif (lots > 0) == (traded > 0):
        kept = cost + value
    elif after == 0:
        kept = np.int64(0)
    elif (after > 0) == (lots > 0):
        kept = _kept_cost(cost, lots, after)
    else:
        kept = after * (value // traded)
    return kept


@kernel
def settle(w, m, a, lots, value, fee):
    """Change a perpetual position by signed `lots` for a signed `value`, and charge a fee.

    Parameters
    ----------
    m, a : uint32
        Market and account.
    lots : int64
        Bought (positive) or sold.
    value : int64
        Units paid for the lots; has their sign.
    fee : int64
        Units charged; the caller credits them to somebody.
    """
    market = w.markets[m]
    pay_funding(w, m, a)
    position = w.positions[a, market.column]
    account = w.accounts[a]
    before = position.lots
    after = before + lots
    cost = cost_after(before, position.cost, lots, value)
    if before == 0:
        account.open_positions += np.uint32(1)
        w.pools[0].positions += 1
    elif after == 0:
        account.open_positions -= np.uint32(1)
        w.pools[0].positions -= 1
    gain = cost - position.cost - value
    w.balances[a, market.currency].amount += gain - fee
    account.realised += gain
    account.fees += fee
    position.cost = cost
    position.lots = after
    market.open_interest += abs(after) - abs(before)
    touch(w, a)


@kernel
def _swap(w, m, a, lots, value, ppm):
    """Exchange base against currency in a spot market; returns the fee, in the asset received."""
    market = w.markets[m]
    base = w.balances[a, market.asset]
    currency = w.balances[a, market.currency]
    amount = abs(lots) * market.lot_units
    if lots > 0:
        fee = share_up(amount, ppm)
        currency.amount -= value
        base.amount += amount - fee
        w.funds[market.venue, market.asset].fees += fee
    else:
        fee = share_up(-value, ppm)
        base.amount -= amount
        currency.amount += -value - fee
        w.funds[market.venue, market.currency].fees += fee
    return fee


@kernel
def fill(w, m, a, lots, value, ppm):
    """Book one side of a trade and its fee (rounded up, to the venue); returns the fee."""
    market = w.markets[m]
    if market.kind == PERPETUAL:
        fee = share_up(abs(value), ppm)
        settle(w, m, a, lots, value, fee)
        w.funds[market.venue, market.currency].fees += fee
    else:
        fee = _swap(w, m, a, lots, value, ppm)
    return fee
