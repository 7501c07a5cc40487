"""A crowd whose intentions to trade wander, come and go, and a large order that meets them: the latent order book.

At every level stand lots that buyers would buy, or sellers would sell. In every step a share of them changes its mind
by one level up or down, a smaller share gives up, and new lots are thought of on either side: all as many as
expected, rounded at random, as in a crowd that is large. Left alone, the lots grow linearly with the distance from
the price, because buyers and sellers who come to agree trade and vanish.

What the exchange does. Intentions far from the price stay latent. Those within a window from each side's best
are revealed at every step: the crowd's orders are cancelled and limit orders placed anew, buyers' and then sellers',
best first. Where minds have crossed, the orders cross, and the exchange matches them; then the large order's slice
comes as a market order. What is left in the exchange's book is what is left of the revealed intentions. The mid is
the book's, and all volumes are read from the ledger.

References
----------
Toth et al. (2011), "Anomalous price impact and the critical nature of liquidity in financial markets", Phys. Rev. X 1;
Donier, Bonart, Mastromatteo, Bouchaud (2015), "A fully consistent, minimal model for non-linear market impact",
Quantitative Finance 15, 1109-1121.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import MARKET, PLENTY, STOCK, spot_market
from cascade_sim.market import exchange
from cascade_sim.market.constants import LEVELS
from cascade_sim.market.direct import make_room, send
from cascade_sim.market.draws import words
from cascade_sim.market.kernel import entry, kernel, part
from cascade_sim.market.moves import twice_mid
from cascade_sim.market.tables import World

__all__ = ["Crowd", "Execution", "execute"]

_BUYERS, _SELLERS, _TAKER = 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Who the large order meets; time in steps, price in ticks.

    Attributes
    ----------
    density : int
        Lots a level far from the price.
    width : float
        Distance over which the density rises to that; 0: it is the same everywhere. Where the price and the minds
        that matter stay well within it, the density is linear (at a width of 500 a twelfth more impact is left
        after the order than in a book that is linear without end).
    hop : float
        Share of the lots that move by a level in a step; 0: nothing is ever renewed, and width has no meaning.
    reach : int
        Levels on each side that anybody thinks of.
    window : int
        Levels on each side that are revealed.
    """

    density: int = 200_000
    width: float = 2_000.0
    hop: float = 0.5
    reach: int = 300
    window: int = 16

    @property
    def diffusion(self) -> float:
        """D: half the variance of a mind per step, ticks squared."""
        return self.hop / 2.0

    @property
    def cancel(self) -> float:
        """nu: share of the lots given up in a step; width is sqrt(D / nu)."""
        return self.diffusion / self.width**2 if self.width else 0.0

    @property
    def deposit(self) -> float:
        """Lots that are thought of in a step at every level of a side: lambda."""
        return self.cancel * self.density

    @property
    def slope(self) -> float:
        """L: lots a level and tick of distance, near the price."""
        return self.density / self.width

    @property
    def flow(self) -> float:
        """J = D L: lots that trade in a step when the crowd is alone."""
        return self.diffusion * self.slope


@dataclass(frozen=True)
class Execution:
    """What became of a large order and of the price.

    Attributes
    ----------
    impact : ndarray of float64, shape (steps,)
        Mid less the mid before the order, ticks, at the end of each step: while it lasts, and after.
    bought : int
        Lots that the order got.
    flow : float
        Lots a step that the crowd traded before.
    """

    impact: NDArray[np.float64]
    bought: int
    flow: float


@kernel
def _some(expected: Any, word: Any) -> Any:
    """Whole number with an expected value."""
    return np.int64(expected + np.float64(word) / 4294967296.0)


@part
def _change_minds(
    lots: NDArray[np.int64],
    after: NDArray[np.int64],
    seed: Any,
    step: Any,
    side: Any,
    hop: Any,
    cancel: Any,
    deposit: Any,
    mid: Any,
) -> None:
    """One step of the intentions of one side; `mid` is twice the index of the price."""
    last = lots.shape[0] - 1
    for i in range(last + 1):
        after[i] = 0
    for i in range(last + 1):
        a, b, c, d = words(seed, side + 1, step, i, 0)
        up = _some(0.5 * hop * np.float64(lots[i]), a)
        down = min(_some(0.5 * hop * np.float64(lots[i]), b), lots[i] - up)
        gone = min(_some(cancel * np.float64(lots[i]), c), lots[i] - up - down)
        new = _some(deposit, d) if side * (mid - 2 * i) > 0 else np.int64(0)
        after[min(i + 1, last)] += up
        after[max(i - 1, 0)] += down
        after[i] += lots[i] - up - down - gone + new
    for i in range(last + 1):
        lots[i] = after[i]


