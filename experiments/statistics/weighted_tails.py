"""Expected shortfall of losses that do not count alike: of strata, or of importance sampling.

The worst 1 % of days decide a 99 % expected shortfall, and of a hundred equally likely days that is one. So more of the
bad days are run than there are, each with its true probability as weight (Glasserman, 2003, "Monte Carlo methods in
financial engineering", section 4.3 on stratified sampling).
"""

import numpy as np
import numpy.typing as npt

__all__ = ["weighted_shortfall", "weights_in_strata"]

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
    weights : array_like of float, shape (..., runs)
        Probabilities, up to a common factor; those of a resample are zero for what it did not draw.
    quantile : float
        In (0, 1), such as 0.99.

    Returns
    -------
    ndarray of float64, shape (...)

    Raises
    ------
    ValueError
        Where `quantile` is not in (0, 1), a weight is negative or all are zero, or a loss is not a number.
    """
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile must be in (0, 1), got {quantile}")
    values, chances = np.broadcast_arrays(np.asarray(losses, float), np.asarray(weights, float))
    whole = chances.sum(axis=-1, keepdims=True)
    if not (chances >= 0.0).all() or not (whole > 0.0).all() or not np.isfinite(values).all():
        raise ValueError("weights must not be negative, nor all zero, and losses must be finite numbers")
    order = np.argsort(values, axis=-1, kind="stable")
    share = np.take_along_axis(chances / whole, order, axis=-1)
    ends = np.clip(np.cumsum(share, axis=-1), quantile, 1.0)
    ends[..., -1] = 1.0  # what rounding left over belongs to the worst
    inside = np.diff(ends, axis=-1, prepend=quantile)
    shortfall: Floats = (np.take_along_axis(values, order, axis=-1) * inside).sum(axis=-1) / (1.0 - quantile)
    return shortfall


def weights_in_strata(strata: npt.ArrayLike, weights: npt.ArrayLike, resamples: int, seed: int = 0) -> Floats:
    """Weights of runs over resamples that are drawn inside strata, which keep what they weigh together.

    Resampling across strata would make a noise of how many bad days there are, which is known. Of the n runs of a
    stratum n - 1 are drawn with replacement, so that the variance of a mean is that of n runs (Rao and Wu, 1988,
    "Resampling inference with complex survey data", Journal of the American Statistical Association 83, 231-241). A
    stratum of one run has no spread.

    Parameters
    ----------
    strata : array_like of int, shape (runs,)
    weights : array_like of float, shape (runs,)
        Alike within a stratum.
    resamples : int
    seed : int

    Returns
    -------
    ndarray of float64, shape (resamples, runs)
    """
    of, chances = np.asarray(strata), np.asarray(weights, float)
    rng, drawn = np.random.default_rng(seed), np.zeros((resamples, len(of)))
    for stratum in dict.fromkeys(of.tolist()):
        own = np.flatnonzero(of == stratum)
        count = max(len(own) - 1, 1)
        times = rng.multinomial(count, np.full(len(own), 1.0 / len(own)), resamples)
        drawn[:, own] = times / count * chances[own].sum()
    return drawn
