"""What a venue does with an account whose equity fell below its maintenance margin.

A breach opens a liquidation: it gets a number, which every order it sends and every trade they make
bears as `cause`. After the engine's latency the account is looked at again; its orders are cancelled;
where the venue gives liquidators a window, they may take the position over at a discount or have it
closed for a reward; then the venue sells in the book, within a limit, again and again until margin is
restored or nothing is left. An account that is beyond saving goes to the backstop: the insurance fund
takes its positions at their bankruptcy price as far as it can, then the winners are deleveraged.

References
----------
Venue documents on liquidation of Binance, Bybit and Hyperliquid; dYdX v4
`protocol/x/clob/keeper/liquidations.go` for the bankruptcy price of one position of several.
"""

import numpy as np

from cascade_sim.market.arithmetic import MILLION, divide_up, muldiv, share_down, share_up
from cascade_sim.market.auto_deleveraging import NO_ADL, deleverage, hand_over
from cascade_sim.market.event_queue import AFTER_CLOCKWORK, LIQUIDATE, in_order, push
from cascade_sim.market.kernel import kernel, part, routine
from cascade_sim.market.ledger import touch
from cascade_sim.market.loss_waterfall import fund_backing, pay_deficit
from cascade_sim.market.margin import equity_and_margin, free_collateral, lots_to_restore, maintenance_margin
from cascade_sim.market.matching import drop_all, take
from cascade_sim.market.moves import record_move
from cascade_sim.market.records import (
    BREACH,
    CLOSED,
    EXPOSURE,
    INSUFFICIENT_MARGIN,
    LIQUIDATION_FEE,
    LIQUIDATION_ORDER,
    NOT_OFFERED,
    NOT_PROFITABLE,
    RELEASED,
    TAKEOVER,
    record_event,
)
from cascade_sim.market.tables import ABSORBER, FORCED, FUND, LEVELS, LINK, NONE, ZERO

__all__ = [
    "NORMAL",
    "OFFERED",
    "bankruptcy_value",
    "close_for_reward",
    "open_liquidation",
    "run_liquidation",
    "take_over",
    "unwind_fund",
]

NORMAL, DETECTED, OFFERED, SELLING = range(4)
FULL, PARTIAL, FRACTION = range(3)
UNLIMITED, BANKRUPTCY, BACKED = range(3)
_UNWIND_SLIPPAGE = 10_000  # ppm of the mark, where the engine itself has no limit


@routine
def open_liquidation(w, a):
    """Register a breach and send the venue's engine on its way."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    clock = w.clock[0]
    equity, maintenance, gross = equity_and_margin(w, a)
    clock.liquidations += 1
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
    _schedule(w, a, w.engines[account.venue].latency)


@kernel
def _schedule(w, a, delay):
    """Let the engine look at an account again; in one microsecond the older liquidation goes first."""
    tie = in_order(AFTER_CLOCKWORK + np.int64(w.accounts[a].liquidation))
    push(w, w.clock[0].now + delay, LIQUIDATE, np.int64(a), np.int64(w.accounts[a].liquidation), tie)


@kernel
def _end(w, a, kind):
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
def _close_out(w, a):
    """End the liquidation of an account that is flat: cover its deficit, or take its remainder."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    pay_deficit(w, a, account.liquidation)
    balance = w.balances[a, venue.currency]
    if w.engines[account.venue].remainder_to_fund != 0 and balance.amount > 0:
        _charge(w, a, balance.amount, venue.fund_account)
    _end(w, a, CLOSED)


@kernel
def _charge(w, a, amount, receiver):
    """Pay a liquidation fee, penalty or reward out of the account."""
    account = w.accounts[a]
    currency = w.venues[account.venue].currency
    w.balances[a, currency].amount -= amount
    w.balances[receiver, currency].amount += amount
    touch(w, receiver)
    record_event(w, LIQUIDATION_FEE, NONE, a, receiver, ZERO, ZERO, amount, account.liquidation, ZERO, ZERO)


@kernel
def bankruptcy_value(w, a, m, equity, maintenance):
    """Signed value of a position at its bankruptcy price, in units of currency.

    The account's equity is shared among its positions by their maintenance margin, so that closing
    all of them at these values leaves exactly nothing (dYdX v4, `GetBankruptcyPriceInQuoteQuantums`).
    """
    lots = w.positions[a, w.markets[m].column].lots
    value = lots * w.markets[m].mark
    own = maintenance_margin(w, m, abs(value))
    share = equity if own >= maintenance or maintenance == 0 else muldiv(equity, own, maintenance)
    return value - share


