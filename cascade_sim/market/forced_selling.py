"""The venue's engine sells in the book: how much, down to which price, at what fee.

References
----------
dYdX v4, `protocol/x/clob/keeper/liquidations.go`, for the bankruptcy price of one position of several; venue
documents on liquidation of Binance (reduction down to compliance) and Hyperliquid (a fifth first).
"""

import numpy as np

from cascade_sim.market.arithmetic import MILLION, divide_up, muldiv, share_down, share_up
from cascade_sim.market.constants import LEVELS, LINK
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.loss_waterfall import fund_backing
from cascade_sim.market.margin import equity_and_margin, lots_to_restore, maintenance_margin
from cascade_sim.market.matching import take
from cascade_sim.market.moves import record_move
from cascade_sim.market.pending import charge, count_liquidated
from cascade_sim.market.records import LIQUIDATION_ORDER, record_event
from cascade_sim.market.roles import FORCED

__all__ = [
    "BACKED",
    "BANKRUPTCY",
    "FRACTION",
    "FULL",
    "PARTIAL",
    "UNLIMITED",
    "bankruptcy_value",
    "lots_to_close",
    "sell_in_book",
    "trade_in_book",
]

FULL, PARTIAL, FRACTION = range(3)
UNLIMITED, BANKRUPTCY, BACKED = range(3)


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
        lowest = max(lowest, divide_up(max(value, 0), size * market.tick_value))
        highest = min(highest, max(abs(value) // size // market.tick_value, 1))
    return lowest if lots < 0 else highest


@routine
def trade_in_book(w, a, m, lots, limit, cause, role, asker):
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
def lots_to_close(w, a, m, equity, maintenance):
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
def sell_in_book(w, a, rewarded):
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
        lots = side * lots_to_close(w, a, LINK(m), equity, maintenance)
        limit = _limit_level(w, a, LINK(m), lots, equity, maintenance)
        size = abs(position.lots)
        notional = trade_in_book(w, a, LINK(m), lots, limit, account.liquidation, FORCED, rewarded)
        count_liquidated(w, LINK(m), size - abs(position.lots), notional)
        fee = min(share_up(notional, engine.fee_ppm), max(equity_and_margin(w, a)[0], 0))
        if fee > 0:
            reward = share_down(fee, engine.reward_ppm) if rewarded != 0 else np.int64(0)
            charge(w, a, fee - reward, venue.fund_account)
            if reward > 0:
                charge(w, a, reward, rewarded)
        done |= np.int64(1) << (m - venue.first_market)
        equity, maintenance, _ = equity_and_margin(w, a)
        m = _largest_position(w, a, done)
