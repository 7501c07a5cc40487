r"""How many failures one failure brings where portfolios overlap at random: two branching numbers.

Investors and assets are linked at random with mean degree mu on both sides; the model is that of
`overlapping_portfolios`. An investor reached through an asset has 1 + Poisson(mu) links, an asset reached through an
investor Poisson(mu) other holders.

**Mean field.** All holders of an asset hold as much of it: one of l + 1 sells the share 1 / (l + 1), and a holder with
k links fails if :math:`(\rho / k) (1 - e^{-\alpha / (l + 1)}) \ge 1 / \lambda`, so

.. math:: z = \mu \sum_l P(l) \, l \, P(1 + \text{Poisson}(\mu) \le \rho \lambda (1 - e^{-\alpha / (l + 1)})).

It leaves out that those with few links hold more of an asset, that they fail first, and that by selling what they hold
of the same asset they bring down the next holders of it. So it can be on the wrong side of one: at leverage 20 and mean
degree 6, and at 30 and 8, it is 0.65 and 0.47, and yet there is global contagion in networks of any size.

**On trees.** All this can be counted exactly as long as the network has no short loops, which is so when it is large:
the members that fail through one asset, by number of links d, after an investor with k links has sold, are its holders
up to the first d at which what has been sold by then is not enough. N[k, d] = (k - 1) times their mean number is the
matrix of a branching process with types, and contagion from one failure can be global in an infinite network if and
only if its spectral radius exceeds one. Means are taken over drawn assets.

References
----------
Caccioli, Shrestha, Moore and Farmer (2014), Journal of Banking and Finance 46, 233-245, for the generalised branching
process; the count of failures through one asset is own arithmetic.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from cascade_sim.contagion.systemic.overlapping_portfolios import ALPHA
from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["mean_field_branching", "tree_branching"]

Floats = NDArray[np.float64]

_ROUNDING = 1e-9  # a number of links that is whole but for floating point


def _terms(degree: float) -> int:
    """Numbers of links above which the chances add up to nothing."""
    return int(poisson.isf(1e-13, degree)) + 2


def mean_field_branching(leverage: float, degree: float, risky: float = 0.8, alpha: float = ALPHA) -> float:
    """Mean number of failures that a failure brings, if all holders of an asset hold as much of it.

    Parameters
    ----------
    leverage : float
        Assets over equity.
    degree : float
        Mean number of assets of an investor, and of holders of an asset.
    risky : float
        Share of assets that can lose value.
    alpha : float
        Steepness of impact.
    """
    others = np.arange(1, _terms(degree))
    links = risky * leverage * -np.expm1(-alpha / (others + 1))
    fails = poisson.cdf(np.floor(links + _ROUNDING) - 1, degree)
    return float(degree * (poisson.pmf(others, degree) * others * fails).sum())


def _needed(links: Floats, leverage: float, risky: float, alpha: float) -> Floats:
    """Share of an asset that must be sold for its holders with so many links to fail."""
    fall = np.minimum(links / (risky * leverage), 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-fall) / alpha)


def _failing(seller: int, holders: Floats, needed: Floats) -> Floats:
    """Mean number of holders of one asset, by links, that fail after somebody with so many links has sold.

    Parameters
    ----------
    seller : int
    holders : ndarray of float64, shape (draws, types)
        Other holders with 1, 2, ... links.
    needed : ndarray of float64, shape (types,)
    """
    held = holders / np.arange(1, len(needed) + 1)
    sold_before = 1 / seller + np.cumsum(held, axis=1) - held
    enough = sold_before >= needed * (1 / seller + held.sum(axis=1, keepdims=True))
    reached = np.logical_and.accumulate(enough | (holders == 0), axis=1)
    mean: Floats = (holders * reached).mean(axis=0)
    return mean


def tree_branching(
    leverage: float, degree: float, risky: float = 0.8, alpha: float = ALPHA, draws: int = 20_000, seed: int = 0
) -> float:
    """Spectral radius of mean failures by number of links, exact on a network without loops.

    Parameters
    ----------
    leverage, degree, risky, alpha
        As in `mean_field_branching`.
    draws : int
        Assets over which means are taken.
    seed : int
    """
    links = np.arange(1, _terms(degree) + 1)
    chances = poisson.pmf(links - 1, degree)
    holders = np.random.default_rng(seed).poisson(degree * chances, (draws, len(links))).astype(float)
    with np.errstate(invalid="ignore"):
        needed = _needed(links.astype(float), leverage, risky, alpha)
    able = int((needed <= 1).sum())  # others never fail through one asset, and bring nobody down
    matrix = np.zeros((able, able))
    for seller in links[:able]:
        matrix[seller - 1] = (seller - 1) * _failing(int(seller), holders, needed)[:able]
    return spectral_radius(matrix)
