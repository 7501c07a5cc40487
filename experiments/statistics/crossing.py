"""Where a probability crosses one half: a logistic curve through single runs on common seeds."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from cascade_sim.experiments.statistics.monotonicity import isotonic_fit

__all__ = ["NO_CROSSING", "Crossing", "crossing_of"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 1000
_WINDOW = (0.2, 0.8)  # of probability; with all points, exponential thresholds shift the crossing by 0.8 of its error
_ITERATIONS = 200
_LARGEST_STEP = 5.0  # of the logit at any point: farther, Newton's step overshoots where all points agree


class Crossing(NamedTuple):
    """Value at which the probability is one half, with its interval; an open end is infinite."""

    value: float
    low: float
    high: float


NO_CROSSING = Crossing(np.nan, np.nan, np.nan)


def crossing_of(values: npt.ArrayLike, events: npt.ArrayLike, level: float = 0.95) -> Crossing:
    """Crossing of one half of an increasing probability.

    A logistic curve is fitted by likelihood with the penalty of Firth (1993, Biometrika 80, 27-38), which keeps it
    finite where events and none are separated by a value. It is fitted to the points with a probability of 0.2 to 0.8
    and the nearest on either side of the crossing: farther out, the law of thresholds need not be logistic. The
    interval is the percentile interval of a bootstrap that resamples seeds, not points: a seed's events at all points
    stay together.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        Increasing.
    events : array_like of bool or float, shape (points, seeds)
        Whether the event came; nan where there is no run. Seeds that were run at the same points are resampled among
        themselves, so that every resample has as many runs at each point.
    level : float

    Returns
    -------
    Crossing
        An end is infinite where so many resamples do not cross, or cross by falling.
    """
    places, came = _near_one_half(np.asarray(values, float), np.asarray(events, float))
    start, span = places[0], places[-1] - places[0]
    scaled = (places - start) / span
    once = np.ones((1, came.shape[1]))
    fitted = _fit(scaled, *_counts(once, came), np.zeros((1, 2)))
    resampled = _fit(scaled, *_counts(_resampled_seeds(came), came), fitted)
    tail = (1.0 - level) / 2.0
    # Of order statistics, for infinite ones cannot be interpolated.
    low, high = np.quantile(_zero(resampled), [tail, 1.0 - tail], method="inverted_cdf")
    return Crossing(*(float(start + span * place) for place in (_zero(fitted)[0], low, high)))


def _near_one_half(places: Floats, came: Floats) -> tuple[Floats, Floats]:
    """Points whose probability lies in the window, and in any case the nearest on either side of one half."""
    fitted = isotonic_fit(np.nanmean(came, axis=1), np.isfinite(came).sum(axis=1))
    near = (fitted >= _WINDOW[0]) & (fitted <= _WINDOW[1])
    above = int(np.clip(np.searchsorted(fitted, 0.5), 1, len(places) - 1))
    near[above - 1 : above + 1] = True
    return places[near], came[near]


def _resampled_seeds(came: Floats) -> Floats:
    """How often each seed is drawn, shape (resamples, seeds)."""
    rng = np.random.default_rng(came.shape[1])
    _, kind = np.unique(np.isfinite(came), axis=1, return_inverse=True)
    draws = np.zeros((_RESAMPLES, came.shape[1]))
    for one in range(kind.max() + 1):
        alike = np.flatnonzero(kind == one)
        draws[:, alike] = rng.multinomial(len(alike), np.full(len(alike), 1.0 / len(alike)), _RESAMPLES)
    return draws


def _counts(draws: Floats, came: Floats) -> tuple[Floats, Floats]:
    """Events and runs at every point, each of shape (resamples, points)."""
    return draws @ np.nan_to_num(came).T, draws @ np.isfinite(came).T.astype(float)


def _fit(places: Floats, counts: Floats, runs: Floats, start: Floats) -> Floats:
    """Intercept and slope of the logit, shape (resamples, 2), by Fisher scoring."""
    design = np.stack([np.ones(len(places)), places])
    line = np.broadcast_to(start, (len(counts), 2)).copy()
    for _ in range(_ITERATIONS):
        step = _scoring_step(design, counts, runs, line)
        farthest = np.abs(step @ design).max(axis=1, keepdims=True)
        line += step * np.minimum(1.0, _LARGEST_STEP / np.maximum(farthest, _LARGEST_STEP))
        if farthest.max() < 1e-8:
            break
    return line


def _scoring_step(design: Floats, counts: Floats, runs: Floats, line: Floats) -> Floats:
    chance = special.expit(line @ design)
    weight = runs * chance * (1.0 - chance)
    information = np.einsum("rp,ip,jp->rij", weight, design, design)
    inverse = np.linalg.inv(information)
    leverage = weight * np.einsum("ip,rij,jp->rp", design, inverse, design)
    score: Floats = (counts - runs * chance + leverage * (0.5 - chance)) @ design.T
    step: Floats = np.einsum("rij,rj->ri", inverse, score)
    return step


def _zero(line: Floats) -> Floats:
    """Where a rising line crosses zero; a line that does not rise crosses beyond the end that its side says."""
    intercept, slope = line.T
    beyond: Floats = np.where(intercept + slope / 2.0 > 0.0, -np.inf, np.inf)
    np.divide(-intercept, slope, out=beyond, where=slope > 0.0)
    return beyond
