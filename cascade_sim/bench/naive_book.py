"""The book as one writes it first: a queue per price in a dictionary, in plain Python.

It is what our book's speed is measured against, and a second opinion on its trades.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable

from cascade_sim.bench.workload import CANCEL, LIMIT

__all__ = ["NaiveBook"]

Trade = tuple[int, int, int, int]


class NaiveBook:
    """Price-time priority with a dictionary of price to queue, and a sorted list of prices, a side.

    Parameters
    ----------
    keeps_trades : bool
        Whether to keep every trade as (price, signed lots, taker, maker), or only to count them.

    Attributes
    ----------
    count, volume : int
        Of the trades so far.
    """

    def __init__(self, keeps_trades: bool = False) -> None:
        self.queues: dict[int, dict[int, deque[list[int]]]] = {1: {}, -1: {}}
        self.alive: dict[int, dict[int, int]] = {1: {}, -1: {}}  # orders at a price that are not cancelled
        self.prices: dict[int, list[int]] = {1: [], -1: []}
        self.orders: dict[int, list[int]] = {}  # by number: side, price, lots, number
        self.trades: list[Trade] | None = [] if keeps_trades else None
        self.count = 0
        self.volume = 0

    def run(self, rows: Iterable[Iterable[int]]) -> None:
        """Handle rows of (kind, number, side, price, lots)."""
        for kind, number, side, price, lots in rows:
            if kind == CANCEL:
                self.cancel(number)
            elif kind == LIMIT:
                left = self.take(number, side, price, lots)
                if left > 0:
                    self.rest(number, side, price, left)
            else:
                self.take(number, side, None, lots)

    def take(self, number: int, side: int, limit: int | None, lots: int) -> int:
        """Trade against the other side up to a limit; returns the lots left over."""
        queues, prices = self.queues[-side], self.prices[-side]
        while lots > 0 and prices:
            price = prices[0] if side > 0 else prices[-1]
            if limit is not None and side * price > side * limit:
                break
            while lots > 0 and price in queues:
                lots -= self._fill(number, side, price, lots)
        return lots

    def _fill(self, number: int, side: int, price: int, lots: int) -> int:
        """Trade with the first order at a price, or remove it if it was cancelled; returns the lots traded."""
        queue = self.queues[-side][price]
        maker = queue[0]
        traded = min(lots, maker[2])
        if traded > 0:
            maker[2] -= traded
            self.count += 1
            self.volume += traded
            if self.trades is not None:
                self.trades.append((price, side * traded, number, maker[3]))
            if maker[2] == 0:
                del self.orders[maker[3]]
                self._bury(-side, price)
        if maker[2] == 0:
            queue.popleft()
        return traded

    def rest(self, number: int, side: int, price: int, lots: int) -> None:
        """Put an order at the end of its price's queue."""
        queue = self.queues[side].get(price)
        if queue is None:
            queue = self.queues[side][price] = deque()
            self.alive[side][price] = 0
            insort(self.prices[side], price)
        order = [side, price, lots, number]
        queue.append(order)
        self.alive[side][price] += 1
        self.orders[number] = order

    def cancel(self, number: int) -> None:
        """Mark an order as gone, if it still rests; its queue drops it when it comes to the front."""
        order = self.orders.pop(number, None)
        if order is not None:
            order[2] = 0
            self._bury(order[0], order[1])

    def _bury(self, side: int, price: int) -> None:
        """Count one order fewer at a price; forget the price with the last."""
        self.alive[side][price] -= 1
        if self.alive[side][price] == 0:
            self._close(side, price)

    def _close(self, side: int, price: int) -> None:
        """Forget a price at which nothing rests."""
        del self.queues[side][price], self.alive[side][price]
        prices = self.prices[side]
        del prices[bisect_left(prices, price)]
