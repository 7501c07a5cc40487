"""The smallest margin at which expected shortfall is below the fund: a grid, a check that more never hurts, bisection.

The margins tried share their days, so that the curve is smooth; the interval of the answer comes from finding it again
on resampled days (bootstrap of the crossing, as for critical points of sweeps).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.bootstrap import percentile_interval
from cascade_sim.experiments.statistics.monotonicity import isotonic_fit

__all__ = ["Answer", "Curve", "Status", "crossing_scale", "find_scale"]

Floats = NDArray[np.float64]
Curve = Callable[[float], tuple[float, Floats]]
Status = Literal["found", "lowest suffices", "none suffices", "not monotone"]
_GRID = 7
_WIDTH = 0.04  # of the bracket, log
_SIGNIFICANCE = 0.01


@dataclass(frozen=True)
class Answer:
    """Answer of the search.

    Attributes
    ----------
    status : {"found", "lowest suffices", "none suffices", "not monotone"}
    scale, low, high : float
        Smallest scale visited that suffices, and the interval of the crossing, which ends at the range; nan unless
        found.
    p_value : float
        Of the violations of monotonicity on the grid.
    scales : tuple of float
        Visited, in order.
    """

    status: Status
    scale: float
    low: float
    high: float
    p_value: float
    scales: tuple[float, ...]


def find_scale(curve: Curve, limit: float, low: float, high: float) -> Answer:
    """Find the smallest scale whose shortfall is below a limit.

    Parameters
    ----------
    curve : callable
        From a scale to the shortfall and to its values over resamples, shape (resamples,), the same at every scale.
    limit : float
        What the fund has.
    low, high : float
        Range of the search.

    Returns
    -------
    Answer
    """
    seen = {float(scale): curve(float(scale)) for scale in np.geomspace(low, high, _GRID)}
    p_value = _chance_of_violations([seen[scale] for scale in sorted(seen)])
    if p_value < _SIGNIFICANCE:
        return _without("not monotone", seen, p_value)
    enough = [scale for scale in sorted(seen) if seen[scale][0] < limit]
    if not enough:
        return _without("none suffices", seen, p_value)
    if enough[0] == min(seen):
        return _without("lowest suffices", seen, p_value)
    scale = _narrow(curve, limit, seen, enough[0])
    resampled = np.array([seen[each][1] for each in sorted(seen)])
    crossings = crossing_scale(np.array(sorted(seen)), resampled, limit)
    ends = percentile_interval(crossings)
    return Answer("found", scale, float(ends[0]), float(ends[1]), p_value, tuple(sorted(seen)))


def _without(status: Status, seen: dict[float, tuple[float, Floats]], p_value: float) -> Answer:
    return Answer(status, math.nan, math.nan, math.nan, p_value, tuple(sorted(seen)))


def _narrow(curve: Curve, limit: float, seen: dict[float, tuple[float, Floats]], enough: float) -> float:
    """Halve the bracket below a scale that suffices until it is narrow."""
    short = max(scale for scale in seen if scale < enough)
    while math.log(enough / short) > _WIDTH:
        middle = math.sqrt(short * enough)
        seen[middle] = curve(middle)
        short, enough = (short, middle) if seen[middle][0] < limit else (middle, enough)
    return enough


def crossing_scale(scales: Floats, shortfalls: Floats, limit: float) -> Floats:
    """Where falling curves go below a limit, on a log scale between the points visited.

    Parameters
    ----------
    scales : ndarray of float64, shape (points,)
        Climbing.
    shortfalls : ndarray of float64, shape (points, resamples)
        Each column is made to fall first (isotonic regression).
    limit : float

    Returns
    -------
    ndarray of float64, shape (resamples,)
        An end of the range where a curve does not cross inside it.
    """
    return np.array([_one_crossing(np.log(scales), column, limit) for column in shortfalls.T])


def _one_crossing(places: Floats, values: Floats, limit: float) -> float:
    falling = -isotonic_fit(-values, np.ones(len(values)))
    below = np.flatnonzero(falling < limit)
    if not len(below) or below[0] == 0:
        return float(np.exp(places[-1] if not len(below) else places[0]))
    k = below[0]
    part = (falling[k - 1] - limit) / (falling[k - 1] - falling[k])
    return float(np.exp(places[k - 1] + part * (places[k] - places[k - 1])))


def _chance_of_violations(points: list[tuple[float, Floats]]) -> float:
    """Chance that noise alone makes a falling curve violate monotonicity as much as this one.

    The squared distance from the nearest falling curve, against what the noise of the resamples makes around a
    constant, of all falling curves the one that violates most (as in `statistics.monotonicity`, for means). Both are
    measured in units of each point's own noise.
    """
    values = np.array([value for value, _ in points])
    noise = np.array([resampled for _, resampled in points]) - values[:, None]
    sd = np.maximum(noise.std(axis=1), 1e-9 * max(values.max(), 1.0))
    weights = sd**-2.0
    observed = _distance(values, weights)
    drawn = np.array([_distance(column, weights) for column in noise.T])
    return float((1 + (drawn >= observed).sum()) / (1 + len(drawn)))


def _distance(values: Floats, weights: Floats) -> float:
    return float((weights * (values + isotonic_fit(-values, weights)) ** 2).sum())