@part
def _reveal(w: World, lots: NDArray[np.int64], a: Any, side: Any, base: Any, window: Any) -> Any:
    """Send the nearest intentions of one side as limit orders, best first; returns the index of the best."""
    last = lots.shape[0] - 1
    i = last if side > 0 else np.int64(0)
    while 0 <= i <= last and lots[i] == 0:
        i -= side
    best = i
    while 0 <= i <= last and abs(i - best) < window:
        if lots[i] > 0:
            send(w, exchange.LIMIT, a, MARKET, side * lots[i], base + i, 0)
        i -= side
    return best


@kernel
def _read_back(w: World, lots: NDArray[np.int64], side: Any, base: Any, best: Any, window: Any) -> Any:
    """What stands in the book is what is left of the intentions that were revealed."""
    book = w.markets[MARKET]
    for k in range(window):
        i = best - side * k
        if 0 <= i < lots.shape[0]:
            stands = base + i <= book.bid if side > 0 else base + i >= book.ask
            lots[i] = w.levels[MARKET, np.uint64(base + i)].lots if stands else np.int64(0)


@entry
def _drive(
    w: World,
    buyers: NDArray[np.int64],
    sellers: NDArray[np.int64],
    after: NDArray[np.int64],
    mids: NDArray[np.int64],
    first: int,
    seed: int,
    pace: int,
    hop: float,
    cancel: float,
    deposit: float,
    window: int,
) -> None:
    """One step for every row of `mids` (twice the mid, ticks), with a market order for `pace` lots in each."""
    base = np.int64(LEVELS // 2 - buyers.shape[0] // 2)
    up, down = np.int64(1), np.int64(-1)
    book = w.markets[MARKET]
    for t in range(mids.shape[0]):
        make_room(w, 2 * window + 4)
        mid = twice_mid(book.bid, book.ask, book.last) - 2 * base
        _change_minds(buyers, after, seed, first + t, up, hop, cancel, deposit, mid)
        _change_minds(sellers, after, seed, first + t, down, hop, cancel, deposit, mid)
        send(w, exchange.CANCEL_ALL, _BUYERS, MARKET, 0, 0, 0)
        send(w, exchange.CANCEL_ALL, _SELLERS, MARKET, 0, 0, 0)
        bid = _reveal(w, buyers, _BUYERS, up, base, window)
        ask = _reveal(w, sellers, _SELLERS, down, base, window)
        if pace != 0:
            send(w, exchange.MARKET, _TAKER, MARKET, pace, 0, 0)
        _read_back(w, buyers, up, base, bid, window)
        _read_back(w, sellers, down, base, ask, window)
        mids[t] = twice_mid(book.bid, book.ask, book.last)


def _sides(crowd: Crowd, price: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Buyers below a price (ticks from the middle) and sellers above it, as they stand after a long time."""
    distance = np.arange(-crowd.reach, crowd.reach + 1) - price
    share = 1.0 - np.exp(-np.abs(distance) / crowd.width) if crowd.width else np.ones(len(distance))
    lots = np.round(crowd.density * share).astype(np.int64)
    return np.where(distance < 0, lots, 0), np.where(distance > 0, lots, 0)


def execute(
    crowd: Crowd, pace: int, steps: int, seed: int, price: float = 0.5, rest: int = 0, warm: int = 300
) -> Execution:
    """Buy a slice in every step, and watch what follows.

    Parameters
    ----------
    crowd : Crowd
    pace : int
        Lots in each step.
    steps, rest, warm : int
        Steps of the order, after it, and before it.
    seed : int
    price : float
        Where the price is at first, in ticks between two levels: averages over it know no grain.

    Returns
    -------
    Execution
        `impact` has ``steps + rest`` rows.
    """
    world = spot_market(_TAKER, orders=4 * crowd.window + 64)
    stock = world.balances["amount"][:, STOCK]
    sides = _sides(crowd, price)
    after = np.zeros_like(sides[0])
    mids = np.zeros(warm + steps + rest, np.int64)
    traded = 0
    for first, last, lots in ((0, warm, 0), (warm, warm + steps, pace), (warm + steps, len(mids), 0)):
        _drive(
            world,
            *sides,
            after,
            mids[first:last],
            first,
            seed,
            lots,
            crowd.hop,
            crowd.cancel,
            crowd.deposit,
            crowd.window,
        )
        traded = traded if first else int(stock[_BUYERS]) - PLENTY
    return Execution((mids[warm:] - mids[warm - 1]) / 2.0, int(stock[_TAKER]) - PLENTY, traded / warm)
