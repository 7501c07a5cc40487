"""Sums and integrals over cascade sizes, as points with weights."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["SizeMeasure", "Tilted", "measure_of_sizes"]

Floats = npt.NDArray[np.float64]

_COUNTED = 2000  # whole sizes that are summed one by one; above, a sum differs from its integral by less than 1e-9
_PANEL = 0.25  # of the logarithm of size; eight nodes of Gauss and Legendre in each
_INFINITE = 1e100  # of pure power laws with an exponent above 1.2, a share of 1e-20 lies beyond


class Tilted(NamedTuple):
    """The law with density proportional to x**-exponent exp(-rate x).

    Attributes
    ----------
    log_norm : float
        Logarithm of its normalising sum or integral.
    mean : ndarray of float64, shape (2,)
        Of ln x and of x.
    covariance : ndarray of float64, shape (2, 2)
    """

    log_norm: float
    mean: Floats
    covariance: Floats


class SizeMeasure(NamedTuple):
    """Points and weights: a sum over whole sizes, or an integral over real ones, is sum(weights * f(points)).

    Attributes
    ----------
    coordinates : ndarray of float64, shape (2, points)
        ln x and x.
    log_weights : ndarray of float64, shape (points,)
    """

    coordinates: Floats
    log_weights: Floats

    def tilt(self, exponent: float, rate: float) -> Tilted:
        """Norm and moments of a power law with exponential cut-off."""
        logs = self.log_weights - np.array([exponent, rate]) @ self.coordinates
        peak = float(logs.max())
        shares = np.exp(logs - peak)
        norm = float(shares.sum())
        shares /= norm
        mean = self.coordinates @ shares
        centred = self.coordinates - mean[:, None]
        return Tilted(peak + float(np.log(norm)), mean, (centred * shares) @ centred.T)


def measure_of_sizes(smallest: float, largest: float, discrete: bool) -> SizeMeasure:
    """Measure of the sizes from `smallest` to `largest`.

    Parameters
    ----------
    smallest, largest : float
        Largest may be infinite.
    discrete : bool
        Whether sizes are whole numbers (numbers of liquidations) or real ones (notional).

    Returns
    -------
    SizeMeasure
        Whole sizes are summed one by one as far as two thousand, and from there by the midpoint rule as an integral.
    """
    if not discrete:
        return _integral(smallest, min(largest, _INFINITE))
    last = min(largest, smallest + _COUNTED - 1.0)
    points = np.arange(smallest, last + 1.0)
    whole = SizeMeasure(np.stack([np.log(points), points]), np.zeros(len(points)))
    if last == largest:
        return whole
    rest = _integral(last + 0.5, min(largest + 0.5, _INFINITE))
    return SizeMeasure(*(np.concatenate(both, axis=-1) for both in zip(whole, rest)))


def _integral(low: float, high: float) -> SizeMeasure:
    """Gauss and Legendre on equal panels of ln x; dx = x d(ln x)."""
    span = np.log(high) - np.log(low)
    panels = int(np.ceil(span / _PANEL))
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = span / panels / 2.0
    middles = np.log(low) + half * (2.0 * np.arange(panels) + 1.0)
    logs = (middles[:, None] + half * nodes).ravel()
    return SizeMeasure(np.stack([logs, np.exp(logs)]), logs + np.log(np.tile(half * weights, panels)))
