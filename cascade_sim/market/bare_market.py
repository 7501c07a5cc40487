"""One spot market without fees, rules or agents: the exchange, and whoever a theory lets trade there."""

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import LEVELS, SPOT
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate

__all__ = ["CURRENCY", "MARKET", "PLENTY", "STOCK", "bare_market"]

MARKET = 1
CURRENCY, STOCK = 1, 2
Amounts = int | NDArray[np.int64]
PLENTY = 10**17  # units of money and of stock that nobody comes to the end of


def bare_market(
    accounts: int, orders: int = 1 << 14, level: int = LEVELS // 2, money: Amounts = PLENTY, stock: Amounts = PLENTY
) -> World:
    """An empty book, and accounts with money and stock that they have deposited.

    A tick times a lot is one unit of money, a lot is one unit of stock, nobody pays fees, and every
    account has an owner of its own.

    Parameters
    ----------
    accounts : int
        Rows 1 to `accounts`.
    orders : int
        Most orders that rest at a time.
    level : int
        Of the last trade, ticks.
    money, stock : int or ndarray of int64, shape (accounts,)
        Units of each account.

    Returns
    -------
    World
        With one market, row `MARKET`.
    """
    world = allocate(
        Sizes(
            assets=2,
            venues=1,
            markets=1,
            columns=1,
            accounts=accounts,
            orders=orders,
            trades=4 * orders,
            events=4 * orders,
        )
    )
    world.venues["first_market"] = 1
    world.venues["markets"] = 1
    world.venues["currency"] = CURRENCY
    rows = world.markets
    for name, value in {"venue": 1, "asset": STOCK, "currency": CURRENCY, "kind": SPOT, "tick_value": 1}.items():
        rows[name] = value
    rows["lot_units"] = 1
    rows["max_lots"] = 2**31 - 1
    rows["last"] = level
    rows["mark"] = level
    world.accounts["venue"] = 1
    world.accounts["owner"] = np.arange(accounts + 1)
    world.accounts["role"] = CUSTOM
    for asset, amount in {CURRENCY: money, STOCK: stock}.items():
        world.balances["amount"][1:, asset] = amount
        world.funds["deposits"][1, asset] = world.balances["amount"][:, asset].sum()
    return world
