"""Auto-deleveraging: closing a bankrupt position against the winners on the other side.

Holders of the other side are ranked by profit and leverage, by the rule of the venue; each gives up
lots, best ranked first, until the position is gone. Or nobody is ranked, and each gives up the same share
of its position. The price is the bankrupt account's bankruptcy
price (so that it ends at exactly zero) or the mark; what a winner forgoes against the mark is on
record.

References
----------
Venue documents on the ADL ranking of Binance, BitMEX and Hyperliquid. The Hyperliquid index is
printed for longs; for shorts the price ratio is inverted here, because taken literally it would rank
losing shorts first. Pro rata: Chitra (2025), "Autodeleveraging: impossibilities and optimization",
arXiv 2512.01112, compares it with queues; here in contracts, as venues close positions, not in profits.
"""

import numpy as np

from cascade_sim.market.arithmetic import muldiv
from cascade_sim.market.constants import LINK, ZERO
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.ledger import settle
from cascade_sim.market.loss_waterfall import count_bad_debt
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.matching import clip_reducing
from cascade_sim.market.moves import record_move
from cascade_sim.market.records import ADL, record_event
from cascade_sim.market.roles import ABSORBER, FORCED

__all__ = ["BINANCE", "BITMEX", "HYPERLIQUID", "NO_ADL", "PRO_RATA", "adl_score", "deleverage", "hand_over"]

NO_ADL, BINANCE, BITMEX, HYPERLIQUID, PRO_RATA = range(5)


@routine
def hand_over(w, m, a, b, lots, value, cause):
    """Move a signed position from account `a` to account `b` for a signed value, without fees."""
    settle(w, m, a, -lots, -value, ZERO)
    settle(w, m, b, lots, value, ZERO)
    for account in (a, b):
        if w.positions[account, w.markets[m].column].reducing != 0:
            market = w.markets[m]
            bid = market.bid
            ask = market.ask
            last = market.last
            clip_reducing(w, m, account)
            record_move(w, m, FORCED, cause, bid, ask, last)


@kernel
def adl_score(rule, side, value, cost, equity, maintenance):
    """Place in the queue: the larger, the earlier.

    Parameters
    ----------
    rule : int64
        `BINANCE`, `BITMEX` or `HYPERLIQUID`.
    side : float64
        1 for a long, -1 for a short.
    value, cost : float64
        Of the position at mark and at entry, without sign; positive.
    equity, maintenance : float64
        Of the account; equity is positive.

    Notes
    -----
    BINANCE: ``max(0, profit) / max(1, wallet) * maintenance / equity`` with wallet = equity - profit.
    BITMEX: profit as a share of entry value, times effective leverage (for losers: divided by it).
    HYPERLIQUID: mark over entry (for shorts: entry over mark) times notional over equity.
    """
    profit = side * (value - cost)
    leverage = value / equity
    if rule == BINANCE:
        score = max(profit, 0.0) / max(equity - profit, 1.0) * maintenance / equity
    elif rule == BITMEX:
        gain = profit / cost
        score = gain * leverage if gain > 0.0 else gain / leverage
    else:
        ratio = value / cost if side > 0.0 else cost / value
        score = ratio * leverage
    return score


@kernel
def _ahead(score, account, other_score, other_account):
    """Whether one account is deleveraged before another; at equal scores the lower row is."""
    return score > other_score or (score == other_score and account < other_account)


@kernel
def _put(w, i, score, account):
    rank = w.ranks[LINK(i)]
    rank.score = score
    rank.account = np.uint32(account)


@kernel
def _enter(w, n, score, account):
    """Add an account to the heap ``ranks[1..n]``, which then ends at n + 1."""
    i = n + 1
    while i > 1 and _ahead(score, account, w.ranks[LINK(i >> 1)].score, w.ranks[LINK(i >> 1)].account):
        parent = w.ranks[LINK(i >> 1)]
        _put(w, i, parent.score, parent.account)
        i = i >> 1
    _put(w, i, score, account)


@kernel
def _leave(w, n):
    """Take the first account off the heap ``ranks[1..n]``, which then ends at n - 1."""
    ranks = w.ranks
    first = ranks[1].account
    score = ranks[LINK(n)].score
    account = ranks[LINK(n)].account
    i = np.int64(1)
    child = np.int64(2)
    while child < n:
        right = ranks[LINK(child + 1)]
        left = ranks[LINK(child)]
        if child + 1 < n and _ahead(right.score, right.account, left.score, left.account):
            child += 1
        chosen = ranks[LINK(child)]
        if not _ahead(chosen.score, chosen.account, score, account):
            break
        _put(w, i, chosen.score, chosen.account)
        i = child
        child = 2 * i
    _put(w, i, score, account)
    return first


