"""One market without agents: a study's own messages go straight to the exchange, one after another.

For theories whose time is a sequence of rounds and whose numbers need a million of them. Everybody has more than
enough money, and nobody pays fees; what comes out are trades and balances.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import LINK, PERPETUAL
from cascade_sim.market.exchange import apply
from cascade_sim.market.kernel import entry
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate, drain

__all__ = ["DEPOSIT", "MARKET", "direct_market", "send"]

MARKET = LINK(1)
DEPOSIT = 10**14  # units in every account at the start: 90,000 of them are less than an int64 holds
_MOST_LOTS = 2**31 - 1


def direct_market(accounts: int, level: int, tick_value: int) -> World:
    """Empty market.

    Parameters
    ----------
    accounts : int
        Numbered from 1.
    level : int
        Mark price, in ticks; it stays.
    tick_value : int
        Units of money that a tick is worth to a lot.
    """
    sizes = Sizes(assets=2, venues=1, markets=1, columns=1, accounts=accounts, orders=1 << 10, trades=1 << 16)
    world = allocate(sizes)
    venue, market = world.venues[1:], world.markets[1:]
    for name, value in {"first_market": 1, "markets": 1, "currency": 1}.items():
        venue[name] = value
    columns = {"venue": 1, "asset": 2, "currency": 1, "kind": PERPETUAL, "max_lots": _MOST_LOTS}
    columns |= {"tick_value": tick_value, "last": level, "mark": level * tick_value}
    for name, value in columns.items():
        market[name] = value
    world.tiers["maintenance_ppm"][1, 0], world.tiers["initial_ppm"][1, 0] = 5_000, 10_000
    world.accounts["venue"] = 1
    world.accounts["owner"] = np.arange(accounts + 1)
    world.accounts["role"] = CUSTOM
    world.balances["amount"][1:, 1] = DEPOSIT
    world.funds["deposits"][1, 1] = accounts * DEPOSIT
    world.positions["initial_ppm"] = 10_000
    return world


@entry
def _send(w: World, stream: NDArray[np.int64], first: int) -> Any:
    """Apply rows of (kind, account, lots, level) until the tables are full; returns the row reached."""
    pools = w.pools[0]
    message = w.messages[1]
    i = first
    going = True
    while i < stream.shape[0] and going:
        going = pools.trades + w.markets[MARKET].orders + 1 < w.trades.shape[0]
        if going:
            w.clock[0].now = i
            message.kind = LINK(stream[i, 0])
            message.account = LINK(stream[i, 1])
            message.market = MARKET
            message.lots = stream[i, 2]
            message.price = stream[i, 3]
            going = apply(w, message) >= 0
            i += 1
    return i


def send(world: World, stream: NDArray[np.int64]) -> NDArray[Any]:
    """Send messages to the exchange.

    Parameters
    ----------
    stream : ndarray of int64, shape (n, 4)
        Kind, account, signed lots, level.

    Returns
    -------
    ndarray of trade_t
        All trades; ``time`` is the row of the message that made them.

    Raises
    ------
    RuntimeError
        If the exchange refused a message.
    """
    reached, drained = 0, [drain(world, "trades")]
    while reached < len(stream):
        reached = int(_send(world, stream, reached))
        drained.append(drain(world, "trades"))
        if world.pools["events"][0] > 0:
            reason = int(world.events["code"][0])
            raise RuntimeError(f"message {reached - 1}, {stream[reached - 1].tolist()}, was refused: reason {reason}")
    return np.concatenate(drained)
