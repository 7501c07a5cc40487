"""Probability of an event: the share of runs in which it came, with an interval."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from cascade_sim.experiments.statistics.quantiles import normal_quantile

__all__ = ["Method", "Probability", "exceeds", "probability_of_event"]

Floats = npt.NDArray[np.float64]
Method = Literal["wilson", "clopper-pearson"]


class Probability(NamedTuple):
    """Probabilities with their intervals, each of the shape of the counts.

    Attributes
    ----------
    probability, low, high : ndarray of float64
        Nan without runs.
    """

    probability: Floats
    low: Floats
    high: Floats


def exceeds(values: npt.ArrayLike, threshold: float) -> Floats:
    """Event that an outcome lies above a threshold: 1 or 0, and nan where the outcome is undefined.

    Parameters
    ----------
    values : array_like of float
    threshold : float
        In the unit of the values.

    Returns
    -------
    ndarray of float64, of the shape of `values`
    """
    numbers = np.asarray(values, float)
    return np.where(np.isnan(numbers), np.nan, numbers > threshold)


def probability_of_event(
    counts: npt.ArrayLike, runs: npt.ArrayLike, level: float = 0.95, method: Method = "wilson"
) -> Probability:
    """Probabilities from counts, with intervals.

    Parameters
    ----------
    counts : array_like of int
        Runs in which the event came.
    runs : array_like of int
        All runs; shapes are broadcast.
    level : float
        Confidence level.
    method : {"wilson", "clopper-pearson"}
        Wilson (1927, JASA 22, 209-212) covers `level` on average over probabilities (Brown, Cai and DasGupta, 2001,
        Statistical Science 16, 101-133, recommend it). Clopper and Pearson (1934, Biometrika 26, 404-413) covers at
        least `level` always, and is wider.

    Returns
    -------
    Probability

    Raises
    ------
    ValueError
        Where a count is negative or above the number of runs, or the method is none of these.
    """
    count, total = np.broadcast_arrays(np.asarray(counts, float), np.asarray(runs, float))
    if ((count < 0) | (count > total)).any():
        raise ValueError("counts must lie between 0 and the number of runs")
    share = np.divide(count, total, out=np.full(count.shape, np.nan), where=total > 0)
    if method == "wilson":
        low, high = _wilson(share, total, level)
    elif method == "clopper-pearson":
        low, high = _clopper_pearson(share, count, total, level)
    else:
        raise ValueError(f"method must be 'wilson' or 'clopper-pearson', got {method!r}")
    # Exact at the ends, where rounding would leave 1e-17.
    return Probability(share, np.where(share == 0.0, 0.0, low), np.where(share == 1.0, 1.0, high))


def _wilson(share: Floats, total: Floats, level: float) -> tuple[Floats, Floats]:
    """Equation (4) of Brown, Cai and DasGupta (2001)."""
    z = normal_quantile(level)
    weight = total + z**2
    centre = (total * share + z**2 / 2.0) / weight
    half = z * np.sqrt(total * share * (1.0 - share) + z**2 / 4.0) / weight
    return centre - half, centre + half


def _clopper_pearson(share: Floats, count: Floats, total: Floats, level: float) -> tuple[Floats, Floats]:
    """Quantiles of beta laws: equation (4.2.1) of Brown, Cai and DasGupta (2001)."""
    tail = (1.0 - level) / 2.0
    defined = np.isfinite(share)
    low = special.betaincinv(np.maximum(count, 1.0), total - count + 1.0, tail)
    high = special.betaincinv(count + 1.0, np.maximum(total - count, 1.0), 1.0 - tail)
    return np.where(defined, low, np.nan), np.where(defined, high, np.nan)