@kernel
def _limit_level(w, a, m, lots, equity, maintenance):
    """Worst level at which the engine may trade signed `lots`: by slippage, and by who pays for a worse price."""
    v = w.accounts[a].venue
    engine = w.engines[v]
    market = w.markets[m]
    lowest = np.int64(1)
    highest = np.int64(LEVELS - 1)
    if engine.slippage_ppm > 0:
        lowest = max(lowest, divide_up(share_down(market.mark, MILLION - engine.slippage_ppm), market.tick_value))
        highest = min(highest, share_up(market.mark, MILLION + engine.slippage_ppm) // market.tick_value)
    if engine.limit != UNLIMITED:
        value = bankruptcy_value(w, a, m, equity, maintenance)
        value -= fund_backing(w, v) if engine.limit == BACKED else 0
        size = abs(w.positions[a, market.column].lots)
        lowest = max(lowest, divide_up(max(value, 0) // size, market.tick_value))
        highest = min(highest, max(abs(value) // size // market.tick_value, 1))
    return lowest if lots < 0 else highest


@routine
def _trade_in_book(w, a, m, lots, limit, cause, role, asker):
    """Send an immediate order for signed `lots` (that `asker` asked for, if anybody); returns the notional traded."""
    market = w.markets[m]
    pools = w.pools[0]
    bid = market.bid
    ask = market.ask
    last = market.last
    first = pools.trades
    side = np.int64(1) if lots > 0 else np.int64(-1)
    left, _ = take(w, m, a, side, limit, abs(lots), cause, role)
    notional = np.int64(0)
    for i in range(first, pools.trades):
        trade = w.trades[LINK(i)]
        notional += abs(trade.lots) * np.int64(trade.level) * market.tick_value
    traded = side * (abs(lots) - left)
    record_event(w, LIQUIDATION_ORDER, m, a, asker, lots, limit, notional, cause, np.int64(role), traded)
    record_move(w, m, role, cause, bid, ask, last)
    return notional


@kernel
def _lots_to_close(w, a, m, equity, maintenance):
    """Unsigned lots of a position that the venue's rule closes at this attempt."""
    account = w.accounts[a]
    engine = w.engines[account.venue]
    lots = w.positions[a, w.markets[m].column].lots
    size = abs(lots)
    is_large = size * w.markets[m].mark > engine.small_notional
    closed = size
    if engine.rule == PARTIAL and is_large:
        closed = lots_to_restore(w, m, lots, equity, maintenance, engine.fee_ppm, engine.buffer_ppm)
    elif engine.rule == FRACTION and is_large and account.attempts == 0:
        closed = max(share_up(size, engine.fraction_ppm), 1)
    return min(closed, size)


@kernel
def _largest_position(w, a, done):
    """Market of the account's largest position whose bit in `done` is not set; 0: none."""
    venue = w.venues[w.accounts[a].venue]
    found = np.int64(0)
    largest = np.int64(0)
    for k in range(venue.markets):
        m = venue.first_market + k
        value = abs(w.positions[a, LINK(k)].lots) * w.markets[LINK(m)].mark
        if value > largest and (done >> k) & 1 == 0:
            largest = value
            found = m
    return found


@routine
def _sell_in_book(w, a, rewarded):
    """Close positions by the venue's rule, the largest first, until margin is restored or all were tried."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    engine = w.engines[account.venue]
    done = np.int64(0)
    equity, maintenance, _ = equity_and_margin(w, a)
    m = _largest_position(w, a, done)
    while m != 0 and equity < maintenance:
        position = w.positions[a, w.markets[LINK(m)].column]
        side = np.int64(-1) if position.lots > 0 else np.int64(1)
        lots = side * _lots_to_close(w, a, LINK(m), equity, maintenance)
        limit = _limit_level(w, a, LINK(m), lots, equity, maintenance)
        size = abs(position.lots)
        notional = _trade_in_book(w, a, LINK(m), lots, limit, account.liquidation, FORCED, rewarded)
        _count(w, LINK(m), size - abs(position.lots), notional)
        fee = min(share_up(notional, engine.fee_ppm), max(equity_and_margin(w, a)[0], 0))
        if fee > 0:
            reward = share_down(fee, engine.reward_ppm) if rewarded != 0 else np.int64(0)
            _charge(w, a, fee - reward, venue.fund_account)
            if reward > 0:
                _charge(w, a, reward, rewarded)
        done |= np.int64(1) << (m - venue.first_market)
        equity, maintenance, _ = equity_and_margin(w, a)
        m = _largest_position(w, a, done)


@kernel
def _count(w, m, lots, notional):
    """Add to what was liquidated in a market."""
    market = w.markets[m]
    market.liquidated_lots += lots
    market.liquidated_notional += notional


@kernel
def _fund_can_take(w, v, notional):
    """Whether the insurance fund may take over a position of this notional."""
    venue = w.venues[v]
    equity, _, gross = equity_and_margin(w, venue.fund_account)
    return gross + notional <= share_down(max(equity, 0), w.engines[v].fund_capacity_ppm)


@routine
def _hand_to_backstop(w, a):
    """Close every position outside the book: to the fund, to the winners; without either, in the book."""
    account = w.accounts[a]
    v = account.venue
    venue = w.venues[v]
    engine = w.engines[v]
    cause = account.liquidation
    for k in range(venue.markets):
        m = LINK(venue.first_market + k)
        lots = w.positions[a, LINK(k)].lots
        if lots != 0:
            mark = w.markets[m].mark
            equity, maintenance, _ = equity_and_margin(w, a)
            value = bankruptcy_value(w, a, m, equity, maintenance)
            if a != venue.fund_account and _fund_can_take(w, v, abs(value)):
                hand_over(w, m, a, venue.fund_account, lots, value, cause)
                discount = lots * mark - value
                record_event(w, TAKEOVER, m, a, venue.fund_account, lots, mark, discount, cause, np.int64(FUND), value)
                _count(w, m, abs(lots), abs(lots) * mark)
            elif engine.adl_rule != NO_ADL:
                price = lots * mark if engine.adl_price != 0 else value
                left = deleverage(w, a, m, price, engine.adl_rule, cause)
                _count(w, m, abs(lots - left), abs(lots - left) * mark)
            else:
                limit = np.int64(1) if lots > 0 else np.int64(LEVELS - 1)
                notional = _trade_in_book(w, a, m, -lots, limit, cause, FORCED, NONE)
                _count(w, m, abs(lots) - abs(w.positions[a, LINK(k)].lots), notional)


@routine
def _close_at_mark(w, a):
    """Close every position at mark against the absorber: the liquidation without its impact."""
    account = w.accounts[a]
    venue = w.venues[account.venue]
    for k in range(venue.markets):
        m = LINK(venue.first_market + k)
        lots = w.positions[a, LINK(k)].lots
        if lots != 0:
            value = lots * w.markets[m].mark
            hand_over(w, m, a, venue.absorber, lots, value, account.liquidation)
            record_event(
                w,
                TAKEOVER,
                m,
                a,
                venue.absorber,
                lots,
                w.markets[m].mark,
                ZERO,
                account.liquidation,
                np.int64(ABSORBER),
                value,
            )
            _count(w, m, abs(lots), abs(value))


@kernel
def _conclude(w, a, delay):
    """After an action: end the liquidation if the account is flat or safe, else come back after a delay."""
    equity, maintenance, _ = equity_and_margin(w, a)
    if w.accounts[a].open_positions == 0:
        _close_out(w, a)
    elif equity >= maintenance:
        _end(w, a, RELEASED)
    elif delay > 0:
        _schedule(w, a, delay)


@part
def run_liquidation(w, a, number):
    """The engine's turn: look at a pending account and do the next thing its venue does.

    Parameters
    ----------
    a : uint64
        Account.
    number : int64
        Liquidation that scheduled this turn; if it has ended meanwhile, nothing happens.
    """
    account = w.accounts[a]
    if account.status != NORMAL and np.int64(account.liquidation) == number:
        v = account.venue
        engine = w.engines[v]
        for k in range(w.venues[v].markets):
            cancel_orders(w, LINK(w.venues[v].first_market + k), a, FORCED, account.liquidation)
        equity, maintenance, _ = equity_and_margin(w, a)
        beyond_saving = equity <= share_down(maintenance, engine.backstop_ppm)
        if account.open_positions == 0 or equity >= maintenance:
            _conclude(w, a, np.int64(0))
        elif engine.has_impact == 0:
            _close_at_mark(w, a)
            _conclude(w, a, engine.retry_interval)
        elif account.status == DETECTED and engine.window > 0:
            account.status = np.uint8(OFFERED)
            _schedule(w, a, engine.window)
        elif beyond_saving or np.int64(account.attempts) >= engine.max_attempts:
            account.status = np.uint8(SELLING)
            _hand_to_backstop(w, a)
            _conclude(w, a, engine.retry_interval)
        else:
            account.status = np.uint8(SELLING)
            _sell_in_book(w, a, NONE)
            account.attempts += np.uint8(1)
            _conclude(w, a, engine.retry_interval)


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


@routine
def unwind_fund(w, v):
    """Sell a part of every position the insurance fund took over, within the slippage limit."""
    venue = w.venues[v]
    engine = w.engines[v]
    a = venue.fund_account
    for k in range(venue.markets):
        lots = w.positions[a, LINK(k)].lots
        if lots != 0 and w.accounts[a].status == NORMAL:
            m = LINK(venue.first_market + k)
            market = w.markets[m]
            size = max(share_up(abs(lots), engine.unwind_ppm), 1)
            tolerance = engine.slippage_ppm if engine.slippage_ppm > 0 else _UNWIND_SLIPPAGE
            lowest = divide_up(share_down(market.mark, MILLION - tolerance), market.tick_value)
            highest = share_up(market.mark, MILLION + tolerance) // market.tick_value
            limit = min(max(lowest if lots > 0 else highest, 1), LEVELS - 1)
            _trade_in_book(w, a, m, -size if lots > 0 else size, limit, NONE, FUND, NONE)


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
        size = min(_lots_to_close(w, a, m, equity, maintenance), message.lots)
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
                _count(w, m, size, notional)
                _conclude(w, a, np.int64(0))
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
            _sell_in_book(w, a, message.account)
            _conclude(w, a, np.int64(0))
            result = np.int64(0)
    return result
