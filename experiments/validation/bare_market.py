"""One market without fees or agents: the exchange, and whoever a theory lets trade there.

A study decides and sends itself, message by message (`cascade_sim.market.direct`), or sends messages that it knows
ahead (`message_stream`). What comes out are trades and balances.
"""

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import LEVELS, LINK, PERPETUAL, SPOT
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate

__all__ = ["CURRENCY", "MARKET", "PLENTY", "STOCK", "perpetual_market", "spot_market"]

MARKET = LINK(1)
CURRENCY, STOCK = 1, 2
PLENTY = 10**17  # units of money and of stock that nobody comes to the end of
Amounts = int | NDArray[np.int64]


def spot_market(
    accounts: int, orders: int = 1 << 14, level: int = LEVELS // 2, money: Amounts = PLENTY, stock: Amounts = PLENTY
) -> World:
    """An empty book, and accounts with money and stock that they have deposited.

    A tick times a lot is one unit of money, and a lot is one unit of stock.

    Parameters
    ----------
    accounts : int
        Rows 1 to `accounts`, each with an owner of its own.
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
    world = _bare_market(SPOT, accounts, orders, level, 1)
    world.markets["lot_units"] = 1
    _pay_in(world, CURRENCY, money)
    _pay_in(world, STOCK, stock)
    return world


def perpetual_market(accounts: int, level: int, tick_value: int, money: Amounts) -> World:
    """An empty book, and accounts with margin; leverage up to 100, no funding, and the mark stays where it is.

    Parameters
    ----------
    accounts : int
        Rows 1 to `accounts`, each with an owner of its own.
    level : int
        Of the mark and the last trade, ticks.
    tick_value : int
        Units of money that a tick is worth to a lot.
    money : int or ndarray of int64, shape (accounts,)
        Units of each account; together less than an int64 holds.

    Returns
    -------
    World
        With one market, row `MARKET`.
    """
    world = _bare_market(PERPETUAL, accounts, 1 << 14, level, tick_value)
    world.tiers["maintenance_ppm"][1, 0], world.tiers["initial_ppm"][1, 0] = 5_000, 10_000
    world.positions["initial_ppm"] = 10_000
    _pay_in(world, CURRENCY, money)
    return world


def _bare_market(kind: int, accounts: int, orders: int, level: int, tick_value: int) -> World:
    """One venue with one market, and accounts with nothing; room for what every resting order can come to."""
    rows = 4 * orders
    sizes = Sizes(assets=2, venues=1, markets=1, columns=1, accounts=accounts, orders=orders, trades=rows, events=rows)
    world = allocate(sizes)
    for name, value in {"first_market": 1, "markets": 1, "currency": CURRENCY}.items():
        world.venues[name] = value
    columns = {"venue": 1, "asset": STOCK, "currency": CURRENCY, "kind": kind, "max_lots": 2**31 - 1}
    columns |= {"tick_value": tick_value, "last": level, "mark": level * tick_value}
    for name, value in columns.items():
        world.markets[name] = value
    world.accounts["venue"] = 1
    world.accounts["owner"] = np.arange(accounts + 1)
    world.accounts["role"] = CUSTOM
    return world


def _pay_in(world: World, asset: int, amount: Amounts) -> None:
    world.balances["amount"][1:, asset] = amount
    world.funds["deposits"][1, asset] = world.balances["amount"][:, asset].sum()
