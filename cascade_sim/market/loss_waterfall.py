"""Who pays when a closed-out account is below zero: the fund, then the winners, then the venue.

Two payers stand before this: the fund, where it takes a position over at a bankruptcy price beyond the mark, and
the winners who are deleveraged at such a price; both leave no deficit, and what it cost them against the mark
counts as bad debt all the same. What market selling leaves is paid by the insurance fund; what the fund can't pay
is shared by the accounts with unrealised profit, in proportion; what nobody has is the venue's loss. Each unit of
bad debt has exactly one payer on record.
"""

import numpy as np

from cascade_sim.market.arithmetic import muldiv
from cascade_sim.market.constants import LINK, NONE, ZERO
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.ledger import touch
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.records import DEFAULT, LOSS, record_event
from cascade_sim.market.roles import ABSORBER, FUND

__all__ = ["count_bad_debt", "fund_backing", "pay_deficit"]


@kernel
def fund_backing(w, v):
    """Units the insurance fund of a venue can pay now: its balance, at most its equity."""
    venue = w.venues[v]
    equity, _, _ = equity_and_margin(w, venue.fund_account)
    return max(min(equity, w.balances[venue.fund_account, venue.currency].amount), 0)


@kernel
def count_bad_debt(w, v, by_fund, by_winners):
    """Count what an account was below zero where no deficit shows it: units paid at once, and by whom."""
    fund = w.funds[v, w.venues[v].currency]
    fund.bad_debt += by_fund + by_winners
    fund.covered += by_fund
    fund.deleveraged += by_winners


@kernel
def _unrealised_profit(w, a):
    """Profit at mark of an account's positions together, or 0."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    equity, _, _ = equity_and_margin(w, a)
    return max(equity - w.balances[a, venue.currency].amount, 0)


@kernel
def _pay(w, payer, a, amount, cause):
    """Let an account of the venue pay part of another's deficit."""
    currency = w.venues[w.accounts[a].venue].currency
    w.balances[payer, currency].amount -= amount
    w.balances[a, currency].amount += amount
    touch(w, payer)
    record_event(w, LOSS, NONE, a, payer, ZERO, ZERO, amount, cause, np.int64(w.accounts[payer].role), ZERO)


@routine
def _socialise(w, v, a, deficit, cause):
    """Share a deficit among the accounts in profit, rounded down; returns what is left of it."""
    fund = w.funds[v, w.venues[v].currency]
    total = np.int64(0)
    for b in range(1, w.accounts.shape[0]):
        account = w.accounts[LINK(b)]
        if account.venue == v and account.role != ABSORBER and account.role != FUND and b != a:
            total += _unrealised_profit(w, LINK(b))
    due = min(deficit, total)
    left = due
    for b in range(1, w.accounts.shape[0]):
        account = w.accounts[LINK(b)]
        if left > 0 and account.venue == v and account.role != ABSORBER and account.role != FUND and b != a:
            profit = _unrealised_profit(w, LINK(b))
            if profit > 0:
                # The remainder of the rounding goes to the first payers, one unit each at most.
                share = min(left, min(profit, muldiv(due, profit, total) + 1))
                _pay(w, LINK(b), a, share, cause)
                fund.socialised += share
                left -= share
    return deficit - due + left


@routine
def pay_deficit(w, a, cause):
    """Bring the balance of a flat account up to zero.

    Parameters
    ----------
    a : uint64
        An account without positions.
    cause : uint32
        The liquidation that left it so.

    Returns
    -------
    int64
        The deficit, in units of the venue's currency.
    """
    v = w.accounts[a].venue
    venue = w.venues[v]
    fund = w.funds[v, venue.currency]
    deficit = max(-w.balances[a, venue.currency].amount, 0)
    if deficit > 0:
        fund.bad_debt += deficit
        record_event(w, DEFAULT, NONE, a, NONE, ZERO, ZERO, deficit, cause, ZERO, ZERO)
        paid = np.int64(0)
        if a != venue.fund_account:
            paid = min(deficit, fund_backing(w, v))
            if paid > 0:
                _pay(w, venue.fund_account, a, paid, cause)
                fund.covered += paid
        left = deficit - paid
        if left > 0 and w.engines[v].socialises != 0:
            left = _socialise(w, v, a, left, cause)
        if left > 0:
            w.balances[a, venue.currency].amount += left
            fund.venue_loss += left
            record_event(w, LOSS, NONE, a, NONE, ZERO, ZERO, left, cause, ZERO, ZERO)
    return deficit
