"""The list of pending liquidations: how one begins, what it pays and costs, how it ends.

A breach opens a liquidation: it gets a number, which every order it sends and every trade they make bears
as `cause`. It ends when the account is flat, or safe again.
"""

import numpy as np

from cascade_sim.market.constants import LINK, NONE, ZERO
from cascade_sim.market.event_queue import AFTER_CLOCKWORK, LIQUIDATE, in_order, push
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.ledger import touch
from cascade_sim.market.loss_waterfall import pay_deficit
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.matching import drop_all
from cascade_sim.market.moves import record_move
from cascade_sim.market.records import BREACH, CLOSED, EXPOSURE, LIQUIDATION_FEE, RELEASED, record_event
from cascade_sim.market.treatment import counts_breach, is_guaranteed, meet_call

__all__ = [
    "DETECTED",
    "NORMAL",
    "OFFERED",
    "SELLING",
    "cancel_orders",
    "charge",
    "conclude",
    "count_liquidated",
    "open_liquidation",
    "schedule",
]

NORMAL, DETECTED, OFFERED, SELLING = range(4)


@kernel
def schedule(w, a, delay):
    """Let the engine look at an account again; in one microsecond the older liquidation goes first."""
    tie = in_order(AFTER_CLOCKWORK + np.int64(w.accounts[a].liquidation))
    push(w, w.clock[0].now + delay, LIQUIDATE, np.int64(a), np.int64(w.accounts[a].liquidation), tie)


@kernel
def _begin(w, a, equity, maintenance, gross):
    """Give a breach its number, list the account as pending and write down what it holds."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    clock = w.clock[0]
    clock.liquidations += 1
    counts_breach(w, a)
    account.status = np.uint8(DETECTED)
    account.attempts = np.uint8(0)
    account.liquidation = np.uint32(clock.liquidations)
    account.since = clock.now
    account.next_pending = venue.pending
    account.previous_pending = LINK(0)
    if venue.pending != 0:
        w.accounts[venue.pending].previous_pending = LINK(a)
    venue.pending = LINK(a)
    cause = account.liquidation
    role = np.int64(account.role)
    record_event(w, BREACH, NONE, a, NONE, gross, maintenance, equity, cause, role, account.reference)
    for k in range(venue.markets):
        position = w.positions[a, LINK(k)]
        if position.lots != 0:
            m = LINK(venue.first_market + k)
            mark = w.markets[m].mark
            record_event(w, EXPOSURE, m, a, NONE, position.lots, mark, position.cost, cause, ZERO, venue.mark_number)
    schedule(w, a, w.engines[account.venue].latency)


@routine
def open_liquidation(w, a):
    """Register a breach and send the venue's engine on its way, unless somebody outside meets the call."""
    equity, maintenance, gross = equity_and_margin(w, a)
    if is_guaranteed(w, a):
        meet_call(w, a, maintenance - equity)
    else:
        _begin(w, a, equity, maintenance, gross)


@routine
def cancel_orders(w, m, a, role, cause):
    """Cancel an account's resting orders in a market, and answer for how that moved it."""
    market = w.markets[m]
    if w.positions[a, market.column].orders != 0:
        bid = market.bid
        ask = market.ask
        last = market.last
        drop_all(w, m, a)
        record_move(w, m, role, cause, bid, ask, last)


@kernel
def charge(w, a, amount, receiver):
    """Pay a liquidation fee, penalty or reward out of the account."""
    account = w.accounts[a]
    currency = w.venues[account.venue].currency
    w.balances[a, currency].amount -= amount
    w.balances[receiver, currency].amount += amount
    touch(w, receiver)
    record_event(w, LIQUIDATION_FEE, NONE, a, receiver, ZERO, ZERO, amount, account.liquidation, ZERO, ZERO)


@kernel
def count_liquidated(w, m, lots, notional):
    """Add to what was liquidated in a market."""
    market = w.markets[m]
    market.liquidated_lots += lots
    market.liquidated_notional += notional


@kernel
def end(w, a, kind):
    """Take an account off the list of pending liquidations."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    if account.previous_pending != 0:
        w.accounts[account.previous_pending].next_pending = account.next_pending
    else:
        venue.pending = account.next_pending
    if account.next_pending != 0:
        w.accounts[account.next_pending].previous_pending = account.previous_pending
    balance = w.balances[a, venue.currency].amount
    attempts = np.int64(account.attempts)
    record_event(w, kind, NONE, a, NONE, ZERO, ZERO, balance, account.liquidation, attempts, account.since)
    account.status = np.uint8(NORMAL)
    touch(w, a)


@routine
def close_out(w, a):
    """End the liquidation of an account that is flat: cover its deficit, or take its remainder."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    pay_deficit(w, a, account.liquidation)
    balance = w.balances[a, venue.currency]
    if w.engines[account.venue].remainder_to_fund != 0 and balance.amount > 0:
        charge(w, a, balance.amount, venue.fund_account)
    end(w, a, CLOSED)


@kernel
def conclude(w, a, delay):
    """After an action: end the liquidation if the account is flat or safe, else come back after a delay."""
    equity, maintenance, _ = equity_and_margin(w, a)
    if w.accounts[a].open_positions == 0:
        close_out(w, a)
    elif equity >= maintenance:
        end(w, a, RELEASED)
    elif delay > 0:
        schedule(w, a, delay)
