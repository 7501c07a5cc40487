"""Leveraged value funds and noise traders who meet in one auction a period, carried out by the exchange.

Ten funds believe that a share is worth V. With mispricing m = V - p a fund of wealth W holds shares for
min(beta m, lambda) W, none while m <= 0, and borrows what it lacks. Noise traders spend xi a period, whose logarithm
returns slowly to that of V N. There are N shares. Investors follow performance into and out of the funds; a fund
whose wealth falls to a tenth of W0 closes, and another one opens 100 periods later.

What the exchange does. It is a spot market: cash and shares of every fund are its balances. A bank has put a credit
line into each fund's balance, so that a fund's own cash is the balance less the line, and debt is a part of the line
that is spent. In every period an auctioneer reads cash and shares from the ledger, asks everybody's schedule at
whole ticks, and halves the ladder until demand meets N. Everybody then sends a limit order at that price for the
shares that he lacks or has too many of. Noise traders are two accounts that take turns: those of the last period
sell all they hold, those of this period buy what nobody else holds, which is worth xi up to the grain of ticks and
lots. So there is always a trade, all orders are matched at one price, the book is empty again, and the price of the
period is that of the exchange's last trade. Deposits and withdrawals of investors are transfers of collateral.

References
----------
Thurner, Farmer, Geanakoplos (2012), "Leverage causes fat tails and clustered volatility", Quantitative Finance 12,
695-707 (arXiv 0908.1555): noise traders' AR(1), demand of the funds, clearing (equation 4), performance (5) and the
flows that follow it, default and re-entry, and the bank that lowers leverage when volatility has been high.
Where the paper leaves a choice: a fund's wealth counts as nothing when it is negative, wealth is judged at the
clearing price before the flow of the period, and a closed fund sells in the next auction.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import CURRENCY, MARKET, PLENTY, STOCK, spot_market
from cascade_sim.market import exchange
from cascade_sim.market.constants import LEVELS, LINK
from cascade_sim.market.direct import make_room, send
from cascade_sim.market.kernel import entry, kernel, part
from cascade_sim.market.rows import record
from cascade_sim.market.tables import World

__all__ = ["SHARES", "TICKS", "Bank", "Path", "run"]

SHARES = 1000  # N
TICKS = 50_000  # to V = 1
_LOTS = 100_000  # to a share
_SUPPLY = SHARES * _LOTS
_FUNDS = 10
_NOISE = _FUNDS + 1  # the first of two accounts
_UNIT = float(TICKS * _LOTS)  # units of money in 1
_WEALTH = 2 * TICKS * _LOTS  # W0
_RETURN, _SPREAD = 0.99, 0.035  # of log xi
_MEMORY, _FLOW, _BENCHMARK = 0.1, 0.15, 0.005  # a, b, r_b
_CLOSED = 100

fund_t = record(
    ("beta", np.float64),
    ("performance", np.float64),
    ("wealth", np.float64),  # at the end of the last period, units
    ("closed", np.int64),  # periods until another one opens
    ("cash", np.int64),  # own, as the ledger had it before the auction, units
    ("stock", np.int64),
)
state_t = record(
    ("log_spending", np.float64),
    ("limit", np.float64),  # lambda of this period
    ("defaults", np.int64),
    ("missed", np.float64),  # largest share of xi by which noise traders have spent more or less than that
    ("unmatched", np.int64),  # orders that the book has kept after any auction
)


@dataclass(frozen=True, kw_only=True)
class Bank:
    """What the funds may borrow.

    Attributes
    ----------
    leverage : float
        lambda_max, from 1.
    caution : float
        kappa: leverage is lambda_max / (1 + kappa var), at least 1.
    window : int
        Log returns that var is the variance of.
    """

    leverage: float
    caution: float = 0.0
    window: int = 10


@dataclass(frozen=True)
class Path:
    """What the exchange has seen.

    Attributes
    ----------
    prices : ndarray of float64, shape (periods,)
        Of the last trade of each period; V is 1.
    defaults : int
    missed : float
        Most that noise traders spent besides xi, as a share of it: the grain of the ticks.
    world : World
        At the end.
    """

    prices: NDArray[np.float64]
    defaults: int
    missed: float
    world: World


@kernel
def _cash(w: World, a: Any) -> Any:
    """Own cash of a fund in units, negative when it owes."""
    return w.balances[LINK(a), LINK(CURRENCY)].amount - PLENTY


@kernel
def _stock(w: World, a: Any) -> Any:
    return w.balances[LINK(a), LINK(STOCK)].amount


@kernel
def _read_ledger(w: World, funds: NDArray[Any]) -> Any:
    """What every fund brings to the auction."""
    for h in range(_FUNDS):
        funds[h].cash = _cash(w, h + 1)
        funds[h].stock = _stock(w, h + 1)


@kernel
def _wanted(fund: Any, limit: Any, level: Any) -> Any:
    """Money that a fund would have in shares at a level, units (float64)."""
    wealth = np.float64(fund.cash + fund.stock * level)
    mispricing = 1.0 - np.float64(level) / TICKS
    holds = fund.closed == 0 and mispricing > 0.0 and wealth > 0.0
    return min(fund.beta * mispricing, limit) * wealth if holds else 0.0


@part
def _excess(funds: NDArray[Any], limit: Any, spending: Any, level: Any) -> Any:
    """Money that all would have in shares at a level, less the worth of those that there are."""
    money = spending - np.float64(_SUPPLY) * np.float64(level)
    if level < TICKS:
        for h in range(_FUNDS):
            money += _wanted(funds[h], limit, level)
    return money


@part
def _clearing_level(funds: NDArray[Any], limit: Any, spending: Any) -> Any:
    """Level at which demand meets supply, to the nearer tick."""
    low, high = np.int64(1), np.int64(LEVELS - 1)
    while high - low > 1:
        middle = (low + high) // 2
        if _excess(funds, limit, spending, middle) > 0.0:
            low = middle
        else:
            high = middle
    short = _excess(funds, limit, spending, low)
    return low if short < -_excess(funds, limit, spending, high) else high


@part
def _trade(w: World, funds: NDArray[Any], state: Any, turn: Any, spending: Any, level: Any) -> Any:
    """Everybody's order at the clearing level; what funds leave is bought by the noise traders whose turn it is."""
    left = np.int64(_SUPPLY)
    for h in range(_FUNDS):
        a = h + 1
        wanted = np.int64(_wanted(funds[h], state.limit, level) / np.float64(level))
        left -= wanted
        if wanted != funds[h].stock:
            send(w, exchange.LIMIT, a, MARKET, wanted - funds[h].stock, level, 0)
    send(w, exchange.LIMIT, _NOISE + 1 - turn, MARKET, -_stock(w, _NOISE + 1 - turn), level, 0)
    send(w, exchange.LIMIT, _NOISE + turn, MARKET, left, level, 0)
    state.missed = max(state.missed, abs(np.float64(left * level) / spending - 1.0))
    state.unmatched += w.markets[MARKET].orders


