"""What an account must hold: tiered maintenance margin, initial margin, equity, liquidation price.

Maintenance margin of a position of notional N in tier k is ``N * rate_k - deduction_k``, where the
deductions make it continuous in N. Initial margin is N over the leverage the owner chose, and never
less than the tier's own limit. A cross account is judged on the sums over its positions; an isolated
position is an account of its own.

References
----------
Binance, "Leverage and margin of USDT-margined futures" (maintenance amount); Hyperliquid docs,
trading/margin-tiers; formula of the liquidation price: Binance FAQ b3c689c1f50a44cabb3a84e663b81d93.
"""

import numpy as np

from cascade_sim.market.arithmetic import MILLION, share_down, share_up
from cascade_sim.market.constants import LINK, PERPETUAL, TIERS
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.roles import FUND

__all__ = [
    "covered_notional",
    "equity_and_margin",
    "free_collateral",
    "initial_margin",
    "liquidation_mark",
    "maintenance_margin",
    "margin_left",
    "open_loss",
    "tier_of",
]


@kernel
def tier_of(w, m, notional):
    """Tier (row of ``tiers[m]``) that contains a notional."""
    k = np.int64(0)
    while k + 1 < TIERS and notional > w.tiers[m, LINK(k + 1)].floor:
        k += 1
    return k


@kernel
def maintenance_margin(w, m, notional):
    """Maintenance margin of a position, rounded up.

    Parameters
    ----------
    notional : int64
        Units of currency, not negative.
    """
    tier = w.tiers[m, LINK(tier_of(w, m, notional))]
    return share_up(notional, tier.maintenance_ppm) - tier.deduction


@kernel
def initial_margin(w, m, notional, initial_ppm):
    """Margin needed to open: one over the chosen leverage, at least the tier's limit; rounded up."""
    tier = w.tiers[m, LINK(tier_of(w, m, notional))]
    return share_up(notional, max(initial_ppm, tier.initial_ppm))


@kernel
def covered_notional(w, m, margin, initial_ppm, loss):
    """Largest notional whose initial margin, and loss, an amount covers; the inverse of `initial_margin`.

    Parameters
    ----------
    margin : float64
        Units of currency; nothing is covered by less than none.
    loss : float64
        What must be covered besides, as a share of notional.

    Returns
    -------
    float64
        Units of currency.

    Notes
    -----
    Tier k covers ``min(margin / (rate_k + loss), ceiling_k)``, if that is more than its floor.
    """
    most = 0.0
    for k in range(TIERS):
        tier = w.tiers[m, LINK(k)]
        rate = np.float64(max(initial_ppm, tier.initial_ppm)) / MILLION + loss
        ceiling = np.float64(w.tiers[m, LINK(k + 1)].floor) if k + 1 < TIERS else np.inf
        covered = min(margin / rate, ceiling)
        if covered > np.float64(tier.floor):
            most = covered
    return most


@kernel
def equity_and_margin(w, a):
    """Equity at mark, maintenance margin and gross notional of an account, in units of currency.

    Returns
    -------
    equity, maintenance, gross : int64
        The insurance fund's own account needs no margin: its maintenance is 0.
    """
    account = w.accounts[a]
    venue = w.venues[account.venue]
    equity = w.balances[a, venue.currency].amount
    maintenance = np.int64(0)
    gross = np.int64(0)
    for k in range(venue.markets):
        position = w.positions[a, LINK(k)]
        if position.lots != 0:
            m = LINK(venue.first_market + k)
            market = w.markets[m]
            value = position.lots * market.mark
            equity += value - position.cost - position.lots * (market.funding - position.funding)
            gross += abs(value)
            if account.role != FUND:
                maintenance += maintenance_margin(w, m, abs(value))
    return equity, maintenance, gross


@kernel
def margin_left(w, a):
    """Equity less initial margin of positions, as if no order of the account's rested in a perpetual; units."""
    venue = w.venues[w.accounts[a].venue]
    equity, _, _ = equity_and_margin(w, a)
    left = equity - w.balances[a, venue.currency].reserved
    for k in range(venue.markets):
        position = w.positions[a, LINK(k)]
        if position.lots != 0:
            m = LINK(venue.first_market + k)
            left -= initial_margin(w, m, abs(position.lots) * w.markets[m].mark, position.initial_ppm)
    return left


