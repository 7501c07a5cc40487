"""Booking what comes back against the trades that had displaced it.

A trade that eats into the book moves the mid, and quotes that come back within seconds undo a part of that; a
trade at the other side of the spread moves the last price, and the next one moves it back. Booked as they
happen, both would stand as large opposite amounts under names that did nothing lasting. Here a move against what
was displaced in the last ten seconds counts as a rebound of those who displaced it, in proportion; what is still
displaced then is theirs for good, and what goes beyond is the mover's own.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.kernel import entry

__all__ = ["HORIZON", "Moves", "net_of_refill"]

HORIZON = 10.0  # seconds

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Moves(NamedTuple):
    """Moves of one price of one market, in order of time.

    Attributes
    ----------
    number : ndarray of int64
        Of the mark that a move first counts in.
    source : ndarray of int64
        Place of who made it in a list of sources.
    size : ndarray of float64
        USD.
    """

    number: Whole
    source: Whole
    size: Floats


@entry
def _book(time: Any, moves: Any, undoes: Any, lasts: Any, recent: Any, left: Any, booked: Any) -> Any:
    """Fill `booked` as far as it reaches; returns how many rows there are.

    `undoes`: whether a move can be a rebound; `lasts`: whether it can be undone. `recent` and `left` are room for
    the moves that can still be undone, and for what is left of each.
    """
    number, source, size = moves
    rows = np.int64(0)
    first = np.int64(0)
    end = np.int64(0)
    room = len(booked.size)
    for k in range(len(size)):
        own = size[k]
        while first < end and time[recent[first]] < time[k] - HORIZON:
            first += 1
        if undoes[k] and own != 0.0:
            total = 0.0
            for i in range(first, end):
                if left[i] * own < 0.0:
                    total += abs(left[i])
            back = min(abs(own), total)  # where it is all of it, exactly nothing shall be left
            sign = 1.0 if own > 0.0 else -1.0
            for i in range(first, end):
                if left[i] * own < 0.0:
                    part = sign * back * abs(left[i]) / total if back < total else -left[i]
                    left[i] += part
                    if rows < room:
                        booked.number[rows] = number[k]
                        booked.source[rows] = source[recent[i]]
                        booked.size[rows] = part
                    rows += 1
            own -= sign * back
        if own != 0.0:
            if rows < room:
                booked.number[rows] = number[k]
                booked.source[rows] = source[k]
                booked.size[rows] = own
            rows += 1
            if lasts[k]:
                recent[end] = k
                left[end] = own
                end += 1
    return rows


def _room(rows: int) -> Moves:
    return Moves(np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows))


def net_of_refill(time: Floats, moves: Moves, is_quote: NDArray[np.bool_], by_quotes: bool) -> Moves:
    """Moves of one price with rebounds booked against displacements.

    Parameters
    ----------
    time : ndarray of float64
        Seconds, ascending.
    moves : Moves
    is_quote : ndarray of bool
        Whether quotes that came or went made the move; such a move is never undone by others.
    by_quotes : bool
        Whether only quotes undo a move (the mid), or whatever moves the price back (the last trade).

    Returns
    -------
    Moves
        The sum up to any mark is unchanged; none is zero.
    """
    undoes = is_quote if by_quotes else np.ones(len(time), np.bool_)
    recent, left = np.empty(len(time), np.int64), np.empty(len(time))
    rows = _book(time, moves, undoes, ~is_quote, recent, left, _room(0))
    booked = _room(int(rows))
    _book(time, moves, undoes, ~is_quote, recent, left, booked)
    return booked
