"""Booking what comes back against the trades that had displaced it.

A trade that eats into the book moves the mid, and quotes that come back within seconds undo a part of that; a
trade at the other side of the spread moves the last price, and the next one moves it back. Booked as they
happen, both would stand as large opposite amounts under names that did nothing lasting. Here a move against what
was displaced in the last ten seconds counts as a rebound of those who displaced it, in proportion; what is still
displaced then is theirs for good, and what goes beyond is the mover's own.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["HORIZON", "net_of_refill"]

HORIZON = 10.0  # seconds
_QUOTES = "quotes"
_COLUMNS = ["time", "number", "cause", "category", "mid_move", "last_move"]


@dataclass
class _Displacement:
    """A move that has not been undone, or not all of it."""

    time: float
    cause: int
    category: str
    left: float


def _net(moves: pd.DataFrame, column: str, undone_by: str | None) -> list[tuple[float, int, int, str, float]]:
    """Rows of (time, number, cause, category, move) with rebounds booked; `undone_by` none: by whoever moves."""
    recent: deque[_Displacement] = deque()
    rows = []
    for time, number, cause, category, move in zip(
        *(moves[name] for name in ("time", "number", "cause", "category", column)), strict=True
    ):
        while recent and recent[0].time < time - HORIZON:
            recent.popleft()
        own = move
        if undone_by in (None, category) and move != 0.0:
            against = [item for item in recent if item.left * move < 0.0]
            total = sum(abs(item.left) for item in against)
            back = min(abs(move), total)
            for item in against:
                part = float(np.sign(move)) * back * abs(item.left) / total
                item.left += part
                rows.append((time, number, item.cause, item.category, part))
            own = move - float(np.sign(move)) * back
        if own != 0.0:
            rows.append((time, number, cause, category, own))
            if category != _QUOTES:
                recent.append(_Displacement(time, cause, category, own))
    return rows


def net_of_refill(moves: pd.DataFrame) -> pd.DataFrame:
    """Moves of one market with rebounds booked against displacements.

    Parameters
    ----------
    moves : DataFrame
        In order of time: ``time``, ``number``, ``cause``, ``category``, ``mid_move``, ``last_move``.

    Returns
    -------
    DataFrame
        The same columns; the sums of both moves up to any time are unchanged.
    """
    mid = [(*row, 0.0) for row in _net(moves, "mid_move", _QUOTES)]
    last = [(*row[:4], 0.0, row[4]) for row in _net(moves, "last_move", None)]
    return pd.DataFrame(mid + last, columns=_COLUMNS).sort_values("time", kind="stable", ignore_index=True)
