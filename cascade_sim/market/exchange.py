"""The exchange as a state machine: `apply` is the only way to change orders and positions.

A message says who wants what; the exchange checks it, acts, and writes down what happened. It can be
driven without agents: by a test, a fuzzer, a replay of recorded messages, a benchmark.
"""

import numpy as np

from cascade_sim.market.admission import loss_when_filled, malformed, refusal
from cascade_sim.market.arithmetic import MILLION
from cascade_sim.market.constants import LEVELS, LINK, MAX_MONEY, NONE, SPOT, ZERO
from cascade_sim.market.kernel import kernel, part, prefetch
from cascade_sim.market.ledger import touch
from cascade_sim.market.margin import free_collateral, open_loss
from cascade_sim.market.matching import drop, drop_all, order_id, place, standing_lots, take
from cascade_sim.market.moves import record_move
from cascade_sim.market.pending import cancel_orders
from cascade_sim.market.records import (
    BAD_SIZE,
    INSUFFICIENT_MARGIN,
    NOT_FILLABLE,
    NOTHING_TO_REDUCE,
    POOL_FULL,
    TRANSFER,
    UNKNOWN_ORDER,
    WOULD_TRADE,
    WRONG_MARKET,
    record_event,
    record_rejection,
)
from cascade_sim.market.takeover import close_for_reward, take_over

__all__ = [
    "CANCEL",
    "CANCEL_ALL",
    "CLOSE_FOR_REWARD",
    "FILL_OR_KILL",
    "IMMEDIATE",
    "LIMIT",
    "MARKET",
    "POST_ONLY",
    "REDUCE_ONLY",
    "REPLACE_QUOTES",
    "SET_LEVERAGE",
    "TAKE_OVER",
    "TRANSFER_COLLATERAL",
    "apply",
]

LIMIT, MARKET, IMMEDIATE, FILL_OR_KILL, POST_ONLY, REPLACE_QUOTES = np.arange(6, dtype=np.uint32)
CANCEL, CANCEL_ALL, TRANSFER_COLLATERAL, SET_LEVERAGE, TAKE_OVER, CLOSE_FOR_REWARD = np.arange(6, 12, dtype=np.uint32)
REDUCE_ONLY = np.uint32(1)


@kernel
def _execute(w, message, side, limit, lots):
    """Match an admitted order and rest what is left; returns the order's id, 0, or minus a reason."""
    m = message.market
    kind = message.kind
    market = w.markets[m]
    crosses = market.ask <= limit if side > 0 else market.bid >= limit
    result = ZERO
    if kind == POST_ONLY and crosses:
        result = np.int64(-WOULD_TRADE)
    elif kind == FILL_OR_KILL and standing_lots(w, m, message.account, side, limit, lots) < lots:
        result = np.int64(-NOT_FILLABLE)
    else:
        left, alive = take(w, m, message.account, side, limit, lots, message.cause, message.role)
        if left > 0 and alive and (kind == LIMIT or kind >= POST_ONLY):
            reduces = np.int64(message.options & REDUCE_ONLY) if kind != REPLACE_QUOTES else ZERO
            slot = place(w, m, message.account, side, limit, left, reduces)
            result = np.int64(-POOL_FULL) if slot == 0 else order_id(w, slot)
    return result


@kernel
def _order(w, message):
    """One order of any kind."""
    m = message.market
    market = w.markets[m]
    side = np.int64(1) if message.lots > 0 else np.int64(-1)
    lots = abs(message.lots)
    limit = message.price
    if message.kind == MARKET:
        limit = np.int64(LEVELS - 1) if side > 0 else np.int64(1)
    reason = malformed(market, limit, message.lots)
    if message.options & REDUCE_ONLY:
        position = w.positions[message.account, market.column]
        lots = min(lots, max(-side * position.lots - position.reducing, 0))
        if lots == 0:
            reason = max(reason, NOTHING_TO_REDUCE)
    if reason == 0:
        cost = lots * limit if side > 0 and message.kind != MARKET else ZERO
        buy = lots if side > 0 else ZERO
        loss = ZERO
        if market.kind != SPOT and not message.options & REDUCE_ONLY:
            rests = message.kind == LIMIT or message.kind == POST_ONLY
            loss = loss_when_filled(w, m, message.account, side, limit, lots, rests)
        reason = refusal(w, message.account, m, buy, lots - buy, cost, loss)
    result = np.int64(-reason)
    if reason == 0:
        result = _execute(w, message, side, limit, lots)
    return result


@kernel
def _replace_quotes(w, message):
    """Cancel all own orders in the market and place the given quotes, all or none."""
    m = message.market
    a = message.account
    market = w.markets[m]
    buy = ZERO
    sell = ZERO
    cost = ZERO
    loss = ZERO
    reason = ZERO
    for j in range(message.reference, message.reference + np.int64(message.count)):
        quote = w.quotes[LINK(j)]
        prefetch(w.levels[m, np.uint64(min(max(quote.level, 0), LEVELS - 1))])
        reason = max(reason, malformed(market, quote.level, quote.lots))
        if quote.lots > 0:
            buy += quote.lots
            cost += quote.lots * quote.level
            loss += open_loss(w, m, np.int64(1), quote.level, quote.lots)
        else:
            sell -= quote.lots
            loss += open_loss(w, m, np.int64(-1), quote.level, -quote.lots)
    drop_all(w, m, a)
    if reason == 0:
        reason = refusal(w, a, m, buy, sell, cost, loss)
    result = np.int64(-reason)
    if reason == 0:
        for j in range(message.reference, message.reference + np.int64(message.count)):
            quote = w.quotes[LINK(j)]
            side = np.int64(1) if quote.lots > 0 else np.int64(-1)
            crosses = market.ask <= quote.level if side > 0 else market.bid >= quote.level
            if crosses:
                result = min(result, _execute(w, message, side, quote.level, abs(quote.lots)))
            elif place(w, m, a, side, quote.level, abs(quote.lots), ZERO) == 0:  # most quotes: spared the matching
                result = min(result, np.int64(-POOL_FULL))
    return result


