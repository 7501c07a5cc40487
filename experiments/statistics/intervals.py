"""Intervals over seeds: where a mean lies, and where one run lies."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.statistics.quantiles import student_quantile

__all__ = ["interval_of_mean", "interval_of_median", "range_of_runs", "student_interval"]


def _finite(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    numbers = np.asarray(values, float)
    finite: npt.NDArray[np.float64] = numbers[np.isfinite(numbers)]
    return finite


def interval_of_mean(values: npt.ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with its bootstrap interval.

    Percentile bootstrap (Efron and Tibshirani, 1993, "An introduction to the bootstrap", chapter 13); numbers
    that are not finite are left out. With few runs it is too short: at level 0.95 it covers 0.94 of the time with
    thirty normal values and 0.93 with exponential ones, 0.89 and 0.87 with eight.

    Parameters
    ----------
    values : array_like of float, shape (runs,)
    level : float

    Returns
    -------
    mean, low, high : float
        Nan without values; with a single one, low and high are nan.
    """
    return _interval(values, level, np.mean)


def interval_of_median(values: npt.ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Median with its bootstrap interval; see `interval_of_mean`."""
    return _interval(values, level, np.median)


def student_interval(values: npt.ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with Student's interval, for a few differences; numbers that are not finite are left out.

    Source: Student (1908), "The probable error of a mean", Biometrika 6; exact for normal values, where
    resampling a handful of them is too sure of itself.

    Returns
    -------
    mean, low, high : float
        Nan without values; with a single one, low and high are nan.
    """
    numbers = _finite(values)
    if len(numbers) < 2:
        return (float(numbers[0]) if len(numbers) else np.nan), np.nan, np.nan
    reach = student_quantile(level, len(numbers) - 1) * numbers.std(ddof=1) / np.sqrt(len(numbers))
    return float(numbers.mean()), float(numbers.mean() - reach), float(numbers.mean() + reach)


def _interval(values: npt.ArrayLike, level: float, middle: Callable[..., Any]) -> tuple[float, float, float]:
    numbers = _finite(values)
    if len(numbers) < 2:
        return (float(numbers[0]) if len(numbers) else np.nan), np.nan, np.nan
    low, high = percentile_interval(bootstrap(lambda resamples: middle(resamples, axis=1), numbers), level)
    return float(middle(numbers)), float(low), float(high)


def range_of_runs(values: npt.ArrayLike, level: float = 0.9) -> tuple[float, float, float]:
    """Median with the quantiles between which a share `level` of the runs lies.

    Infinite values count (an event that never came); nan does not.
    """
    numbers = pd.Series(np.asarray(values, float)).dropna().to_numpy()
    if not len(numbers):
        return np.nan, np.nan, np.nan
    tail = (1.0 - level) / 2.0
    low, middle, high = np.quantile(numbers, [tail, 0.5, 1.0 - tail], method="nearest")
    return float(middle), float(low), float(high)
