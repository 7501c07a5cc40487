"""Where the book is no way out: the insurance fund takes positions over, or the winners are deleveraged.

The fund takes positions at their bankruptcy price as far as it can, and sells them on later.
"""

import numpy as np

from cascade_sim.market.arithmetic import MILLION, divide_up, share_down, share_up
from cascade_sim.market.auto_deleveraging import NO_ADL, deleverage, hand_over
from cascade_sim.market.constants import LEVELS, LINK, NONE, ZERO
from cascade_sim.market.forced_selling import bankruptcy_value, trade_in_book
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.loss_waterfall import count_bad_debt, fund_backing
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import on_ladder
from cascade_sim.market.pending import NORMAL, count_liquidated
from cascade_sim.market.records import TAKEOVER, record_event
from cascade_sim.market.roles import ABSORBER, FORCED, FUND

__all__ = ["close_at_mark", "hand_to_backstop", "unwind_fund"]


@kernel
def _fund_can_take(w, v, notional, overpaid):
    """Whether the insurance fund may take over a position of this notional, and can pay what it is worth less."""
    venue = w.venues[v]
    equity, _, gross = equity_and_margin(w, venue.fund_account)
    fits = gross + notional <= share_down(max(equity, 0), w.engines[v].fund_capacity_ppm)
    return fits and overpaid <= fund_backing(w, v)


@routine
def hand_to_backstop(w, a):
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
            discount = lots * mark - value
            overpaid = max(-discount, 0)
            if a != venue.fund_account and _fund_can_take(w, v, abs(value), overpaid):
                hand_over(w, m, a, venue.fund_account, lots, value, cause)
                count_bad_debt(w, v, overpaid, ZERO)
                record_event(w, TAKEOVER, m, a, venue.fund_account, lots, mark, discount, cause, np.int64(FUND), value)
                count_liquidated(w, m, abs(lots), abs(lots) * mark)
            elif engine.adl_rule != NO_ADL:
                price = lots * mark if engine.adl_price != 0 else value
                left = deleverage(w, a, m, price, engine.adl_rule, cause)
                count_liquidated(w, m, abs(lots - left), abs(lots - left) * mark)
            else:
                limit = np.int64(1) if lots > 0 else np.int64(LEVELS - 1)
                notional = trade_in_book(w, a, m, -lots, limit, cause, FORCED, NONE)
                count_liquidated(w, m, abs(lots) - abs(w.positions[a, LINK(k)].lots), notional)


@routine
def close_at_mark(w, a):
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
            count_liquidated(w, m, abs(lots), abs(value))


@routine
def unwind_fund(w, v):
    """Sell a part of every position the insurance fund took over, near the mark: it can wait."""
    venue = w.venues[v]
    engine = w.engines[v]
    a = venue.fund_account
    for k in range(venue.markets):
        lots = w.positions[a, LINK(k)].lots
        if lots != 0 and w.accounts[a].status == NORMAL:
            m = LINK(venue.first_market + k)
            market = w.markets[m]
            size = max(share_up(abs(lots), engine.unwind_ppm), 1)
            lowest = divide_up(share_down(market.mark, MILLION - engine.unwind_slippage_ppm), market.tick_value)
            highest = share_up(market.mark, MILLION + engine.unwind_slippage_ppm) // market.tick_value
            limit = on_ladder(lowest if lots > 0 else highest)
            trade_in_book(w, a, m, -size if lots > 0 else size, limit, NONE, FUND, NONE)
