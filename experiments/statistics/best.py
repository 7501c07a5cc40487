"""Which of several means may be the largest."""

import numpy as np
import numpy.typing as npt

__all__ = ["may_be_best"]

Floats = npt.NDArray[np.float64]


def may_be_best(means: npt.ArrayLike, resampled: npt.ArrayLike, level: float = 0.95) -> npt.NDArray[np.bool_]:
    """Which of several means cannot be told apart from the largest one.

    The place of the largest mean over resamples is no interval: it never leaves the places at which some resample has
    its largest, and is a point as soon as one is ahead in most of them. Here each is tested against all others: it is
    out if another one is ahead of it, in standard errors of the difference on the same luck, by more than the level's
    quantile of what luck alone puts the most lucky other ahead (Hsu, 1984, Annals of Statistics 12, 1136-1144, by
    the bootstrap). The one that is truly best is kept with the level's chance.

    Parameters
    ----------
    means : array_like of float, shape (n,)
    resampled : array_like of float, shape (resamples, n)
        All means of every resample.
    level : float

    Returns
    -------
    ndarray of bool, shape (n,)
        True for the largest mean always.
    """
    values, several = np.asarray(means, float), np.asarray(resampled, float)
    return np.array([_may_be_best(values - values[k], several - several[:, [k]], level) for k in range(len(values))])


def _may_be_best(ahead: Floats, resampled: Floats, level: float) -> bool:
    """Whether luck explains how far others are ahead of one of them; resampled, shape (resamples, n)."""
    error = resampled.std(axis=0)
    varies = error > 1e-12 * max(float(np.abs(resampled).max()), 1e-300)
    if (ahead[~varies] > 0.0).any():
        return False
    if not varies.any():
        return True
    luck = ((resampled - ahead)[:, varies] / error[varies]).max(axis=1)
    return bool((ahead[varies] / error[varies]).max() <= max(float(np.quantile(luck, level)), 0.0))
