"""Bubbles that do not cover each other: across at their time, down as near to the middle of their row as fits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Swarm", "fit"]

LARGEST, SMALLEST = 40.0, 1.6  # radii, points
_BETWEEN = 0.6  # points between bubbles
_SHRINK = 0.85
_LEAST_GAP = 10.0  # points between rows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Swarm:
    """Where bubbles stand.

    Attributes
    ----------
    x, y, radius : ndarray of float64, shape (n,)
        Points; `y` is negative, from the upper edge down.
    rows : ndarray of float64, shape (rows, 2)
        Upper and lower edge of each row.
    """

    x: Floats
    y: Floats
    radius: Floats
    rows: Floats


def _beside(x: Floats, radius: Floats) -> Floats:
    """Heights at which bubbles of one row stand, the largest first, each as near to zero as it fits."""
    y = np.zeros(len(x))
    done: list[int] = []
    for k in np.argsort(-radius, kind="stable"):
        near = [j for j in done if abs(x[j] - x[k]) < radius[j] + radius[k] + _BETWEEN]
        if near:
            apart = radius[near] + radius[k] + _BETWEEN
            rise = np.sqrt(np.maximum(apart**2 - (x[near] - x[k]) ** 2, 0.0))
            choices = np.concatenate([[0.0], y[near] + rise, y[near] - rise])
            choices = choices[np.argsort(np.abs(choices), kind="stable")]
            away = np.hypot(choices[:, None] - y[near], x[near] - x[k]) - apart
            y[k] = choices[np.argmax((away > -1e-6).all(axis=1))]
        done.append(int(k))
    return y


def _stack(x: Floats, radius: Floats, row: NDArray[np.int64], height: float) -> Swarm | None:
    """Rows below each other with what is left of the height between them; none if they are too high."""
    y, edges = np.zeros(len(x)), []
    for number in range(row.max() + 1):
        own = np.flatnonzero(row == number)
        y[own] = _beside(x[own], radius[own])
        edges.append((np.min(y[own] - radius[own], initial=0.0), np.max(y[own] + radius[own], initial=0.0)))
    lows, highs = np.array(edges).T
    left = height - (highs - lows).sum()
    if left < _LEAST_GAP * len(edges):
        return None
    tops = -np.cumsum(np.append(0.0, (highs - lows)[:-1] + left / len(edges)))
    middle = tops - left / len(edges) / 2 - highs
    return Swarm(x, y + middle[row], radius, np.column_stack([tops, tops - (highs - lows) - left / len(edges)]))


def fit(x: Floats, amount: Floats, row: NDArray[np.int64], height: float) -> Swarm | None:
    """Bubbles with areas in proportion to amounts, as large as the height allows.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
        Points.
    amount : ndarray of float64, shape (n,)
        Not negative. Bubbles below the smallest visible size are drawn at it.
    row : ndarray of int64, shape (n,)
        From 0; every row has one at least.
    height : float
        Of all rows together, points.

    Returns
    -------
    Swarm or None
        None if they have no room even at the smallest size.
    """
    share = np.sqrt(amount / max(amount.max(), 1e-12))
    if _stack(x, np.full(len(x), SMALLEST), row, height) is None:
        return None
    largest = LARGEST
    while largest > SMALLEST:
        found = _stack(x, np.maximum(largest * share, SMALLEST), row, height)
        if found is not None:
            return found
        largest *= _SHRINK
    return _stack(x, np.full(len(x), SMALLEST), row, height)
