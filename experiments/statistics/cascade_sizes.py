"""Law of cascade sizes: a power law with an exponential cut-off, against a power law without.

Branching theory has P(n) ~ n**-3/2 exp(-n / n_c), with n_c = 1 / (R - 1 - ln R) for Poisson offspring of mean R (the
law of Borel, 1942; Otter, 1949, Annals of Mathematical Statistics 20, 206-224): a cut-off that moves out as R
approaches one is the sign of a critical point. The likelihood is that of sizes within a window, as in Clauset, Shalizi
and Newman (2009, SIAM Review 51, 661-703), table 2.1; both laws are exponential families in (ln x, x), so that its
maximum has the model's means of these equal to those of the data, and the Fisher information is their covariance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from cascade_sim.experiments.statistics.size_measure import SizeMeasure, measure_of_sizes

__all__ = ["CascadeSizeFit", "PowerLaw", "fit_cascade_sizes"]

Floats = npt.NDArray[np.float64]

_EXPONENTS = (-30.0, 30.0)


@dataclass(frozen=True)
class PowerLaw:
    """Fitted density proportional to x**-exponent exp(-x / cutoff).

    Attributes
    ----------
    exponent, exponent_error : float
        With its standard error.
    cutoff, cutoff_error : float
        In the unit of the sizes; infinite, with an error of nan, where there is none.
    log_likelihood : float
    """

    exponent: float
    exponent_error: float
    cutoff: float
    cutoff_error: float
    log_likelihood: float


@dataclass(frozen=True)
class CascadeSizeFit:
    """Both laws, and whether the cut-off is needed.

    Attributes
    ----------
    pure, cut : PowerLaw
        Without and with a cut-off.
    likelihood_ratio : float
        Twice the difference of their log-likelihoods.
    p_value : float
        Of a ratio as large without a cut-off. Half that of chi-squared with one degree of freedom, as no cut-off is
        the edge of what is possible (Self and Liang, 1987, JASA 82, 605-610); all of it where the window has no end
        and the pure law no mean (an exponent up to 2), for then any sample is likelier with some cut-off.
    cascades : int
        Sizes in the window.
    """

    pure: PowerLaw
    cut: PowerLaw
    likelihood_ratio: float
    p_value: float
    cascades: int


def fit_cascade_sizes(
    sizes: npt.ArrayLike, smallest: float, largest: float = np.inf, discrete: bool = True
) -> CascadeSizeFit:
    """Maximum-likelihood fit to the sizes in [smallest, largest].

    Parameters
    ----------
    sizes : array_like of float
        Sizes outside the window, and nan, are left out.
    smallest, largest : float
        The window; `smallest` positive, and both whole (or `largest` infinite) where sizes are discrete. Choose
        `smallest` where the law has become a power law, `largest` below what the system's size limits.
    discrete : bool
        Whether sizes are whole numbers (liquidations) or real ones (notional).

    Returns
    -------
    CascadeSizeFit
        Of nan where the sizes do not determine a law: fewer than three different ones, or an exponent beyond +-30.

    Raises
    ------
    ValueError
        Where the window is empty or, for discrete sizes, it or a size in it is not whole.
    """
    inside = _inside(np.asarray(sizes, float), smallest, largest, discrete)
    if len(np.unique(inside)) < 3:
        return _undetermined(len(inside))
    # In units of the smallest size where these are free to choose: the same numbers at any scale of notional.
    unit = 1.0 if discrete else smallest
    fit = _Fit(inside / unit, measure_of_sizes(smallest / unit, largest / unit, discrete))
    try:
        pure, cut = fit.law(0.0, unit), fit.law(fit.rate(), unit)
    except _NoLawError:
        return _undetermined(len(inside))
    ratio = max(2.0 * (cut.log_likelihood - pure.log_likelihood), 0.0)
    at_edge = np.isfinite(largest) or pure.exponent > 2.0
    return CascadeSizeFit(pure, cut, ratio, _p_value(ratio, at_edge), len(inside))


def _p_value(ratio: float, at_edge: bool) -> float:
    if ratio == 0.0:
        return 1.0
    return float(special.chdtrc(1.0, ratio)) * (0.5 if at_edge else 1.0)


def _inside(sizes: Floats, smallest: float, largest: float, discrete: bool) -> Floats:
    if not 0.0 < smallest < largest:
        raise ValueError(f"0 < smallest < largest is needed, got smallest {smallest}, largest {largest}")
    inside = sizes[(sizes >= smallest) & (sizes <= largest)]
    ends = [smallest, largest] if np.isfinite(largest) else [smallest]
    if discrete and (np.concatenate([inside, ends]) % 1.0).any():
        raise ValueError("sizes and their window must be whole numbers; pass discrete=False for sizes that are not")
    return inside


def _undetermined(cascades: int) -> CascadeSizeFit:
    law = PowerLaw(np.nan, np.nan, np.nan, np.nan, np.nan)
    return CascadeSizeFit(law, law, np.nan, np.nan, cascades)


class _NoLawError(ArithmeticError):
    """No member of the family has the means of the data."""


class _Fit:
    """Likelihood of sizes over a measure, by its two sufficient statistics."""

    def __init__(self, sizes: Floats, measure: SizeMeasure) -> None:
        self.count = len(sizes)
        self.mean_log, self.mean = float(np.log(sizes).mean()), float(sizes.mean())
        self.measure = measure

    def exponent(self, rate: float) -> float:
        """Best exponent for a given rate of the cut-off: the model's mean of ln x is that of the data."""
        return _root(lambda exponent: self.mean_log - self.measure.tilt(exponent, rate).mean[0], _EXPONENTS)

    def _slope(self, rate: float) -> float:
        """Slope of minus the profile likelihood in the rate: increasing, for it is convex."""
        return self.mean - float(self.measure.tilt(self.exponent(rate), rate).mean[1])

    def rate(self) -> float:
        """Best rate of the cut-off, 0 where none is likelier than any."""
        low = 1e-9 / self.mean
        if self._slope(low) >= 0.0:
            return 0.0
        high = 1.0 / self.mean
        while self._slope(high) < 0.0:
            high *= 4.0
        return float(np.exp(_root(lambda log_rate: self._slope(np.exp(log_rate)), (np.log(low), np.log(high)))))

    def law(self, rate: float, unit: float) -> PowerLaw:
        """The law at a rate, with sizes in units of `unit`."""
        exponent = self.exponent(rate)
        tilted = self.measure.tilt(exponent, rate)
        per_size = tilted.log_norm + exponent * self.mean_log + rate * self.mean + float(np.log(unit))
        likelihood = -self.count * per_size
        information = self.count * tilted.covariance
        if rate == 0.0:
            return PowerLaw(exponent, float(information[0, 0] ** -0.5), np.inf, np.nan, likelihood)
        exponent_error, rate_error = map(float, np.sqrt(np.diag(np.linalg.inv(information))))
        return PowerLaw(exponent, exponent_error, unit / rate, unit * rate_error / rate**2, likelihood)


def _root(function: Callable[[float], float], ends: tuple[float, float]) -> float:
    if function(ends[0]) * function(ends[1]) > 0.0:
        raise _NoLawError
    return float(optimize.brentq(function, *ends, xtol=1e-10, rtol=1e-12))