@kernel
def _open(w: World, fund: Any, a: Any) -> Any:
    """Start a fund in an account that has sold everything; what it was left with or still owes is its bank's."""
    send(w, exchange.TRANSFER_COLLATERAL, a, 0, _WEALTH - _cash(w, a), 0, 0)
    fund.wealth = np.float64(_WEALTH)
    fund.performance = 0.0


@kernel
def _settle(w: World, fund: Any, a: Any, state: Any) -> Any:
    """What has become of a fund's wealth since the last period, and the money that comes in or goes out for it."""
    wealth = np.float64(_cash(w, a) + _stock(w, a) * w.markets[MARKET].last)
    fund.performance += _MEMORY * (wealth / fund.wealth - 1.0 - fund.performance)
    if wealth <= 0.1 * _WEALTH:
        fund.closed = _CLOSED
        state.defaults += 1
    else:
        flow = np.int64(max(_FLOW * (fund.performance - _BENCHMARK), -1.0) * wealth)
        send(w, exchange.TRANSFER_COLLATERAL, a, 0, flow, 0, 0)
        fund.wealth = wealth + np.float64(flow)


@part
def _close_the_books(w: World, funds: NDArray[Any], state: Any) -> Any:
    """After the auction: performance and flows of open funds, and the days of closed ones."""
    for h in range(_FUNDS):
        fund = funds[h]
        if fund.closed == 0:
            _settle(w, fund, h + 1, state)
        else:
            fund.closed -= 1
            if fund.closed == 0:
                _open(w, fund, h + 1)


