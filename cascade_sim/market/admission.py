"""Whether an order may enter: its form, the limits of the market, and what the account can pay for."""

import numpy as np

from cascade_sim.market.constants import LEVELS, SPOT, ZERO
from cascade_sim.market.depth import best, further
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import free_collateral, open_loss
from cascade_sim.market.records import (
    BAD_SIZE,
    IN_LIQUIDATION,
    INSUFFICIENT_BALANCE,
    INSUFFICIENT_MARGIN,
    OUT_OF_LADDER,
    POSITION_LIMIT,
)

__all__ = ["loss_when_filled", "malformed", "refusal"]


@kernel
def malformed(market, level, lots):
    """Reason to refuse an order for what it carries, or 0."""
    reason = ZERO
    if lots == 0 or lots < -market.max_lots or lots > market.max_lots:
        reason = BAD_SIZE
    elif level < 1 or level >= LEVELS:
        reason = OUT_OF_LADDER
    return reason


@kernel
def loss_when_filled(w, m, a, side, limit, lots, rests):
    """Open loss of an order in a perpetual: at the levels where it would trade now, and at its limit for the rest.

    Parameters
    ----------
    rests : bool
        Whether what does not trade at once stays in the book.

    Returns
    -------
    int64
        Units. The account's own orders in the way give way and do not fill it: as many lots are passed over, the
        nearest first, and where they may stand beyond the limit instead, the passed lots count at the last level
        reached, so that the true loss is no more; orders of its owner's other accounts are not looked for.
    """
    position = w.positions[a, w.markets[m].column]
    skipped = position.sell if side > 0 else position.buy
    level = best(w, m, side)
    last = level
    left = lots
    over = ZERO
    loss = ZERO
    while left > 0 and 0 <= level < LEVELS and side * level <= side * limit:
        standing = w.levels[m, np.uint64(level)].lots
        passed = min(skipped, standing)
        traded = min(left, standing - passed)
        loss += open_loss(w, m, side, level, traded)
        skipped -= passed
        over += passed
        left -= traded
        last = level
        level = further(w, m, side, level)
    return loss + (open_loss(w, m, side, limit, left) if rests else open_loss(w, m, side, last, min(left, over)))


@kernel
def _opens(held, resting, lots):
    """Whether orders for `lots`, besides those resting, can do more than close what is held on the other side."""
    return lots > 0 and resting + lots > max(-held, 0)


@kernel
def refusal(w, a, m, buy, sell, cost, loss):
    """Reason why an account may not add `buy` and `sell` lots of orders, or 0.

    Parameters
    ----------
    cost : int64
        Sum of lots times level of the buy orders; what a spot buyer must be able to pay.
    loss : int64
        Units that the orders lose against the mark as soon as they are filled; what a margin account must have
        beyond initial margin.
    """
    market = w.markets[m]
    account = w.accounts[a]
    position = w.positions[a, market.column]
    reason = ZERO
    if account.status != 0:
        reason = IN_LIQUIDATION
    elif abs(position.lots) + max(position.buy + buy, position.sell + sell) > market.max_lots:
        reason = POSITION_LIMIT
    elif market.kind == SPOT:
        purse = w.balances[a, market.currency]
        stock = w.balances[a, market.asset]
        short_of_cash = cost * market.tick_value > purse.amount - purse.reserved
        if short_of_cash or sell * market.lot_units > stock.amount - stock.reserved:
            reason = INSUFFICIENT_BALANCE
    else:
        free, grows = free_collateral(w, a, np.int64(market.column), buy, sell)
        opens = _opens(position.lots, position.buy, buy) or _opens(-position.lots, position.sell, sell)
        if (grows or (opens and loss > 0)) and free < loss:
            reason = INSUFFICIENT_MARGIN
    return reason
