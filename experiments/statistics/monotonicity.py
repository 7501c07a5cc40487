"""Whether a probability moves one way along an axis, from runs on common seeds."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize

__all__ = ["Monotonicity", "isotonic_fit", "monotonicity"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 1000


class Monotonicity(NamedTuple):
    """How well a monotone function fits.

    Attributes
    ----------
    increasing : bool
        The direction in which less is violated.
    p_value : float
        Probability of violations as large if the truth moves one way only.
    """

    increasing: bool
    p_value: float


def isotonic_fit(values: npt.ArrayLike, weights: npt.ArrayLike) -> Floats:
    """Nearest increasing sequence in least squares, by pooling adjacent violators.

    For proportions weighted by their runs it is also the likeliest one (Robertson, Wright and Dykstra, 1988, "Order
    restricted statistical inference", section 1.5).

    Parameters
    ----------
    values, weights : array_like of float, shape (points,)

    Returns
    -------
    ndarray of float64, shape (points,)
    """
    fitted: Floats = optimize.isotonic_regression(np.asarray(values, float), weights=np.asarray(weights, float)).x
    return fitted


def monotonicity(events: npt.ArrayLike) -> Monotonicity:
    """Test whether violations of monotonicity exceed what noise explains.

    The statistic is the squared distance of the observed probabilities from the monotone ones. Its law under the null
    comes from a bootstrap that resamples seeds whole, so that the luck that points share is kept: noise around the
    observed probabilities is laid around a constant, which of all monotone truths violates most by noise (the same
    book, section 2.3). Thus a rejection is wrong at most as often as its level says, up to the error of the bootstrap.

    Parameters
    ----------
    events : array_like of bool or float, shape (points, seeds)
        Whether the event came, points in the order of the axis; nan where a run is missing.

    Returns
    -------
    Monotonicity
    """
    came = np.asarray(events, float)
    weights = np.isfinite(came).sum(axis=1)
    observed = np.nanmean(came, axis=1)
    rising, falling = (_distance(direction, weights) for direction in (observed, -observed))
    sign = 1.0 if rising <= falling else -1.0
    noise = sign * (_resampled_means(came) - observed)
    at_least = sum(_distance(draw, weights) >= min(rising, falling) for draw in noise)
    return Monotonicity(sign > 0.0, (1 + at_least) / (1 + len(noise)))


def _distance(values: Floats, weights: npt.NDArray[np.int64]) -> float:
    return float((weights * (values - isotonic_fit(values, weights)) ** 2).sum())


def _resampled_means(came: Floats) -> Floats:
    """Probabilities over resamples of seeds, shape (resamples, points); a point without runs in one stays as it is."""
    seeds = came.shape[1]
    draws = np.random.default_rng(seeds).multinomial(seeds, np.full(seeds, 1.0 / seeds), _RESAMPLES)
    runs = draws @ np.isfinite(came).T
    counts = draws @ np.nan_to_num(came).T
    means: Floats = np.tile(np.nanmean(came, axis=1), (_RESAMPLES, 1))
    np.divide(counts, runs, out=means, where=runs > 0)
    return means
