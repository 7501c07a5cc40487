"""Sequential replication: how many seeds an estimate needs, decided while they run.

Seeds are added in order and the rule looks at the values so far. Stopping at the first look that satisfies it favours
samples that happen to vary little: the interval then covers less often than its level, the more so the smaller
`at_least` is and the more skewed the values are (Chow and Robbins, 1965, Annals of Mathematical Statistics 36,
457-462: it covers as often in the limit of small half widths only; for proportions Frey, 2010, American Statistician
64, 242-249). Measured with thirty values at least, a look after every seed and 40 to 200 seeds in the end, intervals
of level 0.95 cover: normal values 0.95, events of probability 0.05 to 0.5 0.94 to 0.97, exponential values 0.90 to
0.92, lognormal ones (sigma 1) 0.84 to 0.88. Looking after every thirtieth seed only helps by up to 0.02. So ask for
more seeds where outcomes are skewed, and report how many there were.
"""

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.statistics.proportions import probability_of_event
from cascade_sim.experiments.statistics.quantiles import student_quantile

__all__ = ["enough", "half_width_of"]


def half_width_of(values: npt.ArrayLike, level: float = 0.95) -> float:
    """Half the width of the interval of a mean or of a probability.

    Parameters
    ----------
    values : array_like of float or bool, shape (seeds,)
        Booleans are events, with Wilson's interval for their probability; numbers have Student's for their mean, and
        nan is left out.
    level : float

    Returns
    -------
    float
        Infinite for fewer than two numbers, or no event observed either way.
    """
    observed = _defined(values)
    if observed.dtype == bool:
        return _half_width_of_probability(float(observed.sum()), len(observed), level)
    if len(observed) < 2:
        return np.inf
    reach = student_quantile(level, len(observed) - 1)
    return reach * float(observed.std(ddof=1)) / float(np.sqrt(len(observed)))


def _defined(values: npt.ArrayLike) -> npt.NDArray[np.float64] | npt.NDArray[np.bool_]:
    observed = np.asarray(values)
    if observed.dtype == bool:
        return observed
    numbers: npt.NDArray[np.float64] = observed.astype(float)
    return numbers[np.isfinite(numbers)]


def _half_width_of_probability(count: float, runs: int, level: float) -> float:
    if not runs:
        return np.inf
    found = probability_of_event(count, runs, level)
    return float(found.high - found.low) / 2.0


def enough(values: npt.ArrayLike, half_width: float, at_least: int = 30, level: float = 0.95) -> bool:
    """Whether the values so far are enough to stop.

    Parameters
    ----------
    values : array_like of float or bool, shape (seeds,)
        In the order of seeds; see `half_width_of`.
    half_width : float
        Wanted half width of the interval, in the unit of the values.
    at_least : int
        Never stop before as many values are defined.
    level : float

    Returns
    -------
    bool
    """
    return len(_defined(values)) >= at_least and half_width_of(values, level) <= half_width
