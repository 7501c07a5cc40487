"""A maker who quotes by a rule, and takers who come the oftener the nearer it quotes: many paths through the exchange.

At every step the maker replaces its bid and ask, one lot each; a taker's market order for one lot comes at a side
with the probability that the theory gives for the quote that stands there, and trades with it. The maker of every
path has an account of its own, so that inventory and profit are what the exchange's ledger says.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import CURRENCY, MARKET, perpetual_market
from cascade_sim.experiments.validation.quoting_theory import Rules
from cascade_sim.market import exchange
from cascade_sim.market.constants import LINK
from cascade_sim.market.direct import replace_quotes, send
from cascade_sim.market.draws import normals, uniforms
from cascade_sim.market.kernel import entry, kernel
from cascade_sim.market.tables import World

__all__ = ["Paths", "quote_paths"]

PRICE = 100.0
_TICK = 0.001
_TICK_VALUE = 1_000  # millionths of a USD a tick and lot: a lot is one unit
_DEPOSIT = 10**14  # more than enough, and for 90,000 paths still less than an int64 holds
_TAKERS, _PRICES = 1, 2  # streams of luck


@dataclass(frozen=True)
class Paths:
    """What the makers of all paths ended with.

    Attributes
    ----------
    profit, inventory : ndarray of float64, shape (paths,)
        USD at the last mid; units.
    spreads : ndarray of float64, shape (paths, 2)
        Ask less bid in the book at the first and at the last moment, USD.
    """

    profit: NDArray[np.float64]
    inventory: NDArray[np.float64]
    spreads: NDArray[np.float64]


@kernel
def _level(price: Any) -> Any:
    """Nearest level."""
    return np.int64(math.floor(price / _TICK + 0.5))


@kernel
def _quote_by_rule(w: World, rules: Any, a: Any, mid: Any, time: Any) -> Any:
    """Quote around the reservation price, or around the mid."""
    variance = rules.sigma * rules.sigma
    held = np.float64(w.positions[a, 0].lots)
    left = 0.5 * rules.horizon if rules.symmetric else rules.horizon - time
    centre = mid if rules.symmetric else mid - held * rules.gamma * variance * (rules.horizon - time)
    half = 0.5 * rules.gamma * variance * left + math.log(1.0 + rules.gamma / rules.k) / rules.gamma
    return replace_quotes(w, a, MARKET, _level(centre - half), _level(centre + half))


@kernel
def _takers_come(w: World, rules: Any, taker: Any, mid: Any, u: Any, v: Any) -> Any:
    """Let a taker buy, and a taker sell, with the chances that the quotes in the book have now."""
    market = w.markets[MARKET]
    most = rules.arrivals * rules.horizon / rules.steps
    buys = u < most * math.exp(-rules.k * (np.float64(market.ask) * _TICK - mid))
    sells = v < most * math.exp(-rules.k * (mid - np.float64(market.bid) * _TICK))
    worst = np.int64(0)
    if buys:
        worst = min(worst, send(w, exchange.MARKET, taker, MARKET, 1, 0, 0))
    if sells:
        worst = min(worst, send(w, exchange.MARKET, taker, MARKET, -1, 0, 0))
    return worst


@entry
def _run(w: World, rules: Any, seed: int, paths: int, mids: Any, spreads: Any) -> Any:
    """Run all paths; returns 0, or what the exchange answered to a message that it refused."""
    market = w.markets[MARKET]
    dt = rules.horizon / rules.steps
    move = rules.sigma * math.sqrt(dt)
    worst = np.int64(0)
    for path in range(paths):
        a = LINK(path + 1)
        mid = PRICE
        w.pools[0].trades = 0  # the ledger keeps what they came to
        for i in range(rules.steps):
            worst = min(worst, _quote_by_rule(w, rules, a, mid, i * dt))
            if i == 0:
                spreads[path, 0] = np.float64(market.ask - market.bid) * _TICK
            u, v = uniforms(seed, _TAKERS, path, i, 0)
            worst = min(worst, _takers_come(w, rules, LINK(paths + 1), mid, u, v))
            z, _ = normals(seed, _PRICES, path, i, 0)
            mid += move * z
        worst = min(worst, _quote_by_rule(w, rules, a, mid, rules.horizon))
        spreads[path, 1] = np.float64(market.ask - market.bid) * _TICK
        worst = min(worst, send(w, exchange.CANCEL_ALL, a, MARKET, 0, 0, 0))
        mids[path] = mid
    return worst


def quote_paths(rules: Rules, paths: int, seed: int = 1) -> Paths:
    """Quote by a rule on many paths.

    Parameters
    ----------
    rules : Rules
    paths : int
    seed : int
        Of prices and takers: the same for all rules.

    Raises
    ------
    RuntimeError
        If the exchange refused a message.
    """
    world = perpetual_market(paths + 1, round(PRICE / _TICK), _TICK_VALUE, _DEPOSIT)
    mids, spreads = np.zeros(paths), np.zeros((paths, 2))
    worst = int(_run(world, rules, seed, paths, mids, spreads))
    if worst < 0:
        raise RuntimeError(f"the exchange refused a message: reason {-worst}")
    own = slice(1, paths + 1)
    inventory = world.positions["lots"][own, 0].astype(float)
    paid = world.positions["cost"][own, 0] - (world.balances["amount"][own, CURRENCY] - _DEPOSIT)
    return Paths(inventory * mids - paid / 1e6, inventory, spreads)
