"""Who leads whom: correlation of two series with a lag, over many lucks.

References
----------
Box, Jenkins, Reinsel and Ljung (2015), "Time series analysis", 5th edition, section 12.1 (cross-correlation). Means of
correlations are taken in Fisher's z (Fisher, 1921, "On the probable error of a coefficient of correlation").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.statistics.intervals import student_interval

__all__ = ["LeadLag", "cross_correlation", "lead_lag"]

Floats = NDArray[np.float64]
_LARGEST = 1.0 - 1e-9  # whose z is still a number


@dataclass(frozen=True)
class LeadLag:
    """How two series hang together over time.

    Attributes
    ----------
    table : DataFrame
        By ``lag``: mean correlation with its 95 % interval ``low``, ``high`` over lucks. A lag above 0: the first
        series leads.
    lag, low, high : float
        Where the mean is largest, with its 95 % interval by resampling lucks; nan without two of them.
    """

    table: pd.DataFrame
    lag: float
    low: float
    high: float

    @property
    def leader(self) -> int:
        """1: the first leads, -1: the second does, 0: it can't be told."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def cross_correlation(first: Sequence[float] | Floats, second: Sequence[float] | Floats, most: int) -> Floats:
    """Correlation of the first series now with the second one `lag` steps later.

    Parameters
    ----------
    first, second : array_like of float, shape (n,)
    most : int
        Largest lag.

    Returns
    -------
    ndarray of float64, shape (2 * most + 1,)
        For lags from -most to most; nan where a series does not vary.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    if scale == 0.0:
        return np.full(2 * most + 1, np.nan)
    n = len(a)
    sums = [float(a[max(-k, 0) : n - max(k, 0)] @ b[max(k, 0) : n - max(-k, 0)]) for k in range(-most, most + 1)]
    return np.asarray(np.array(sums) / scale)


def lead_lag(pairs: Sequence[tuple[Floats, Floats]], most: int) -> LeadLag:
    """Correlation with a lag over lucks, and the lag at which it is largest.

    Parameters
    ----------
    pairs : sequence of pairs of ndarray, each of shape (n,)
        The two series of every luck; one whose series does not vary is left out.
    most : int
        Largest lag.

    Raises
    ------
    ValueError
        If lags are longer than half of the series, or no luck is left.
    """
    shortest = min(len(first) for first, _ in pairs)
    if not 1 <= most <= shortest // 2:
        raise ValueError(f"most must be from 1 to {shortest // 2}, half of the series, got {most}")
    rows = np.array([cross_correlation(first, second, most) for first, second in pairs])
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not len(rows):
        raise ValueError("none of the pairs varies; run more episodes")
    z = np.arctanh(np.clip(rows, -_LARGEST, _LARGEST))
    found = np.tanh([student_interval(column) for column in z.T])
    lags = np.arange(-most, most + 1)
    table = pd.DataFrame(found, index=pd.Index(lags, name="lag"), columns=["mean", "low", "high"])
    best = lags[int(z.mean(axis=0).argmax())]
    if len(z) < 2:
        return LeadLag(table, float(best), np.nan, np.nan)
    low, high = percentile_interval(bootstrap(lambda some: lags[some.mean(axis=1).argmax(axis=1)], z))
    return LeadLag(table, float(best), float(low), float(high))
