"""Resampling of runs with replacement."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

__all__ = ["bootstrap", "percentile_interval"]

Floats = npt.NDArray[np.float64]

_NUMBERS_AT_ONCE = 4_000_000  # 32 MB of float64


def _blocks(rows: int, resamples: int, numbers_per_resample: int) -> Iterator[npt.NDArray[np.int64]]:
    # Seeded by the number of rows: the same data always have the same interval, and it needs no seed of its own.
    rng = np.random.default_rng(rows)
    block = max(1, _NUMBERS_AT_ONCE // max(1, numbers_per_resample))
    for first in range(0, resamples, block):
        yield rng.integers(0, rows, (min(block, resamples - first), rows))


def bootstrap(statistic: Callable[[Floats], npt.ArrayLike], values: npt.ArrayLike, resamples: int = 4000) -> Floats:
    """Values of a statistic over resamples of the rows (Efron and Tibshirani, 1993, chapter 6).

    Parameters
    ----------
    statistic : callable
        Takes resamples, shape (r, rows, ...), and gives one value of any shape for each, shape (r, ...).
    values : array_like of float, shape (rows, ...)
        One row a run, or a pair of runs on the same luck: what stands in one row stays together.
    resamples : int

    Returns
    -------
    ndarray of float64, shape (resamples, ...)
    """
    numbers = np.asarray(values, float)
    blocks = _blocks(len(numbers), resamples, numbers.size)
    return np.concatenate([np.asarray(statistic(numbers[rows]), float) for rows in blocks])


def percentile_interval(resampled: Floats, level: float = 0.95) -> Floats:
    """Percentile interval of each statistic (Efron and Tibshirani, 1993, chapter 13).

    Parameters
    ----------
    resampled : ndarray of float64, shape (resamples, ...)
        Nan (a statistic that is undefined in a resample) is left out.
    level : float

    Returns
    -------
    ndarray of float64, shape (2, ...)
        Low and high; nan where no resample defines the statistic.
    """
    tail = (1.0 - level) / 2.0
    undefined = np.isnan(resampled)
    filled = np.where(undefined.all(axis=0), 0.0, resampled)  # numpy warns of columns of nan alone
    interval: Floats = np.nanquantile(filled, [tail, 1.0 - tail], axis=0)
    return np.where(undefined.all(axis=0), np.nan, interval)
