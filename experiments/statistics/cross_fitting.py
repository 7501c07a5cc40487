"""What the best of several is worth, measured with runs that did not choose it.

The largest of several means is too large: it was picked for its luck as well. So one half of the runs chooses, the
other half measures, then the halves change places, and the two measurements are averaged (Stone, 1974, Journal of the
Royal Statistical Society B 36, 111-147; the averaging is the cross-fitting of Chernozhukov et al., 2018, Econometrics
Journal 21, C1-C68, definition 3.1).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.statistics.bootstrap import bootstrap
from cascade_sim.experiments.statistics.quantiles import student_quantile

__all__ = ["CrossFitted", "cross_fitted"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CrossFitted:
    """What a choice by half of the runs is worth, without the luck of the runs that chose.

    Attributes
    ----------
    value, low, high : float
        Mean of what the two halves' choices are worth, with its interval; nan for fewer than four runs, of which no
        half has a mean that varies.
    chosen : tuple of int
        Column that the first half chose, and the second.
    """

    value: float
    low: float
    high: float
    chosen: tuple[int, int]


def cross_fitted(values: npt.ArrayLike, level: float = 0.95, resamples: int = 1000) -> CrossFitted:
    """Worth of the best of several columns, chosen on one half of the runs and measured on the other, both ways.

    The value is unbiased for what the choices are truly worth, which is at most what the truly best one is. The two
    measurements are not independent, for each half chooses for the other. So their error is that of the whole procedure
    on resampled runs, in which every half chooses anew and is held against the means of all runs; its standard
    deviation goes into Student's interval. With 20 to 80 normal or exponential runs and 2 to 11 columns, alike or not,
    level 0.95 covers what the choices are worth in 0.92 to 0.97 of all cases. If the choices are kept fixed in every
    resample, it is 0.88 where columns are alike; if the largest mean is taken for the best one's, 0.72 with eleven that
    are alike.

    Parameters
    ----------
    values : array_like of float, shape (runs, n)
        In the order of seeds; those with even places are the first half.
    level : float
    resamples : int
    """
    runs = np.asarray(values, float)
    count, truth = len(runs), runs.mean(axis=0)
    first, second = _choices(runs[None])
    value = float(_measured(runs[None])[0])
    if count < 4:
        return CrossFitted(value, np.nan, np.nan, (int(first[0]), int(second[0])))
    errors = bootstrap(lambda several: _measured(several) - _worth(several, truth), runs, resamples)
    spread = float(errors.std() * np.sqrt(count / (count - 1)))
    reach = student_quantile(level, count - 1) * spread
    return CrossFitted(value, value - reach, value + reach, (int(first[0]), int(second[0])))


def _means(several: Floats) -> tuple[Floats, Floats]:
    """Means of both halves; from shape (r, runs, n) to (r, n)."""
    return several[:, 0::2].mean(axis=1), several[:, 1::2].mean(axis=1)


def _choices(several: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Columns that the two halves choose, shape (r,)."""
    first, second = _means(several)
    return first.argmax(axis=1), second.argmax(axis=1)


def _measured(several: Floats) -> Floats:
    """Mean of what each half measures for the other's choice, shape (r,)."""
    (first, second), (a, b) = _means(several), _choices(several)
    rows = np.arange(len(several))
    average: Floats = (first[rows, b] + second[rows, a]) / 2.0
    return average


def _worth(several: Floats, truth: Floats) -> Floats:
    """Mean of what the two choices are worth by known means, shape (r,)."""
    a, b = _choices(several)
    worth: Floats = (truth[a] + truth[b]) / 2.0
    return worth
