"""What a fit is worth: intervals of the parameters, directions that the facts do not tell, the test of the rest.

With the slopes G of the moments, weights W and the covariance V of simulated means less facts:

* Covariance of the parameters: ``(G'WG)^-1 G'W V W G (G'WG)^-1`` (Hansen, 1982, "Large sample properties of generalized
  method of moments estimators", Econometrica 50, theorem 3.1).
* The distances d that the parameters can't take away, ``W^1/2 M d`` with ``M = 1 - G (G'WG)^-1 G'W``, have a sum of
  squares Q distributed like that of normals with the eigenvalues l of ``W^1/2 M V M' W^1/2`` as variances (Jagannathan
  and Wang, 1996, Journal of Finance 51, appendix). With W = V^-1 all are 1, and this is Hansen's J-test with facts
  less parameters degrees of freedom. Otherwise Q is scaled to a chi-square of the same mean and variance: ``Q / a``
  with ``a = sum l^2 / sum l`` and ``(sum l)^2 / sum l^2`` degrees of freedom (Satterthwaite, 1946, Biometrics Bulletin
  2). Through M a search that stopped beside the least sum does not count against the model.
* V is estimated from S runs, so that the chi-square over its degrees of freedom is held against F with S - 1 below, and
  intervals are those of Student's t with S - 1: exact for one fact that is luck alone (Hotelling, 1931).

Slopes are differences of runs on the same seeds, in parts of the range of each parameter. Their own noise adds to G'WG,
and would make a flat objective look curved; for telling directions apart it is taken off again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f

__all__ = ["VAGUE", "JTest", "information", "j_test", "parameter_covariance", "weak_directions"]

Floats = NDArray[np.float64]
_FLAT = 1e-8  # share of the largest eigenvalue below which nothing is known of a direction
# Standard deviation of a uniform law over the range: an estimate that is vaguer says less than the bounds do.
VAGUE = 1.0 / np.sqrt(12.0)


@dataclass(frozen=True)
class JTest:
    """Test of the restrictions that the parameters could not use up.

    Attributes
    ----------
    statistic : float
        Sum of squares, scaled.
    freedom : float
        Degrees of freedom of the chi-square that it is scaled to.
    restrictions : int
        Facts less parameters.
    probability : float
        Of a sum as large, if the model is right; nan with nothing left to test.
    """

    statistic: float
    freedom: float
    restrictions: int
    probability: float


def parameter_covariance(slopes: Floats, weight: Floats, covariance: Floats) -> Floats:
    """Covariance of fitted parameters.

    Parameters
    ----------
    slopes : ndarray of float64, shape (facts, parameters)
    weight : ndarray of float64, shape (facts,)
    covariance : ndarray of float64, shape (facts, facts)

    Returns
    -------
    ndarray of float64, shape (parameters, parameters)
        Infinite variances for parameters of which nothing is known.
    """
    curvature = slopes.T @ (weight[:, None] * slopes)
    values, vectors = np.linalg.eigh(curvature)
    known = values > _FLAT * max(values.max(), 1e-300)
    inverse = (vectors[:, known] / values[known]) @ vectors[:, known].T
    lever = inverse @ (slopes.T * weight)
    spread: Floats = lever @ covariance @ lever.T
    lost = (vectors[:, ~known] ** 2).sum(axis=1) > 1e-6
    spread[lost, lost] = np.inf
    return spread


def j_test(distances: Floats, slopes: Floats, weight: Floats, covariance: Floats, runs: int) -> JTest:
    """J-test for any weights; see the top of this file.

    Parameters
    ----------
    distances : ndarray of float64, shape (facts,)
        Simulated means less facts at the fitted point.
    slopes : ndarray of float64, shape (facts, parameters)
    weight : ndarray of float64, shape (facts,)
    covariance : ndarray of float64, shape (facts, facts)
    runs : int
        Seeds that the covariance is estimated from.
    """
    facts, parameters = slopes.shape
    root = np.sqrt(weight)
    lever = root[:, None] * slopes
    left = np.eye(facts) - lever @ np.linalg.pinv(lever)
    values = np.linalg.eigvalsh(left @ (root[:, None] * covariance * root) @ left.T)
    values = values[values > _FLAT * max(values.max(), 1e-300)]
    if facts <= parameters or values.sum() <= 0:
        return JTest(np.nan, 0.0, facts - parameters, np.nan)
    scale = float((values**2).sum() / values.sum())
    freedom = float(values.sum() ** 2 / (values**2).sum())
    statistic = float(((left @ (root * distances)) ** 2).sum()) / scale
    return JTest(statistic, freedom, facts - parameters, float(f.sf(statistic / freedom, freedom, runs - 1)))


def information(differences: Floats, weight: Floats) -> Floats:
    """Curvature G'WG without the part that is the noise of the slopes.

    Parameters
    ----------
    differences : ndarray of float64, shape (seeds, facts, parameters)
        Slopes of every seed by itself.
    weight : ndarray of float64, shape (facts,)

    Returns
    -------
    ndarray of float64, shape (parameters, parameters)
        May have negative eigenvalues where there is nothing but noise.
    """
    mean = differences.mean(axis=0)
    apart = differences - mean
    seeds = len(differences)
    noise = np.einsum("sfj,f,sfk->jk", apart, weight, apart) / (seeds * (seeds - 1))
    curvature: Floats = np.einsum("fj,f,fk->jk", mean, weight, mean) - noise
    return curvature


def weak_directions(curvature: Floats) -> list[Floats]:
    """Directions in which the objective is too flat to say more than the bounds do.

    Returns
    -------
    list of ndarray of float64, shape (parameters,)
        Unit vectors, flattest first.
    """
    values, vectors = np.linalg.eigh(curvature)
    return [vectors[:, k] for k in range(len(values)) if values[k] < 1.0 / VAGUE**2]
