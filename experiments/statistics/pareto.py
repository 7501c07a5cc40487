"""Pareto frontier: the cells that no other cell beats in all of several quantities."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Sense", "non_dominated", "pareto_frontier"]

Floats = npt.NDArray[np.float64]
Sense = Literal["max", "min"]


def pareto_frontier(first: npt.ArrayLike, second: npt.ArrayLike, senses: tuple[Sense, Sense]) -> npt.NDArray[np.int64]:
    """Indices of the points that no other point dominates.

    A point dominates another if it is at least as good in both quantities and better in one; equal points do not
    dominate each other.

    Parameters
    ----------
    first, second : array_like of float, shape (points,)
        A point where either is nan is not on the frontier.
    senses : tuple of {"max", "min"}
        Which way each quantity is good.

    Returns
    -------
    ndarray of int64, shape (frontier,)
        From the best `first` to the best `second`.
    """
    losses = np.column_stack([_loss(first, senses[0]), _loss(second, senses[1])])
    defined = np.flatnonzero(~np.isnan(losses).any(axis=1))
    best = np.array([place for place in defined if not _is_dominated(losses[place], losses)], np.int64)
    return best[np.lexsort((losses[best, 1], losses[best, 0]))]


def non_dominated(values: npt.ArrayLike, senses: Sequence[Sense]) -> npt.NDArray[np.bool_]:
    """Whether each point is beaten by no other in all of several quantities; as in `pareto_frontier`.

    Parameters
    ----------
    values : array_like of float, shape (points, quantities)
        A point with nan counts as beaten.
    senses : sequence of {"max", "min"}, shape (quantities,)

    Returns
    -------
    ndarray of bool, shape (points,)
    """
    columns = np.asarray(values, float).T
    losses = np.column_stack([_loss(column, sense) for column, sense in zip(columns, senses, strict=True)])
    return np.array([not np.isnan(own).any() and not _is_dominated(own, losses) for own in losses], bool)


def _loss(values: npt.ArrayLike, sense: Sense) -> Floats:
    if sense not in ("max", "min"):
        raise ValueError(f"a sense must be 'max' or 'min', got {sense!r}")
    numbers = np.asarray(values, float)
    return -numbers if sense == "max" else numbers


def _is_dominated(point: Floats, losses: Floats) -> bool:
    return bool(((losses <= point).all(axis=1) & (losses < point).any(axis=1)).any())
