r"""What leverage targeting does to volatility and correlation: sales that respond to returns create both.

Funds f hold portfolios with weights :math:`w_f`, assets :math:`A_f` and constant leverage :math:`\lambda_f` in markets
of depth :math:`D_i` (sales that move a price by 100 %). One step after a return they trade back to their leverage, so
that with news :math:`\epsilon` of covariance :math:`\Sigma`

.. math:: r_{t+1} = \epsilon_{t+1} + K r_t, \quad K = D^{-1} \sum_f (\lambda_f - 1) A_f w_f w_f',

and realised covariance solves :math:`S = \Sigma + K S K'`, if the spectral radius of K is below one. K is the matrix of
the vulnerable banks' spiral. For one fund with half its assets in each of two uncorrelated assets, with
:math:`R = (\lambda - 1) (A / 2) / D` and :math:`x = R^2 / (2 (1 - R^2))`: realised correlation :math:`x / (1 + x)`,
volatility multiplied by :math:`\sqrt{1 + x}`, and R is the autocorrelation of the fund's returns.

A steady, scheduled sale is drift and creates no correlation. Funds that only sell into falls (one-sided) create less,
and a drift downwards.

References
----------
In the spirit of Cont and Wagalath (2013), "Running for the exit: distressed selling and endogenous correlation in
financial markets", Mathematical Finance 23(4), and (2016), "Fire sales forensics: measuring endogenous risk",
Mathematical Finance 26(4); the linear recursion in discrete time and its closed form are own arithmetic.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_discrete_lyapunov

from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["correlation", "feedback_matrix", "realised_covariance", "simulate_returns"]

Floats = NDArray[np.float64]


def _pull(portfolios: ArrayLike, assets: ArrayLike, leverage: ArrayLike, depth: ArrayLike) -> tuple[Floats, Floats]:
    """Weights of the funds, and the return that a return of one of each fund makes in every asset; both (f, m)."""
    held = np.atleast_2d(np.asarray(portfolios, float))
    size = np.atleast_1d((np.asarray(leverage, float) - 1) * np.asarray(assets, float))
    return held, size[:, None] * held / np.asarray(depth, float)


def feedback_matrix(portfolios: ArrayLike, assets: ArrayLike, leverage: ArrayLike, depth: ArrayLike) -> Floats:
    """Returns that funds' trades make of a return of one in each asset, K.

    Parameters
    ----------
    portfolios : array_like of float, shape (m,) or (f, m)
        Weights of one fund or several, each summing to one.
    assets, leverage : array_like of float, shape () or (f,)
        Assets of each fund (USD), and assets over equity.
    depth : array_like of float, shape () or (m,)
        USD that move each price by 100 %.

    Returns
    -------
    ndarray of float64, shape (m, m)
    """
    held, pull = _pull(portfolios, assets, leverage, depth)
    return pull.T @ held


def realised_covariance(feedback: Floats, news: ArrayLike) -> Floats:
    """Covariance of returns with the funds' trades in them.

    Parameters
    ----------
    feedback : ndarray of float64, shape (m, m)
    news : array_like of float, shape (m, m)
        Covariance of returns without them.

    Raises
    ------
    ValueError
        If the spectral radius of the feedback is not below one: returns grow without bound.
    """
    radius = spectral_radius(feedback)
    if radius >= 1:
        raise ValueError(f"the spectral radius of the feedback must be below 1, got {radius:.6g}: returns grow")
    return np.asarray(solve_discrete_lyapunov(feedback, np.asarray(news, float)))


def correlation(covariance: Floats) -> Floats:
    """Correlations of a covariance matrix."""
    scale = 1 / np.sqrt(np.diag(covariance))
    return covariance * np.outer(scale, scale)


def simulate_returns(
    portfolios: ArrayLike,
    assets: ArrayLike,
    leverage: ArrayLike,
    depth: ArrayLike,
    news: Floats,
    one_sided: bool = False,
) -> Floats:
    """Returns of markets in which funds trade back to their leverage.

    Parameters
    ----------
    portfolios, assets, leverage, depth
        As in `feedback_matrix`.
    news : ndarray of float64, shape (steps, paths, m)
        Returns without the funds.
    one_sided : bool
        Whether funds only sell after falls, and never buy after rises.

    Returns
    -------
    ndarray of float64, shape (steps, paths, m)
    """
    held, pull = _pull(portfolios, assets, leverage, depth)
    returns = np.array(news, float)
    for before, now in pairwise(returns):
        of_funds = before @ held.T
        now += (np.minimum(of_funds, 0.0) if one_sided else of_funds) @ pull
    return returns
