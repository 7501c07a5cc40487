"""How the moves of a price arrive in a mean of it: prefix sums, so that a question costs nothing per move.

A move that first counts in mark n has arrived in mark k >= n

* in the price itself: whole;
* in the mean of a window of W samples: by (k - n + 1) / W, at most whole;
* in an exponential mean: by ``1 - G[n - 1] / G[k]`` with ``G[k]`` the mean's weight times ``exp(t[k] / memory)``,
  because each sample enters with the seconds since the one before (the sums of `market.mark_price`).

For each source the moves stand in order with their running sums: a binary search tells what has arrived when.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cascade_sim.contagion.refill import Moves
from cascade_sim.market.kernel import entry, kernel

__all__ = ["AT_ONCE", "EXPONENTIAL", "WINDOW", "Arrivals", "arrivals", "losses", "running_mean"]

AT_ONCE, WINDOW, EXPONENTIAL = range(3)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Arrivals(NamedTuple):
    """Moves of one price, source by source, and how they arrive in a mean of it.

    Attributes
    ----------
    how : int
        `AT_ONCE`, `WINDOW` or `EXPONENTIAL`.
    window : int
        Samples in the mean.
    first : int
        Number of the first mark on record: so many samples it was the mean of, if they were less than the window.
    start : ndarray of int64, shape (sources + 1,)
        Where the moves of each source begin.
    row : ndarray of int64, shape (moves,)
        Mark that a move first counts in; ascending within a source.
    moved : ndarray of float64, shape (moves,)
        Sum of the source's moves so far, USD.
    weighted : ndarray of float64, shape (moves,)
        Window: sum of move times row so far. Exponential: what had not arrived one mark before `row`, this move
        included.
    fading : ndarray of float64, shape (marks,)
        Logarithm of the share of a move at mark 1 that has not arrived at each mark (exponential).
    """

    how: int
    window: int
    first: int
    start: Whole
    row: Whole
    moved: Floats
    weighted: Floats
    fading: Floats


@entry
def _sort(moves: Any, first: Any, made: Any) -> Any:
    """Moves by source, keeping their order within each, with running sums."""
    start, row, moved, weighted = made.start, made.row, made.moved, made.weighted
    for k in range(len(moves.size)):
        start[moves.source[k] + 1] += 1
    for k in range(1, len(start)):
        start[k] += start[k - 1]
    for k in range(len(moves.size)):  # afterwards start[s] is where source s + 1 begins
        s = moves.source[k]
        i = start[s]
        row[i] = moves.number[k] - first
        moved[i] = moves.size[k]
        start[s] += 1
    for k in range(len(start) - 1, 0, -1):
        start[k] = start[k - 1]
    start[0] = 0
    for s in range(len(start) - 1):
        for i in range(start[s], start[s + 1]):
            if made.how == WINDOW:
                weighted[i] = moved[i] * row[i]
            else:
                weighted[i] = moved[i]
            if i > start[s]:
                moved[i] += moved[i - 1]
                keep = 1.0
                if made.how == EXPONENTIAL:
                    keep = np.exp(made.fading[row[i] - 1] - made.fading[row[i - 1] - 1])
                weighted[i] += weighted[i - 1] * keep


@kernel
def _until(row: Any, begin: Any, end: Any, last: Any) -> Any:
    """First of the places begin..end whose row is beyond `last`."""
    while begin < end:
        middle = (begin + end) // 2
        if row[middle] <= last:
            begin = middle + 1
        else:
            end = middle
    return begin


@kernel
def _arrived(made: Any, begin: Any, end: Any, k: Any) -> Any:
    """What a source's moves have made of a component at mark k, USD."""
    i = _until(made.row, begin, end, k) - 1
    if i < begin:
        return 0.0
    if made.how == AT_ONCE:
        return made.moved[i]
    if made.how == EXPONENTIAL:
        return made.moved[i] - made.weighted[i] * np.exp(made.fading[k] - made.fading[made.row[i] - 1])
    j = _until(made.row, begin, i + 1, k - made.window + 1) - 1
    whole = made.moved[j] if j >= begin else 0.0
    before = made.weighted[j] if j >= begin else 0.0
    samples = min(made.window, max(made.first + k, 1))
    return whole + ((k + 1) * (made.moved[i] - whole) - (made.weighted[i] - before)) / samples


@kernel
def _change(made: Any, s: Any, was: Any, now: Any) -> Any:
    """What a source's moves did to a component between two marks, USD."""
    begin = made.start[s]
    end = made.start[s + 1]
    if begin == end or made.row[begin] > now:
        return 0.0
    return _arrived(made, begin, end, now) - _arrived(made, begin, end, was)


@entry
def losses(parts: Any, positions: Any, order: Any, reach: Any, begin: Any, found: Any) -> Any:
    """Fill `found` with what each source took from each position.

    Parameters
    ----------
    parts : tuple of Arrivals
        Of the components that the mark can be.
    positions : tuple of ndarray
        Marks at the beginning and at the end, two components (int64), size, and the least amount wanted (float64).
    order : ndarray of int64
        Sources to look at, by descending reach where not all are wanted.
    reach : ndarray of float64, shape (sources,)
        Most that a source can have moved any component; infinite for those that are wanted however little they took.
    begin : int
        First position to look at.
    found : tuple of ndarray
        Room for positions, sources (int64) and amounts (float64).

    Returns
    -------
    next, rows : int
        First position that was not done, because there might not be room for it; rows filled.
    """
    was, now, one, other, size, least = positions
    rows = 0
    for e in range(begin, len(size)):
        if rows + len(order) > len(found[0]):
            return e, rows
        for s in order:
            if reach[s] * abs(size[e]) < least[e]:
                break
            made = _change(parts[one[e]], s, was[e], now[e])
            if other[e] != one[e]:
                made = (made + _change(parts[other[e]], s, was[e], now[e])) / 2
            amount = -size[e] * made
            if amount != 0.0 and (abs(amount) >= least[e] or reach[s] == np.inf):
                found[0][rows] = e
                found[1][rows] = s
                found[2][rows] = amount
                rows += 1
    return len(size), rows


@entry
def _running_mean(values: Any, keep: Any, mean: Any) -> None:
    mean[0] = values[0]
    for k in range(1, len(values)):
        mean[k] = keep[k] * mean[k - 1] + (1.0 - keep[k]) * values[k]


def running_mean(values: Floats, keep: Floats) -> Floats:
    """Exponential mean of a series, the share ``keep[k]`` of which is of the mean before; begins at the first value."""
    mean = np.empty(len(values))
    _running_mean(values, keep, mean)
    return mean


def arrivals(moves: Moves, first: int, sources: int, how: int, window: int = 1, keep: Floats | None = None) -> Arrivals:
    """Moves in order, with their running sums.

    Parameters
    ----------
    moves : Moves
    first : int
        Number of the first mark on record.
    sources : int
        How many sources there are.
    how : int
    window : int
        Samples in the mean.
    keep : ndarray of float64, shape (marks,), optional
        Share of an exponential mean at each mark that is of the mean before.
    """
    rows = len(moves.size)
    start = np.zeros(sources + 1, np.int64)
    fading = np.zeros(1) if keep is None else np.cumsum(np.log(np.maximum(keep, 1e-300)))
    made = Arrivals(how, window, first, start, np.empty(rows, np.int64), np.empty(rows), np.empty(rows), fading)
    _sort(moves, first, made)
    return made
