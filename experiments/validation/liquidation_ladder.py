"""Longs whose liquidation prices are known, over a book that never refills, and one sale that begins it all.

The counterpart of maps of liquidation waves: the theory has a notional L(x) that is liquidated once the price has
fallen by x, and an impact I(Q) of selling Q; a shock x0 ends at the fixed point x = x0 + I(L(x)). Here L is made of
margin accounts and I of resting bids, and the exchange does the rest: it marks at every trade, finds who is under
water, and sells. Falls are shares of the opening price; notionals count at the opening price, as the theory does.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.records import LIQUIDATION_ORDER, REJECTED
from cascade_sim.recording.accounts import opening_state
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

__all__ = ["LOT", "MAINTENANCE", "PRICE", "Ladder", "Outcome", "cut_into_lots", "deposits", "even_bids", "in_lots"]

PRICE = 100_000  # opening price, in ticks of 1 USD: a tick is 0.001 % of it
LOT = 1e-3
MAINTENANCE = 0.005
_LOT_USD = LOT * PRICE
_PATIENCE = 3600  # seconds in which any cascade has ended

Lots = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What came of a shock.

    Attributes
    ----------
    fall : float
        Of the last price from the opening price, as a share.
    liquidated, bad_debt : float
        USD.
    rounds : tuple of float
        USD liquidated at each of the times at which the engine sold; rounds apart only with a latency.
    """

    fall: float
    liquidated: float
    bad_debt: float
    rounds: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A book, the longs above it, and the shock.

    Attributes
    ----------
    bids : ndarray of int64
        Lots k + 1 ticks below the opening price.
    longs : ndarray of int64
        Lots of each account.
    deposits : ndarray of float64
        USD of each account; its entry is the opening price.
    shock : int
        Lots sold to begin with.
    maintenance : float
        Margin rate.
    latency : float
        Seconds from a breach to its sale: with one, each round of liquidations has a time of its own.
    map_interval : float
        Seconds between recorded maps of liquidations; 0: none.
    """

    bids: Lots
    longs: Lots
    deposits: Floats
    shock: int
    maintenance: float = MAINTENANCE
    latency: float = 0.0
    map_interval: float = 0.0

    def run(self) -> Outcome:
        """Send the shock and wait until nobody is under water.

        Raises
        ------
        ValueError
            If the exchange refused an order that makes up the book.
        """
        return _outcome(self._simulate())

    def record(self) -> Result:
        """The same with all that a run leaves, for a look at who brought down whom."""
        simulation = self._simulate()
        _outcome(simulation)
        return Result.of(simulation, opening_state(simulation))

    def _simulate(self) -> Simulation:
        simulation = Simulation(load_scenario(self._scenario()), seed=1)
        simulation.run(2)
        while simulation.world.venues["pending"][1] != 0 and simulation.now < _PATIENCE * 1e6:
            simulation.run(1)
        return simulation

    def _scenario(self) -> dict[str, Any]:
        rules = {
            "mark": {"rule": "last", "interval": 0},
            "liquidation": {"rule": "full", "latency": self.latency},
            "waterfall": {"socialises": False},
            "tiers": {"default": [{"floor": 0, "maintenance": self.maintenance, "leverage": 50}]},
        }
        return {
            "name": "liquidation ladder",
            "duration": _PATIENCE,
            "map_interval": self.map_interval,
            "assets": {"X": {"price": PRICE}},
            "oracles": {"X": {"sources": [{}]}},
            "venues": {"v": {"rules": rules, "markets": {"X": {"asset": "X", "tick": 1, "lot": LOT}}}},
            "accounts": self._accounts(),
            "orders": self._orders(),
        }

    def _accounts(self) -> dict[str, Any]:
        people = {f"long {k}": _holder(*row) for k, row in enumerate(zip(self.longs, self.deposits, strict=True))}
        rich = {name: {"venue": "v", "deposit": 1e12} for name in ("book", "shock")}
        return people | rich | {"short": _holder(-self.longs.sum(), 1e12)}

    def _orders(self) -> list[dict[str, Any]]:
        bids = [
            {"account": "book", "market": "X", "size": lots * LOT, "price": PRICE - 1 - k}
            for k, lots in enumerate(self.bids.tolist())
            if lots > 0
        ]
        return [
            *bids,
            {"at": 1, "account": "shock", "market": "X", "type": "market", "size": -self.shock * LOT},
        ]


def _holder(lots: Any, deposit: Any) -> dict[str, Any]:
    return {
        "venue": "v",
        "deposit": float(deposit),
        "positions": {"X": {"size": int(lots) * LOT, "entry": PRICE}},
    }


def _outcome(simulation: Simulation) -> Outcome:
    world = simulation.world
    market = world.markets[1]
    events = simulation.records.table("events")
    if (events["kind"] == REJECTED).any():
        raise ValueError("the exchange refused a part of the book or the shock; make them smaller")
    sales = events[events["kind"] == LIQUIDATION_ORDER]
    times, round_of = np.unique(sales["time"], return_inverse=True)
    rounds = np.bincount(round_of, -sales["reference"].astype(float), len(times)) * _LOT_USD
    return Outcome(
        fall=1 - int(market["last"]) / PRICE,
        liquidated=int(market["liquidated_lots"]) * _LOT_USD,
        bad_debt=int(world.funds["bad_debt"][1, 1]) / 1e6,
        rounds=tuple(rounds.tolist()),
    )


def in_lots(notional: float) -> int:
    """Lots of a notional in USD at the opening price."""
    return round(notional / _LOT_USD)


def cut_into_lots(cumulative: Floats) -> Lots:
    """Whole lots of each part, given the notional in USD up to its end; roundings do not add up."""
    return np.diff(np.round(cumulative / _LOT_USD), prepend=0.0).astype(np.int64)


def deposits(longs: Lots, falls: Floats, maintenance: float = MAINTENANCE) -> Floats:
    """USD with which each long has just its maintenance margin left after a fall.

    Equity ``deposit - size * p0 * x`` equals ``mu * size * p0 * (1 - x)``.
    """
    money: Floats = longs * _LOT_USD * (falls + maintenance * (1.0 - falls))
    return money


def even_bids(depth: float, reach: float) -> Lots:
    """Bids of constant depth, in USD that move the price by 100 %, down to a fall: linear impact."""
    return np.full(round(reach * PRICE), in_lots(depth / PRICE), np.int64)
