"""Which accounts are under water, without looking at all of them.

For each block of 64 accounts and each market a band is kept: while every mark stays strictly inside,
no account of the block can be under water. Only accounts that were touched since the last check, and
blocks whose band was left, are looked at. The result is the same as checking everybody.
"""

import numpy as np

from cascade_sim.market.constants import ACCOUNT_BLOCK, FOREVER, LINK
from cascade_sim.market.kernel import kernel, part, routine
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.roles import ABSORBER

__all__ = ["find_breaches", "find_breaches_by_brute_force", "is_under_water"]

# An adverse move of share r in every mark lowers equity by at most r times gross notional and raises
# maintenance margin by at most half of that (no venue asks more than 50 %): 1.5 in all. The slack of
# 16 units covers the roundings of up to 16 positions.
_SENSITIVITY = 1.5
_SLACK = 16


@kernel
def is_under_water(w, a):
    """Whether an account that is not being liquidated has less equity than maintenance margin.

    A flat account below zero is, too: it lost more than it had in a trade of its own.
    """
    account = w.accounts[a]
    under = False
    if account.status == 0 and account.role != ABSORBER:
        equity, maintenance, _ = equity_and_margin(w, a)
        under = equity < maintenance
    return under


@kernel
def _widest(band):
    band.low = -FOREVER
    band.high = FOREVER


@kernel
def _narrow(w, a):
    """Narrow the bands of an account's block so that it can't be under water inside; tells if it is now."""
    account = w.accounts[a]
    under = False
    if account.status == 0 and account.role != ABSORBER:
        equity, maintenance, gross = equity_and_margin(w, a)
        under = equity < maintenance
        share = np.float64(equity - maintenance - _SLACK) / (np.float64(gross + 1) * _SENSITIVITY)
        share = min(max(share, 0.0), 0.9)
        venue = w.venues[account.venue]
        block = LINK(1 + np.int64(a) // ACCOUNT_BLOCK)
        for k in range(venue.markets):
            if w.positions[a, LINK(k)].lots != 0:
                m = LINK(venue.first_market + k)
                mark = w.markets[m].mark
                distance = np.int64(share * np.float64(mark) * 0.999999)
                band = w.bands[block, m]
                band.low = max(band.low, mark - distance)
                band.high = min(band.high, mark + distance)
        if under:
            w.bands[block, LINK(venue.first_market)].low = FOREVER
    return under


@kernel
def _is_left(w, v, block):
    """Whether a mark of the venue has left the block's band."""
    venue = w.venues[v]
    left = False
    for k in range(venue.markets):
        m = LINK(venue.first_market + k)
        band = w.bands[block, m]
        mark = w.markets[m].mark
        left = left or mark <= band.low or mark >= band.high
    return left


@kernel
def _visit(w, v, block):
    """Look at every account of a block, renew its bands and list who is under water."""
    venue = w.venues[v]
    pools = w.pools[0]
    for k in range(venue.markets):
        _widest(w.bands[block, LINK(venue.first_market + k)])
    first = (np.int64(block) - 1) * ACCOUNT_BLOCK
    for a in range(max(first, 1), min(first + ACCOUNT_BLOCK, w.accounts.shape[0])):
        if w.accounts[LINK(a)].venue == v and _narrow(w, LINK(a)):
            w.breaches[LINK(pools.breaches)] = np.uint32(a)
            pools.breaches += 1


@kernel
def _look_at_touched(w, v):
    """Narrow the bands for accounts whose size or collateral changed; a breach makes its block be visited."""
    venue = w.venues[v]
    a = venue.touched
    while a != 0:
        account = w.accounts[a]
        account.touched = np.uint8(0)
        _narrow(w, a)
        a = account.next_touched
    venue.touched = LINK(0)


@kernel
def _forget_bands(w, v):
    """Let every block be visited: funding, tiers or another rule changed for all."""
    venue = w.venues[v]
    if venue.screen_is_stale != 0:
        for block in range(1, w.bands.shape[0]):
            for k in range(venue.markets):
                w.bands[LINK(block), LINK(venue.first_market + k)].low = FOREVER
        venue.screen_is_stale = LINK(0)


@part
def find_breaches(w, v):
    """List in ``breaches`` the accounts of a venue that are under water, in the order of their rows."""
    _forget_bands(w, v)
    _look_at_touched(w, v)
    for block in range(1, w.bands.shape[0]):
        if _is_left(w, v, LINK(block)):
            _visit(w, v, LINK(block))


@routine
def find_breaches_by_brute_force(w, v):
    """The same by looking at everybody: the definition that the screen is tested against."""
    pools = w.pools[0]
    for a in range(1, w.accounts.shape[0]):
        if w.accounts[LINK(a)].venue == v and is_under_water(w, LINK(a)):
            w.breaches[LINK(pools.breaches)] = np.uint32(a)
            pools.breaches += 1
