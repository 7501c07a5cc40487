"""A call auction through the exchange: orders are collected, a market maker sees their sum and names the price.

All orders go to the book at that price, one after another, and trade with each other as far as they can; the market
maker's own comes last and takes what is over. When the value is known everybody closes at it in the same way, so
that what an auction brought is money in the account.

References
----------
Kyle (1985), "Continuous auctions and insider trading", Econometrica 53, 1315-1335, section 2.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import CURRENCY, perpetual_market
from cascade_sim.experiments.validation.message_stream import send_stream
from cascade_sim.market.exchange import LIMIT
from cascade_sim.market.tables import World

__all__ = ["INSIDER", "MAKER", "PRICE", "TICK", "UNIT", "Auctions", "Market"]

PRICE = 100_000  # level before every auction; a tick is 0.001 USD
TICK = 0.001
UNIT = 1_000  # lots of one unit of the theory
_TICK_VALUE = 1  # millionth of a USD: 0.001 USD a tick times 0.001 units a lot
_DEPOSIT = 10**14  # units of money: more than enough
_NOISE = 5  # noise traders
INSIDER, MAKER = _NOISE + 1, _NOISE + 2

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Auctions:
    """What happened in a number of auctions, read off the trades; arrays of one number an auction.

    Attributes
    ----------
    flow : ndarray of float64
        Net order flow that the maker took the other side of, units.
    move : ndarray of float64
        Price of the auction less the price before, USD.
    value : ndarray of float64
        Price at which everybody closed, less the price before, USD.
    profit : ndarray of float64
        Of the insider, USD.
    """

    flow: Floats
    move: Floats
    value: Floats
    profit: Floats


def _rows(lots: Whole, level: Whole) -> Whole:
    """Messages of auctions: lots of every account, shape (auctions, accounts), at the price of each."""
    auctions, accounts = lots.shape
    columns = np.empty((auctions, accounts, 4), np.int64)
    columns[..., 0] = LIMIT
    columns[..., 1] = np.arange(1, accounts + 1)
    columns[..., 2] = lots
    columns[..., 3] = level[:, None]
    return columns


class Market:
    """A market in which auctions are held.

    Parameters
    ----------
    rng : Generator
        Luck of values and of noise traders.
    value_sd, noise_sd : float
        Of the value, USD; of the sum of the noise traders' orders, units.
    """

    def __init__(self, rng: np.random.Generator, value_sd: float, noise_sd: float) -> None:
        self._rng, self._value_sd, self._noise_sd = rng, value_sd, noise_sd
        self.world: World = perpetual_market(MAKER, PRICE, _TICK_VALUE, _DEPOSIT)

    def draw(self, auctions: int) -> tuple[Whole, Whole]:
        """Values in ticks from the price before, and lots of the noise traders, for a number of auctions."""
        values = np.rint(self._rng.normal(0.0, self._value_sd, auctions) / TICK).astype(np.int64)
        each = self._noise_sd / np.sqrt(_NOISE) * UNIT
        return values, np.rint(self._rng.normal(0.0, each, (auctions, _NOISE))).astype(np.int64)

    def hold(self, values: Whole, noise: Whole, insider: Whole, impact: float) -> Auctions:
        """Hold auctions one after another.

        Parameters
        ----------
        values, noise : ndarray of int64, shapes (auctions,) and (auctions, noise traders)
            As `draw` gives them.
        insider : ndarray of int64, shape (auctions,)
            Lots that the insider orders.
        impact : float
            USD that the maker adds to the price for a unit of net flow.

        Returns
        -------
        Auctions

        Raises
        ------
        RuntimeError
            If the exchange refused an order.
        """
        orders = np.column_stack([noise, insider])
        net = orders.sum(axis=1)
        price = PRICE + np.rint(impact * net / UNIT / TICK).astype(np.int64)
        lots = np.column_stack([orders, -net])
        both = np.concatenate([_rows(lots, price), _rows(-lots, PRICE + values)], axis=1).reshape(-1, 4)
        stream = np.ascontiguousarray(both[both[:, 2] != 0])
        number = np.flatnonzero(both[:, 2] != 0) // (2 * MAKER)
        closing = np.flatnonzero(both[:, 2] != 0) % (2 * MAKER) >= MAKER
        trades = send_stream(self.world, stream)
        return _read(trades, number[trades["time"]], closing[trades["time"]], len(values))

    def balance(self, account: int) -> float:
        """What an account has gained so far, USD; nobody holds a position between auctions."""
        return float(self.world.balances["amount"][account, CURRENCY] - _DEPOSIT) / 1e6


def _read(trades: NDArray[Any], number: Whole, closing: NDArray[np.bool_], auctions: int) -> Auctions:
    """Flow, prices and the insider's profit from trades, each with its auction and its half of it."""
    moved = (trades["level"].astype(np.int64) - PRICE) * TICK

    def bought(account: int) -> Whole:
        sides = (trades["taker"] == account).astype(np.int64) - (trades["maker"] == account)
        lots: Whole = trades["lots"] * sides
        return lots

    def mean_move(where: NDArray[np.bool_]) -> Floats:
        trades_of = np.bincount(number[where], minlength=auctions)
        return np.bincount(number[where], moved[where], auctions) / np.maximum(trades_of, 1)

    return Auctions(
        flow=-np.bincount(number, bought(MAKER) * ~closing, auctions) / UNIT,
        move=mean_move(~closing),
        value=mean_move(closing),
        profit=-np.bincount(number, bought(INSIDER) * moved, auctions) / UNIT,
    )
