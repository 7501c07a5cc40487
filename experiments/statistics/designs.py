"""Sensitivity designs: whether the cells of a sweep are the sample that an analysis needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Problem", "has_morris_design", "has_sobol_design", "naming_the_extra", "points_of_cells"]

Floats = npt.NDArray[np.float64]


class Problem(TypedDict):
    """What is varied: the two entries of a problem of SALib that must be given.

    Attributes
    ----------
    names : list of str
        Axes, columns of the frame of runs.
    bounds : list of pairs of float
        Lowest and highest value of every axis, uniform in between.
    """

    names: list[str]
    bounds: list[tuple[float, float]]


@contextmanager
def naming_the_extra() -> Iterator[None]:
    """Say how to install SALib where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "sensitivity analysis needs SALib; install it with: pip install 'cascade-sim[analysis]'", name=error.name
        ) from error


def points_of_cells(runs: pd.DataFrame, problem: Problem) -> Floats:
    """Where the cells lie, as shares of the bounds.

    Parameters
    ----------
    runs : DataFrame
        With columns cell and the axes of the problem.
    problem : Problem

    Returns
    -------
    ndarray of float64, shape (cells, axes)
        Sorted by cell.

    Raises
    ------
    ValueError
        Where an axis is not a column, or a cell lies outside the bounds.
    """
    unknown = [name for name in problem["names"] if name not in runs]
    if unknown:
        raise ValueError(f"the sweep has no axis {', '.join(unknown)}")
    low, high = np.asarray(problem["bounds"], float).T
    points: Floats = (runs.groupby("cell", sort=True)[problem["names"]].first().to_numpy(float) - low) / (high - low)
    outside = np.flatnonzero(((points < -1e-9) | (points > 1.0 + 1e-9)).any(axis=1))
    if len(outside):
        raise ValueError(f"cell {outside[0]} lies outside the bounds {problem['bounds']}")
    return points


def has_sobol_design(points: Floats, second_order: bool) -> bool:
    """Whether points come in blocks of Saltelli (2010, Computer Physics Communications 181, 259-270, section 4).

    A block is A, then A with one coordinate of B after another, with `second_order` B with one of A after another, B.
    """
    axes = points.shape[1]
    block = 2 * axes + 2 if second_order else axes + 2
    if not len(points) or len(points) % block:
        return False
    blocks = points.reshape(-1, block, axes)
    first, last = blocks[:, :1], blocks[:, -1:]
    one = np.eye(axes, dtype=bool)
    wanted = [first, np.where(one, last, first), *([np.where(one, first, last)] if second_order else []), last]
    return bool(np.allclose(blocks, np.concatenate(wanted, axis=1), rtol=0.0, atol=1e-9))


def has_morris_design(points: Floats, levels: int) -> bool:
    """Whether points come in trajectories of Morris (1991, Technometrics 33, 161-174, section 3).

    A trajectory moves every coordinate once, one at a time, by levels / (2 (levels - 1)) of its range.
    """
    axes = points.shape[1]
    if not len(points) or len(points) % (axes + 1):
        return False
    steps = np.abs(np.diff(points.reshape(-1, axes + 1, axes), axis=1)) / (levels / (2.0 * (levels - 1.0)))
    moves = np.isclose(steps, 1.0, rtol=0.0, atol=1e-9)
    still = np.isclose(steps, 0.0, rtol=0.0, atol=1e-9)
    return bool((moves | still).all() and (moves.sum(axis=1) == 1).all() and (moves.sum(axis=2) == 1).all())