@kernel
def _gives_up(w, m, side, a, excluded):
    """Whether an account holds `side` of a market and has something to lose."""
    account = w.accounts[a]
    holds = side * w.positions[a, w.markets[m].column].lots > 0
    gives = account.venue == w.markets[m].venue and holds and account.role != ABSORBER and a != excluded
    if gives:
        equity, _, _ = equity_and_margin(w, a)
        gives = equity > 0
    return gives


@routine
def _rank(w, m, side, excluded, rule):
    """Fill the heap with the accounts that hold `side` of a market; returns how many."""
    market = w.markets[m]
    n = np.int64(0)
    for a in range(1, w.accounts.shape[0]):
        if _gives_up(w, m, side, LINK(a), excluded):
            equity, maintenance, _ = equity_and_margin(w, LINK(a))
            position = w.positions[LINK(a), market.column]
            value = np.float64(abs(position.lots) * market.mark)
            cost = np.float64(max(side * position.cost, 1))
            score = adl_score(rule, np.float64(side), value, cost, np.float64(equity), np.float64(maintenance))
            _enter(w, n, score, a)
            n += 1
    return n


@kernel
def _close(w, m, a, b, lots, left, value, rule, cause):
    """Let account `b` take over lots of what is left of a position and is worth `value`; returns their part of it."""
    market = w.markets[m]
    part = value if lots == left else (value // left) * lots + (value % left) * lots // left
    hand_over(w, m, a, b, lots, part, cause)
    forgone = part - lots * market.mark
    record_event(w, ADL, m, a, b, lots, market.mark, forgone, cause, rule, part)
    count_bad_debt(w, market.venue, ZERO, max(forgone, 0))
    market.adl_lots += abs(lots)
    return part


@routine
def _by_rank(w, a, m, value, rule, cause):
    """Close a position against the best ranked, one after the other; returns lots that found nobody."""
    column = w.markets[m].column
    left = w.positions[a, column].lots
    side = np.int64(-1) if left > 0 else np.int64(1)
    n = _rank(w, m, side, a, rule)
    while left != 0 and n > 0:
        b = _leave(w, n)
        n -= 1
        lots = -side * min(abs(left), abs(w.positions[b, column].lots))
        value -= _close(w, m, a, b, lots, left, value, rule, cause)
        left -= lots
    return left


@routine
def _pro_rata(w, a, m, value, cause):
    """Close a position against all holders of the other side in proportion; returns lots that found nobody.

    What each gives up is its share of what is still left, rounded down, among those not asked yet, so that the last
    of them takes the remainder.
    """
    column = w.markets[m].column
    left = w.positions[a, column].lots
    side = np.int64(-1) if left > 0 else np.int64(1)
    total = np.int64(0)
    for b in range(1, w.accounts.shape[0]):
        if _gives_up(w, m, side, LINK(b), a):
            total += abs(w.positions[LINK(b), column].lots)
    for b in range(1, w.accounts.shape[0]):
        if left != 0 and _gives_up(w, m, side, LINK(b), a):
            own = abs(w.positions[LINK(b), column].lots)
            lots = -side * min(muldiv(abs(left), own, total), own)
            total -= own
            if lots != 0:
                value -= _close(w, m, a, LINK(b), lots, left, value, np.int64(PRO_RATA), cause)
                left -= lots
    return left


@routine
def deleverage(w, a, m, value, rule, cause):
    """Close the position of account `a` for a signed value in all, against holders of the other side.

    Parameters
    ----------
    value : int64
        Units the whole position is worth at the price of the deleveraging; has the sign of the size.
    rule : int64
        How the other side is ranked, or `PRO_RATA`.
    cause : uint32
        The liquidation.

    Returns
    -------
    int64
        Lots that found nobody, signed.

    Notes
    -----
    Value is shared by lots, rounded down; the last counterparty takes the remainder, so that the parts
    add up to `value`. Each ADL event holds what the counterparty forgoes against the mark.
    """
    if rule == PRO_RATA:
        return _pro_rata(w, a, m, value, cause)
    return _by_rank(w, a, m, value, rule, cause)
