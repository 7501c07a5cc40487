"""What liquidators may do while an account is on offer: take it over, or have it closed for a reward."""

import numpy as np

from cascade_sim.market.arithmetic import muldiv, share_down, share_up
from cascade_sim.market.auto_deleveraging import hand_over
from cascade_sim.market.constants import LINK
from cascade_sim.market.forced_selling import lots_to_close, sell_in_book
from cascade_sim.market.kernel import part, routine
from cascade_sim.market.margin import equity_and_margin, free_collateral
from cascade_sim.market.pending import NORMAL, OFFERED, conclude, count_liquidated
from cascade_sim.market.records import INSUFFICIENT_MARGIN, NOT_OFFERED, NOT_PROFITABLE, TAKEOVER, record_event

__all__ = ["close_for_reward", "take_over"]


@routine
def take_over(w, message):
    """A liquidator takes offered lots at mark less a discount.

    Message: `reference` the account under water, `lots` how many (unsigned) at most, `price` the
    smallest discount wanted, in ppm of notional. The discount is the venue's, but never more than the
    account's equity pays for: a liquidator can't make an account worse than bankrupt.
    """
    a = LINK(message.reference)
    b = message.account
    m = message.market
    result = np.int64(-NOT_OFFERED)
    if a < w.accounts.shape[0] and w.accounts[a].status == OFFERED and a != b:
        account = w.accounts[a]
        engine = w.engines[account.venue]
        market = w.markets[m]
        equity, maintenance, gross = equity_and_margin(w, a)
        lots = w.positions[a, market.column].lots
        size = min(lots_to_close(w, a, m, equity, maintenance), message.lots)
        if account.venue == w.accounts[b].venue and market.venue == account.venue and lots != 0 and size > 0:
            lots = size if lots > 0 else -size
            notional = size * market.mark
            discount = min(share_down(notional, engine.discount_ppm), muldiv(max(equity, 0), notional, gross))
            buy = max(lots, 0)
            free, grows = free_collateral(w, b, np.int64(market.column), buy, buy - lots)
            if equity >= maintenance:
                result = np.int64(-NOT_OFFERED)
            elif discount < share_up(notional, message.price):
                result = np.int64(-NOT_PROFITABLE)
            elif (grows and free < 0) or w.accounts[b].status != NORMAL:
                result = np.int64(-INSUFFICIENT_MARGIN)
            else:
                value = lots * market.mark - discount
                cause = account.liquidation
                hand_over(w, m, a, b, lots, value, cause)
                role = np.int64(message.role)
                record_event(w, TAKEOVER, m, a, b, lots, market.mark, discount, cause, role, value)
                count_liquidated(w, m, size, notional)
                conclude(w, a, np.int64(0))
                result = np.int64(0)
    return result


@part
def close_for_reward(w, message):
    """A liquidator has an offered account (`reference`) closed in the book, for a share of the fee."""
    a = LINK(message.reference)
    result = np.int64(-NOT_OFFERED)
    if a < w.accounts.shape[0] and w.accounts[a].status == OFFERED and a != message.account:
        equity, maintenance, _ = equity_and_margin(w, a)
        same_venue = w.accounts[a].venue == w.accounts[message.account].venue
        if equity < maintenance and same_venue:
            sell_in_book(w, a, message.account)
            conclude(w, a, np.int64(0))
            result = np.int64(0)
    return result
