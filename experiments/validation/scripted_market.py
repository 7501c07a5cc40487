"""A market in which everybody but one maker trades by a script: for theories that say who trades when.

There are no fees, no funding and nobody short of money: what accounts gain is what they bought and sold for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cascade_sim.model import CascadeModel

__all__ = ["SPACING", "Order", "Outcome", "run_script"]

# Seconds between orders: the makers of the studies look every 0.075 s or oftener, and have quoted again by then.
SPACING = 0.1

Order = tuple[float, str, float]  # when in seconds, who, and signed size


@dataclass(frozen=True)
class Outcome:
    """What the script came to.

    Attributes
    ----------
    profit : dict of str to float
        Of every account at the last mark, USD.
    trades, series : DataFrame
        Of the run; column ``who`` of the trades names the taker.
    """

    profit: dict[str, float]
    trades: pd.DataFrame
    series: pd.DataFrame

    def own(self, who: str) -> pd.DataFrame:
        """Trades that an account's orders made."""
        return self.trades[self.trades["who"] == who]

    def average(self, who: str) -> float:
        """Average price that an account paid or got."""
        own = self.own(who)
        return float((own["size"] * own["price"]).sum() / own["size"].sum())

    def cash(self, who: str) -> float:
        """What an account got for what it sold, less what it paid, USD."""
        own = self.own(who)
        return float(-(own["size"] * own["price"]).sum())


def _scenario(orders: Sequence[Order], price: float, tick: float, lot: float) -> dict[str, Any]:
    accounts = dict.fromkeys((who for _, who, _ in orders))
    rules = {
        "mark": {"rule": "last", "interval": 0},
        "funding": {"interest": 0.0, "interval": 1e6},
        "tiers": {"default": [{"floor": 0, "maintenance": 0.005, "leverage": 100}]},
    }
    end = round(max(at for at, _, _ in orders) + 1.0, 6)
    return {
        "name": "scripted",
        "duration": end,
        "step": end,
        "sample_interval": SPACING,
        "map_interval": 0,
        "assets": {"X": {"price": price}},
        "oracles": {"X": {"sources": [{}]}},
        "venues": {"venue": {"rules": rules, "markets": {"X": {"asset": "X", "tick": tick, "lot": lot}}}},
        "accounts": {who: {"venue": "venue", "deposit": 1e9, "leverage": 10} for who in accounts},
        "orders": [
            {"at": round(at, 6), "account": who, "market": "X", "type": "market", "size": size}
            for at, who, size in orders
        ],
    }


def run_script(
    orders: Sequence[Order], maker: Callable[[Any], Any], price: float, tick: float, lot: float, seed: int = 1
) -> Outcome:
    """Send market orders at their times into the book of one maker.

    Parameters
    ----------
    orders : sequence of (float, str, float)
        Time in seconds, account, signed size in units of the asset.
    maker : callable
        Takes a model, gives an agent that quotes market "X" of venue "venue".
    price, tick, lot : float
        Opening price and price step, USD; smallest size, units of the asset.

    Raises
    ------
    RuntimeError
        If the exchange refused a message: the script was not carried out.
    """
    model = CascadeModel(_scenario(orders, price, tick, lot), rng=seed, custom=[maker])
    model.run()
    result = model.result()
    model.close()
    if "rejected" in result.events:
        raise RuntimeError(f"refused: {result.events['rejected']['reason'].value_counts().to_dict()}")
    names = result.accounts["cohort"]
    trades = result.trades.assign(who=result.trades["taker"].map(names))
    return Outcome(dict(zip(names, result.accounts["profit"], strict=True)), trades, result.series)
