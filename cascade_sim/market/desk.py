"""A counter at the exchange for people: send messages one at a time and see what came of each."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market import exchange
from cascade_sim.market.constants import QUOTE_BLOCK
from cascade_sim.market.exchange import apply
from cascade_sim.market.kernel import entry
from cascade_sim.market.records import REASON_NAMES
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.tables import World
from cascade_sim.market.world import drain

__all__ = ["Desk", "RefusedError"]


class RefusedError(Exception):
    """The exchange refused a message.

    Attributes
    ----------
    reason : str
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@entry
def _apply_first(w: World) -> Any:
    """Apply the message in the first row of the outbox."""
    return apply(w, w.outbox[0])


class Desk:
    """Sends messages straight to an exchange: no latency, no other agents.

    Parameters
    ----------
    world : World
        Its accounts and markets are addressed by row, sizes are lots and prices are levels.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def send(self, kind: int | np.uint32, account: int, market: int = 0, **fields: Any) -> int:
        """Send one message; fields of `message_t` that are not given are 0.

        Returns
        -------
        int
            Id of a resting order, or 0.

        Raises
        ------
        RefusedError
        """
        row = self.world.outbox[0]
        values = {"kind": kind, "account": account, "market": market, "role": CUSTOM}
        for name in row.dtype.names:
            row[name] = (values | fields).get(name, 0)
        result = int(_apply_first(self.world))
        if result < 0:
            raise RefusedError(REASON_NAMES[-result])
        return result

    def limit(self, account: int, market: int, lots: int, level: int, **fields: Any) -> int:
        """Buy (or, negative, sell) lots at a level or better; rest what is left."""
        return self.send(exchange.LIMIT, account, market, lots=lots, price=level, **fields)

    def market(self, account: int, market: int, lots: int, **fields: Any) -> int:
        """Buy or sell lots at whatever price there is."""
        return self.send(exchange.MARKET, account, market, lots=lots, **fields)

    def cancel(self, account: int, market: int, order: int) -> int:
        """Cancel one order by its id."""
        return self.send(exchange.CANCEL, account, market, reference=order)

    def replace_quotes(self, account: int, market: int, quotes: Iterable[tuple[int, int]]) -> int:
        """Cancel all own orders in the market and place (lots, level) quotes instead."""
        rows = list(quotes)
        if len(rows) > QUOTE_BLOCK:
            raise ValueError(f"quotes: at most {QUOTE_BLOCK} can be sent at once, got {len(rows)}")
        for k, (lots, level) in enumerate(rows):
            self.world.quotes["lots"][k] = lots
            self.world.quotes["level"][k] = level
        return self.send(exchange.REPLACE_QUOTES, account, market, count=len(rows))

    def trades(self) -> NDArray[Any]:
        """Trades since the last call."""
        return drain(self.world, "trades")

    def events(self) -> NDArray[Any]:
        """Events since the last call."""
        return drain(self.world, "events")

    def book(self, market: int) -> dict[int, int]:
        """Lots at each occupied level; bids positive, asks negative."""
        lots = self.world.levels["lots"][market]
        levels = np.flatnonzero(lots)
        ask = int(self.world.markets["ask"][market])
        return {int(level): int(lots[level]) if level < ask else -int(lots[level]) for level in levels}