@kernel
def _cancel(w, message):
    """Cancel one order by its id; a stale id or somebody else's order is refused."""
    slot = LINK(message.reference & 0xFFFFFFFF)
    result = np.int64(-UNKNOWN_ORDER)
    if slot < w.orders.shape[0]:
        order = w.orders[slot]
        same = np.int64(order.generation) == message.reference >> 32
        own = order.account == message.account and order.market == message.market
        if order.lots > 0 and same and own:
            drop(w, message.market, slot)
            result = ZERO
    return result


@kernel
def _cancel_all(w, message):
    """Cancel all orders of an account, in one market or (market 0) in all of its venue."""
    if message.market != 0:
        cancel_orders(w, message.market, message.account, message.role, message.cause)
    else:
        venue = w.venues[w.accounts[message.account].venue]
        for k in range(venue.markets):
            m = LINK(venue.first_market + k)
            cancel_orders(w, m, message.account, message.role, message.cause)
    return ZERO


@kernel
def _transfer(w, message):
    """Deposit collateral, or withdraw it (negative) as far as initial margin and the venue's rule on profit allow."""
    a = message.account
    account = w.accounts[a]
    venue = w.venues[account.venue]
    amount = message.lots
    free, _ = free_collateral(w, a, np.int64(-1), ZERO, ZERO)
    if venue.pays_out_profit == 0:
        free = min(free, w.balances[a, venue.currency].amount)
    reason = ZERO
    if amount < -MAX_MONEY or amount > MAX_MONEY - max(w.balances[a, venue.currency].amount, 0):
        reason = BAD_SIZE
    elif amount < 0 and (account.status != 0 or free + amount < 0):
        reason = INSUFFICIENT_MARGIN
    else:
        w.balances[a, venue.currency].amount += amount
        w.funds[account.venue, venue.currency].deposits += amount
        touch(w, a)
        record_event(w, TRANSFER, NONE, a, NONE, ZERO, ZERO, amount, message.cause, ZERO, ZERO)
    return np.int64(-reason)


@kernel
def _set_leverage(w, message):
    """Choose the leverage (as its inverse, in ppm) that future orders in a market are margined at."""
    a = message.account
    position = w.positions[a, w.markets[message.market].column]
    before = position.initial_ppm
    reason = ZERO
    if message.lots < 1 or message.lots > MILLION:
        reason = BAD_SIZE
    else:
        position.initial_ppm = message.lots
        free, _ = free_collateral(w, a, np.int64(-1), ZERO, ZERO)
        if message.lots > before and free < 0:
            position.initial_ppm = before
            reason = INSUFFICIENT_MARGIN
    return np.int64(-reason)


@kernel
def _is_misaddressed(w, message):
    """Whether a message names an account, a market or a kind that does not exist, or another venue's market."""
    m = message.market
    a = message.account
    kind = message.kind
    wrong = a == 0 or a >= w.accounts.shape[0] or m >= w.markets.shape[0] or kind > CLOSE_FOR_REWARD
    if not wrong and m != 0:
        wrong = w.accounts[a].venue != w.markets[m].venue
    elif not wrong:
        wrong = kind <= CANCEL or kind in (SET_LEVERAGE, TAKE_OVER)
    return wrong


@part
def apply(w, message):
    """Act on one message.

    Parameters
    ----------
    w : World
        Its event tables must have room for what a message can write (`cascade_sim.engine.capacity`).
    message : message_t
        What the account wants; `kind` says what the other fields mean.

    Returns
    -------
    int64
        Id of a resting order, 0 for done, or minus the reason of a refusal (also on record).
    """
    m = message.market if message.market < w.markets.shape[0] else NONE
    market = w.markets[m]
    bid = market.bid
    ask = market.ask
    last = market.last
    kind = message.kind
    result = ZERO
    if _is_misaddressed(w, message):
        result = np.int64(-WRONG_MARKET)
    elif kind < REPLACE_QUOTES:
        result = _order(w, message)
    elif kind == REPLACE_QUOTES:
        result = _replace_quotes(w, message)
    elif kind == CANCEL:
        result = _cancel(w, message)
    elif kind == CANCEL_ALL:
        result = _cancel_all(w, message)
    elif kind == TRANSFER_COLLATERAL:
        result = _transfer(w, message)
    elif kind == SET_LEVERAGE:
        result = _set_leverage(w, message)
    elif kind == TAKE_OVER:
        result = take_over(w, message)
    else:
        result = close_for_reward(w, message)
    moved = market.bid != bid or market.ask != ask or market.last != last
    if moved and kind <= CANCEL:
        record_move(w, m, message.role, message.cause, bid, ask, last)
    if result < 0:
        record_rejection(w, message, -result)
    return result
