"""Messages that a study knows ahead, straight into the exchange, one after another.

For theories whose time is a sequence of rounds and whose numbers need a million of them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.bare_market import MARKET
from cascade_sim.market.direct import send
from cascade_sim.market.kernel import entry
from cascade_sim.market.tables import World
from cascade_sim.market.world import drain

__all__ = ["send_stream"]


@entry
def _send(w: World, stream: NDArray[np.int64], first: int) -> Any:
    """Send rows of (kind, account, lots, level) until one is refused or the tables are full; returns the row reached.

    A message makes at most one trade with every order that rests.
    """
    pools = w.pools[0]
    i = first
    going = True
    while i < stream.shape[0] and going:
        going = pools.trades + w.markets[MARKET].orders + 1 < w.trades.shape[0]
        if going:
            w.clock[0].now = i
            going = send(w, stream[i, 0], stream[i, 1], MARKET, stream[i, 2], stream[i, 3], 0) >= 0
            i += 1
    return i


def send_stream(world: World, stream: NDArray[np.int64]) -> NDArray[Any]:
    """Send messages to the exchange.

    Parameters
    ----------
    world : World
        Of `bare_market`.
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
