"""What a venue does with an account whose equity fell below its maintenance margin.

After the engine's latency the account is looked at again; its orders are cancelled; where the venue gives
liquidators a window, they may take the position over at a discount or have it closed for a reward; then the venue
sells in the book, within a limit, again and again until margin is restored or nothing is left. An account that is
beyond saving goes to the backstop.

References
----------
Venue documents on liquidation of Binance, Bybit and Hyperliquid.
"""

import numpy as np

from cascade_sim.market.arithmetic import share_down
from cascade_sim.market.backstop import close_at_mark, hand_to_backstop
from cascade_sim.market.constants import LINK, NONE
from cascade_sim.market.forced_selling import sell_in_book
from cascade_sim.market.kernel import part
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.pending import DETECTED, NORMAL, OFFERED, SELLING, cancel_orders, conclude, schedule
from cascade_sim.market.roles import FORCED
from cascade_sim.market.treatment import is_spared

__all__ = ["run_liquidation"]


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
            conclude(w, a, np.int64(0))
        elif engine.has_impact == 0 or is_spared(w, a):
            close_at_mark(w, a)
            conclude(w, a, engine.retry_interval)
        elif account.status == DETECTED and engine.window > 0:
            account.status = np.uint8(OFFERED)
            schedule(w, a, engine.window)
        elif beyond_saving or np.int64(account.attempts) >= engine.max_attempts:
            account.status = np.uint8(SELLING)
            hand_to_backstop(w, a)
            conclude(w, a, engine.retry_interval)
        else:
            account.status = np.uint8(SELLING)
            sell_in_book(w, a, NONE)
            account.attempts += np.uint8(1)
            conclude(w, a, engine.retry_interval)
