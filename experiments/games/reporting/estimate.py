"""A measured number with its interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.statistics.cross_fitting import CrossFitted

__all__ = ["Estimate"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, resampled: Floats) -> "Estimate":
        """Value with the percentile interval of resampled ones."""
        low, high = percentile_interval(np.asarray(resampled, float))
        return cls(float(value), float(low), float(high))

    @classmethod
    def of_mean(cls, values: Floats) -> "Estimate":
        """Mean of a number a seed, with its bootstrap interval."""
        return cls.of(float(values.mean()), bootstrap(lambda several: several.mean(axis=1), values, resamples=1000))

    @classmethod
    def fitted(cls, found: CrossFitted) -> "Estimate":
        """What a choice is worth, by runs that did not choose it."""
        return cls(found.value, found.low, found.high)