@kernel
def _resting_loss(w, m, position):
    """Most that the resting orders of a position could lose against the mark by being filled at once.

    No resting bid lies above the best bid and no ask below the best ask, so that two products bound the loss
    without a look at any order; they are zero as long as the mark lies between bid and ask.
    """
    market = w.markets[m]
    above = max(market.bid * market.tick_value - market.mark, 0)
    below = max(market.mark - market.ask * market.tick_value, 0)
    return position.buy * above + position.sell * below


@kernel
def open_loss(w, m, side, level, lots):
    """What an order for `lots` at a level loses against the mark as soon as it is filled there, in units.

    References
    ----------
    Binance FAQ "How to calculate cost required to open a position in perpetual futures contracts":
    cost = initial margin + open loss, open loss = size * |min(0, direction * (mark - order price))|.
    """
    market = w.markets[m]
    return max(side * (level * market.tick_value - market.mark), 0) * lots


@kernel
def free_collateral(w, a, changed, buy, sell):
    """Equity less initial margin of positions and open orders, with more orders in one market.

    What resting orders would lose against the mark if they were filled now is taken off too.

    Parameters
    ----------
    changed : int64
        Column of the market that gets `buy` and `sell` more lots of open orders.

    Returns
    -------
    free : int64
        Units of currency.
    grows : bool
        Whether the larger of the two possible positions in that market would grow.
    """
    account = w.accounts[a]
    venue = w.venues[account.venue]
    purse = w.balances[a, venue.currency]
    free = purse.amount - purse.reserved
    grows = False
    for k in range(venue.markets):
        position = w.positions[a, LINK(k)]
        long = position.lots + position.buy
        short = position.lots - position.sell
        if k == changed:
            larger = max(abs(long), abs(short))
            long += buy
            short -= sell
            grows = max(abs(long), abs(short)) > larger
        if long != 0 or short != 0:
            m = LINK(venue.first_market + k)
            market = w.markets[m]
            if market.kind == PERPETUAL:
                free += position.lots * (market.mark - market.funding + position.funding) - position.cost
                free -= _resting_loss(w, m, position)
                free -= initial_margin(w, m, max(abs(long), abs(short)) * market.mark, position.initial_ppm)
    return free, grows


@routine
def liquidation_mark(w, a, m):
    """Mark of market `m` at which the account's equity falls to its maintenance margin.

    Other marks are held where they are; the tier is the one that contains the position there.

    Returns
    -------
    mark : float64
        Units of currency per lot; 0 for a long, infinity for a short that can't be liquidated.

    Notes
    -----
    With equity e, other positions' maintenance o, side s and size q lots at mark P,
    ``x = (s q P - e + o - D_k) / (q (s - r_k))``.
    """
    venue = w.venues[w.accounts[a].venue]
    equity, maintenance, _ = equity_and_margin(w, a)
    mark = w.markets[m].mark
    lots = w.positions[a, LINK(m - venue.first_market)].lots
    size = abs(lots)
    found = np.inf if lots < 0 else 0.0
    if lots != 0:
        other = maintenance - maintenance_margin(w, m, size * mark)
        side = 1.0 if lots > 0 else -1.0
        for k in range(TIERS):
            tier = w.tiers[m, LINK(k)]
            rate = np.float64(tier.maintenance_ppm) / MILLION
            x = (np.float64(lots * mark - equity + other) - np.float64(tier.deduction)) / (
                np.float64(size) * (side - rate)
            )
            notional = x * np.float64(size)
            above = notional > np.float64(tier.floor) or k == 0
            below = k + 1 == TIERS or notional <= np.float64(w.tiers[m, LINK(k + 1)].floor)
            if x > 0.0 and above and below:
                found = x
                break
    return found


@kernel
def lots_to_restore(w, m, lots, equity, maintenance, fee_ppm, buffer_ppm):
    """Fewest lots to close at mark so that equity covers maintenance margin again.

    Parameters
    ----------
    lots : int64
        Signed size of the position.
    equity, maintenance : int64
        Of the whole account, before.
    fee_ppm, buffer_ppm : int64
        Liquidation fee on what is closed; margin wanted above maintenance, of what remains.

    Returns
    -------
    int64
        Unsigned, between 0 and the whole position.
    """
    mark = w.markets[m].mark
    size = abs(lots)
    other = maintenance - maintenance_margin(w, m, size * mark)
    low = np.int64(0)
    high = size
    while low < high:
        closed = (low + high) // 2
        left = (size - closed) * mark
        needed = other + maintenance_margin(w, m, left) + share_up(left, buffer_ppm)
        if equity - share_down(closed * mark, fee_ppm) >= needed:
            high = closed
        else:
            low = closed + 1
    return low
