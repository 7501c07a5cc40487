"""Expected shortfall of losses that do not count alike: of strata, or of importance sampling.

The worst 1 % of days decide a 99 % expected shortfall, and of a hundred equally likely days that is one. So more of the
bad days are run than there are, each with its true probability as weight (Glasserman, 2003, "Monte Carlo methods in
financial engineering", section 4.3 on stratified sampling).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["resampled_in_strata", "weighted_shortfall"]

Floats = npt.NDArray[np.float64]


def weighted_shortfall(losses: npt.ArrayLike, weights: npt.ArrayLike, quantile: float) -> Floats:
    """Mean of the worst share 1 - `quantile` of a weighted sample.

    The average of the quantile function of the weighted distribution over the tail, so that a loss across the edge of
    the tail counts with the part of its weight that is inside (Acerbi and Tasche, 2002, Journal of Banking and Finance
    26, 1487-1503, definition 2.6).

    Parameters
    ----------
    losses : array_like of float, shape (..., runs)
        Losses positive.
    weights : array_like of float, shape (runs,)
        Probabilities, up to a common factor.
    quantile : float
        In (0, 1), such as 0.99.

    Returns
    -------
    ndarray of float64, shape (...)

    Raises
    ------
    ValueError
        Where `quantile` is not in (0, 1), a weight is not positive, or a loss is not a number.
    """
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile must be in (0, 1), got {quantile}")
    values, chances = np.asarray(losses, float), np.asarray(weights, float)
    if not (chances > 0.0).all() or not np.isfinite(values).all():
        raise ValueError("weights must be positive and losses finite numbers")
    order = np.argsort(values, axis=-1, kind="stable")
    share = np.take(chances / chances.sum(), order)
    ends = np.clip(np.cumsum(share, axis=-1), quantile, 1.0)
    ends[..., -1] = 1.0  # what rounding left over belongs to the worst
    inside = np.diff(ends, axis=-1, prepend=quantile)
    shortfall: Floats = (np.take_along_axis(values, order, axis=-1) * inside).sum(axis=-1) / (1.0 - quantile)
    return shortfall


def resampled_in_strata(strata: Sequence[int], resamples: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """Places of runs, resampled with replacement inside their strata, which keep their sizes.

    Resampling across strata would make a noise of how many bad days there are, which is known (Efron and Tibshirani,
    1993, "An introduction to the bootstrap", chapter 8: resample as the data were drawn).

    Parameters
    ----------
    strata : sequence of int, shape (runs,)
    resamples : int
    seed : int

    Returns
    -------
    ndarray of int64, shape (resamples, runs)
        The weight of a place is that of its stratum.
    """
    of = np.asarray(strata)
    places = np.empty((resamples, len(of)), np.int64)
    rng = np.random.default_rng(seed)
    for stratum in np.unique(of):
        own = np.flatnonzero(of == stratum)
        places[:, own] = own[rng.integers(0, len(own), (resamples, len(own)))]
    return places
