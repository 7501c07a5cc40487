"""A book fed by chance alone: unit limit orders, market orders and cancellations at constant rates.

Bids arrive at rate alpha per unit of price everywhere below the best ask, asks everywhere above the best bid (here:
within a band that is wide against the spread), market orders at rate mu for both sides together, and every resting
order is cancelled at rate delta. All of them are messages to the exchange, whose own best bid and ask are averaged
over time. Between two messages a time 1 / (total rate) passes: the expected one of the Poisson process, which gives
the same averages with less noise.

References
----------
Smith, Farmer, Gillemot, Krishnamurthy (2003), "Statistical theory of the continuous double auction",
Quantitative Finance 3, 481-514: the model and its dimensional analysis.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import MARKET, spot_market
from cascade_sim.market import exchange
from cascade_sim.market.constants import LEVELS
from cascade_sim.market.direct import make_room, send
from cascade_sim.market.draws import uniforms
from cascade_sim.market.kernel import entry, kernel
from cascade_sim.market.order_book import lots_between
from cascade_sim.market.rows import record
from cascade_sim.market.tables import World

__all__ = ["Averages", "Rates", "run"]

_BUYER, _SELLER, _TAKER = 1, 2, 3
_ORDERS = 1 << 15

# What a run remembers between two calls: best quotes seen last, ids ever placed, and integrals over time.
run_t = record(
    ("bid", np.int64),
    ("ask", np.int64),
    ("ids", np.int64),
    ("number", np.int64),
    ("time", np.float64),
    ("spread", np.float64),
    ("depth", np.float64),
)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The five numbers of the model.

    Attributes
    ----------
    limit : float
        alpha: limit orders per side, unit of price and unit of time.
    market : float
        mu: market orders of both sides per unit of time.
    cancel : float
        delta: cancellations per resting order and unit of time.
    tick : float
        Unit of price; by default 0.005 of the only price that the rates make, mu / alpha.
    band : float
        How far from the opposite best quote limit orders arrive, in mu / alpha.
    """

    limit: float = 1.0
    market: float = 1.0
    cancel: float = 0.1
    tick: float | None = None
    band: float = 8.0

    @property
    def scale(self) -> float:
        """Price that the rates make: mu / alpha."""
        return self.market / self.limit

    @property
    def grain(self) -> float:
        """Tick in units of price."""
        return 0.005 * self.scale if self.tick is None else self.tick


@dataclass(frozen=True)
class Averages:
    """Over time.

    Attributes
    ----------
    spread : float
        In mu / alpha.
    depth : float
        Of bids, orders per unit of price in alpha / delta, between a quarter and a half of the band from the best.
    """

    spread: float
    depth: float


@kernel
def _limit_order(w: World, state: Any, ids: NDArray[np.int64], place: Any, band: Any) -> Any:
    """Bid or ask at the place-th of the levels where one may arrive; its id is remembered for cancelling."""
    buys = place < band
    level = state.ask - 1 - place if buys else state.bid + 1 + place - band
    a = _BUYER if buys else _SELLER
    result = send(w, exchange.LIMIT, a, MARKET, np.int64(1) if buys else np.int64(-1), level, 0)
    if result > 0:
        ids[state.ids] = result
        state.ids += 1


@kernel
def _cancel(w: World, state: Any, ids: NDArray[np.int64], chance: Any) -> Any:
    """Cancel the order at a random place of the list, or strike out its id when it has traded; whether it was there."""
    i = np.int64(chance * np.float64(state.ids))
    number = ids[i]
    seller = w.orders[np.uint32(number & 0xFFFFFFFF)].account == _SELLER
    state.ids -= 1
    ids[i] = ids[state.ids]
    return send(w, exchange.CANCEL, _SELLER if seller else _BUYER, MARKET, 0, 0, number) == 0


@kernel
def _look(w: World, state: Any, band: Any, rate: Any) -> Any:
    """Add what the book shows until the next message to the integrals; depth at every 64th look."""
    book = w.markets[MARKET]
    state.bid = book.bid if book.bid >= 0 else state.bid
    state.ask = book.ask if book.ask < LEVELS else state.ask
    state.time += 1.0 / rate
    state.spread += np.float64(state.ask - state.bid) / rate
    if state.number % 64 == 0:
        near, far = state.bid - band // 4, state.bid - band // 2
        state.depth += 64.0 / rate * np.float64(lots_between(w, MARKET, far + 1, near)) / np.float64(near - far)


@entry
def _drive(
    w: World,
    state: NDArray[Any],
    ids: NDArray[np.int64],
    messages: int,
    seed: int,
    limit: float,
    market: float,
    cancel: float,
    band: int,
) -> None:
    """Send so many messages; the rates are per side and level, for both sides together, and per order."""
    run = state[0]
    arrivals = 2.0 * np.float64(band) * limit
    for _ in range(messages):
        make_room(w, 1)
        rate = arrivals + market + cancel * np.float64(w.markets[MARKET].orders)
        _look(w, run, band, rate)
        u, v = uniforms(seed, 0, 0, run.number, 0)
        run.number += 1
        u *= rate
        if u < arrivals:
            _limit_order(w, run, ids, min(np.int64(u / limit), 2 * band - 1), band)
        elif u < arrivals + market:
            send(w, exchange.MARKET, _TAKER, MARKET, np.int64(1) if v < 0.5 else np.int64(-1), 0, 0)
        else:
            k = 0
            while run.ids > 0 and not _cancel(w, run, ids, v):
                k += 1
                v, _ = uniforms(seed, 0, 0, run.number, k)


def run(rates: Rates, messages: int, seed: int, warm: int = 100_000) -> Averages:
    """Time averages of one book.

    Parameters
    ----------
    messages : int
        Counted after `warm` others, which fill the empty book.
    seed : int
        Of all chance; the same numbers in other units are the same book, order by order.

    Returns
    -------
    Averages
    """
    world = spot_market(_TAKER, _ORDERS)
    band = round(rates.band * rates.scale / rates.grain)
    state = np.zeros(1, run_t)
    state["bid"], state["ask"] = LEVELS // 2 - 1, LEVELS // 2 + 1
    ids = np.zeros(warm + messages, np.int64)
    settings = (seed, rates.limit * rates.grain, rates.market, rates.cancel, band)
    _drive(world, state, ids, warm, *settings)
    for name in ("time", "spread", "depth"):
        state[name] = 0
    _drive(world, state, ids, messages, *settings)
    time = float(state["time"][0])
    spread, depth = float(state["spread"][0]) / time, float(state["depth"][0]) / time
    return Averages(spread * rates.grain / rates.scale, depth / rates.grain * rates.cancel / rates.limit)
