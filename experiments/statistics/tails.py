"""Tails of losses: value at risk, expected shortfall, Hill's tail index."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval

__all__ = ["TailRisk", "expected_shortfall", "hill_estimates", "value_at_risk"]

Floats = npt.NDArray[np.float64]
_Weights = Callable[[int, float], Floats]  # of the sorted losses, given how many and the quantile


class TailRisk(NamedTuple):
    """A measure of the tail with its bootstrap interval, in the unit of the losses; nan where there are too few."""

    value: float
    low: float
    high: float


def value_at_risk(losses: npt.ArrayLike, quantile: float, level: float = 0.95) -> TailRisk:
    """Smallest loss that is not exceeded with a probability of at least `quantile`.

    Parameters
    ----------
    losses : array_like of float, shape (runs,)
        Losses positive; what is not finite is left out.
    quantile : float
        In (0, 1), such as 0.95.
    level : float
        Of the interval.

    Returns
    -------
    TailRisk

    Raises
    ------
    ValueError
        Where `quantile` is not in (0, 1).
    """
    return _tail_risk(losses, _weights_of_quantile, quantile, level)


def expected_shortfall(losses: npt.ArrayLike, quantile: float, level: float = 0.95) -> TailRisk:
    """Mean of the worst share 1 - `quantile` of losses.

    An atom at the value at risk counts with as much of its probability as the tail needs: Acerbi and Tasche (2002,
    Journal of Banking and Finance 26, 1487-1503), definition 2.6, the average of the quantile function over the tail.
    With fewer than about ten runs in the tail the interval is too short, for no resample exceeds the largest loss.

    Parameters
    ----------
    losses, quantile, level
        As in `value_at_risk`.

    Returns
    -------
    TailRisk

    Raises
    ------
    ValueError
        Where `quantile` is not in (0, 1).
    """
    return _tail_risk(losses, _weights_of_tail, quantile, level)


def _weights_of_quantile(runs: int, quantile: float) -> Floats:
    # Rounded before the ceiling: 100 times 0.07 is a little more than 7.
    place = int(np.ceil(round(runs * quantile, 9))) - 1
    weights = np.zeros(runs)
    weights[place] = 1.0
    return weights


def _weights_of_tail(runs: int, quantile: float) -> Floats:
    """Share of the tail (quantile, 1] that lies in ((i - 1) / n, i / n], where the quantile function is loss i."""
    ends: Floats = np.clip(np.arange(runs + 1) / runs, quantile, 1.0)
    return (ends[1:] - ends[:-1]) / (1.0 - quantile)


def _tail_risk(losses: npt.ArrayLike, weights_of: _Weights, quantile: float, level: float) -> TailRisk:
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile must be in (0, 1), got {quantile}")
    finite = np.asarray(losses, float)
    finite = finite[np.isfinite(finite)]
    if len(finite) < 2:
        return TailRisk(np.nan, np.nan, np.nan)
    weights = weights_of(len(finite), quantile)
    low, high = percentile_interval(bootstrap(lambda resamples: np.sort(resamples, axis=1) @ weights, finite), level)
    return TailRisk(float(np.sort(finite) @ weights), float(low), float(high))


def hill_estimates(values: npt.ArrayLike, counts: Iterable[int]) -> pd.DataFrame:
    """Tail index alpha, P(X > x) ~ x**-alpha, from the largest values: the data of a Hill plot.

    Hill (1975, Annals of Statistics 3, 1163-1174): 1 / alpha is the mean of ln(X_i / X_(k+1)) over the k largest
    values. sqrt(k) times its relative error tends to a standard normal (Haeusler and Teugels, 1985, Annals of
    Statistics 13, 743-756), and so does that of alpha.

    Parameters
    ----------
    values : array_like of float
        What is not finite is left out.
    counts : iterable of int
        How many of the largest values to use, k; for one estimate pass `[k]`.

    Returns
    -------
    DataFrame
        One row a count: count, threshold (the value X_(k+1)), tail_index, standard_error. The last two are nan where
        k is below 1, there are no k + 1 values, the threshold is not positive, or all k equal it.
    """
    finite = np.asarray(values, float)
    largest = np.sort(finite[np.isfinite(finite)])[::-1]
    rows = [(count, *_hill(largest, count)) for count in counts]
    return pd.DataFrame(rows, columns=["count", "threshold", "tail_index", "standard_error"])


def _hill(largest: Floats, count: int) -> tuple[float, float, float]:
    if not 1 <= count < len(largest):
        return np.nan, np.nan, np.nan
    threshold = float(largest[count])
    excess = float(np.log(largest[:count] / threshold).mean()) if threshold > 0.0 else 0.0
    if excess == 0.0:
        return threshold, np.nan, np.nan
    return threshold, 1.0 / excess, 1.0 / excess / np.sqrt(count)
