"""The common message stream: limit orders, cancels and market orders around a fixed price.

Of every hundred messages 55 are limit orders at a geometric distance from the middle, 30 cancel an
earlier order (perhaps filled already), 15 are market orders. The stream is made without looking at any
book, so that every engine sees the same.
"""

import random

import numpy as np
from numpy.typing import NDArray

__all__ = ["CANCEL", "LIMIT", "MARKET", "MIDDLE", "message_stream"]

LIMIT, CANCEL, MARKET = range(3)
MIDDLE = 10_000
_DEEPEST = 50
_MEAN_DISTANCE = 10.0


def message_stream(messages: int, seed: int = 7, warm: int = 2_000) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Resting orders to start from, and the stream itself.

    Parameters
    ----------
    messages : int
        Length of the stream.
    seed : int
        Of Python's generator.
    warm : int
        Number of resting orders that are there before.

    Returns
    -------
    warm, stream : ndarray of int64, shape (n, 5)
        Kind, order number, side (1 buys), tick, lots.
    """
    rng = random.Random(seed)
    live: list[int] = []
    number = 0

    def limit() -> tuple[int, int, int, int, int]:
        nonlocal number
        side = 1 if rng.random() < 0.5 else -1
        distance = min(_DEEPEST, 1 + int(rng.expovariate(1.0 / _MEAN_DISTANCE)))
        row = (LIMIT, number, side, MIDDLE - side * distance, rng.randint(1, 10))
        live.append(number)
        number += 1
        return row

    first = [limit() for _ in range(warm)]
    rows = []
    for _ in range(messages):
        chance = rng.random()
        if chance < 0.55 or len(live) < 10:
            rows.append(limit())
        elif chance < 0.85:
            i = rng.randrange(len(live))
            live[i], live[-1] = live[-1], live[i]
            rows.append((CANCEL, live.pop(), 0, 0, 0))
        else:
            rows.append((MARKET, number, 1 if rng.random() < 0.5 else -1, 0, rng.randint(1, 10)))
            number += 1
    return np.array(first, np.int64), np.array(rows, np.int64)