@kernel
def _leverage(moves: NDArray[np.float64], t: Any, most: Any, caution: Any, window: Any) -> Any:
    """Leverage that the bank allows after the log returns up to the last period."""
    allowed = most
    if caution > 0.0 and t > window:
        total, squares = 0.0, 0.0
        for k in range(t - window, t):
            total += moves[k]
            squares += moves[k] * moves[k]
        mean = total / np.float64(window)
        allowed = max(1.0, most / (1.0 + caution * max(squares / np.float64(window) - mean * mean, 0.0)))
    return allowed


@entry
def _drive(
    w: World,
    funds: NDArray[Any],
    states: NDArray[Any],
    chances: NDArray[np.float64],
    levels: NDArray[np.int64],
    moves: NDArray[np.float64],
    most: float,
    caution: float,
    window: int,
) -> None:
    """One auction for every chance; fills `levels` with prices in ticks and `moves` with log returns."""
    state = states[0]
    for t in range(chances.shape[0]):
        make_room(w, 2 * _FUNDS + 2)
        before = w.markets[MARKET].last
        state.log_spending = _RETURN * state.log_spending + _SPREAD * chances[t]
        spending = _UNIT * SHARES * math.exp(state.log_spending)
        state.limit = _leverage(moves, t, most, caution, window)
        _read_ledger(w, funds)
        _trade(w, funds, state, t & 1, spending, _clearing_level(funds, state.limit, spending))
        levels[t] = w.markets[MARKET].last
        moves[t] = math.log(np.float64(levels[t]) / np.float64(before))
        _close_the_books(w, funds, state)


def _begin() -> World:
    """Funds with their first wealth and no shares, and noise traders who have all shares."""
    money, stock = np.full(_NOISE + 1, PLENTY), np.zeros(_NOISE + 1, np.int64)
    money[:_FUNDS] += _WEALTH
    stock[_NOISE] = _SUPPLY
    return spot_market(_NOISE + 1, orders=64, level=TICKS, money=money, stock=stock)


def run(bank: Bank, chances: NDArray[np.float64]) -> Path:
    """Let the funds trade.

    Parameters
    ----------
    bank : Bank
    chances : ndarray of float64, shape (periods,)
        Standard normal: chi of the noise traders.

    Returns
    -------
    Path

    Raises
    ------
    RuntimeError
        If an auction has left orders in the book, so that not everybody holds what he wants.
    """
    world, funds, state = _begin(), np.zeros(_FUNDS, fund_t), np.zeros(1, state_t)
    funds["beta"] = 5.0 * np.arange(1, _FUNDS + 1)
    funds["wealth"] = _WEALTH
    levels, moves = np.zeros(len(chances), np.int64), np.zeros(len(chances))
    _drive(world, funds, state, chances, levels, moves, float(bank.leverage), float(bank.caution), bank.window)
    if state["unmatched"][0]:
        raise RuntimeError(f"auctions left {state['unmatched'][0]} orders in the book at {bank}; is a purse empty?")
    return Path(levels / TICKS, int(state["defaults"][0]), float(state["missed"][0]), world)
