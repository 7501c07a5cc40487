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

from cascade_sim.market.kernel import entry, kernel

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


class _Latest(NamedTuple):
    """The last row of each source, and of which mark it is; -1 before the first."""

    number: Whole
    row: Whole


@kernel
def _add(booked: Any, latest: Any, rows: Any, number: Any, source: Any, size: Any) -> Any:
    """Book a part: into the source's row of this mark, if there is one yet; returns how many rows there are."""
    if latest.number[source] != number:
        latest.number[source] = number
        latest.row[source] = rows
        if rows < len(booked.size):
            booked.number[rows] = number
            booked.source[rows] = source
            booked.size[rows] = 0.0
        rows += 1
    if latest.row[source] < len(booked.size):
        booked.size[latest.row[source]] += size
    return rows


@entry
def _book(time: Any, moves: Any, undoes: Any, lasts: Any, recent: Any, left: Any, latest: Any, booked: Any) -> Any:
    """Fill `booked` as far as it reaches; returns how many rows there are.

    `undoes`: whether a move can be a rebound; `lasts`: whether it can be undone. `recent` and `left` are room for
    the moves that can still be undone, and for what is left of each; `latest` for the last row of each source.
    """
    number, source, size = moves
    rows = np.int64(0)
    first = np.int64(0)
    end = np.int64(0)
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
                    rows = _add(booked, latest, rows, number[k], source[recent[i]], part)
            own -= sign * back
        if own != 0.0:
            rows = _add(booked, latest, rows, number[k], source[k], own)
            if lasts[k]:
                recent[end] = k
                left[end] = own
                end += 1
    return rows


def _none_yet(moves: Moves) -> _Latest:
    sources = int(moves.source.max(initial=-1)) + 1
    return _Latest(np.full(sources, -1, np.int64), np.full(sources, -1, np.int64))


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
        One row a source and mark; the sum up to any mark is unchanged.
    """
    undoes = is_quote if by_quotes else np.ones(len(time), np.bool_)
    recent, left = np.empty(len(time), np.int64), np.empty(len(time))
    latest = _none_yet(moves)
    rows = _book(time, moves, undoes, ~is_quote, recent, left, latest, _room(0))
    booked, latest = _room(int(rows)), _none_yet(moves)
    _book(time, moves, undoes, ~is_quote, recent, left, latest, booked)
    return booked
