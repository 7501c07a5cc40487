r"""Contagion through overlapping portfolios: who fails sells, prices fall, and others who hold the same fail.

Investors have a share of their assets in risky ones, split evenly over those they are linked to; equity is assets over
leverage. An investor whose losses reach its equity fails and sells everything. When the share x of all that investors
hold of an asset has been sold, its price is :math:`\exp(-\alpha x)` of what it was; by default a tenth sold moves it
by a tenth, :math:`\alpha = -10 \ln 0.9 = 1.0536`.

References
----------
Caccioli, Shrestha, Moore and Farmer (2014), "Stability analysis of financial contagion due to overlapping portfolios",
Journal of Banking and Finance 46, 233-245, arXiv:1210.5987.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

__all__ = ["ALPHA", "contagion_sizes", "even_portfolios", "failures", "random_links"]

ALPHA = -10 * math.log(0.9)  # Caccioli et al.: selling a tenth of an asset moves its price by a tenth

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def random_links(investors: int, assets: int, degree: float, rng: np.random.Generator) -> Any:
    """Links of which each exists with the same chance, independently.

    Parameters
    ----------
    investors, assets : int
    degree : float
        Mean number of assets of an investor.
    rng : numpy.random.Generator

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (investors, assets)
        Ones.
    """
    cells, chance = investors * assets, degree / assets
    # gaps between successes of a row of trials are geometric, so only links are drawn, and not all the cells
    enough = int(cells * chance + 10 * math.sqrt(cells * chance) + 10)
    places = np.cumsum(rng.geometric(chance, enough)) - 1
    rows, columns = np.divmod(places[places < cells], assets)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(investors, assets))


def even_portfolios(links: Any, risky: float = 0.8) -> Any:
    """Holdings of investors with assets of one, split evenly over what they are linked to.

    Parameters
    ----------
    links : scipy.sparse array of ones, shape (investors, assets)
    risky : float
        Share of assets that can lose value; who has no link holds no risky asset.
    """
    count = np.asarray(links.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(risky / np.maximum(count, 1)) @ links)


def failures(holdings: Any, equity: ArrayLike, first: ArrayLike, alpha: float = ALPHA) -> Flags:
    """Who has failed when contagion is over.

    Parameters
    ----------
    holdings : sparse array or ndarray of float64, shape (investors, assets)
        Not negative.
    equity : array_like of float, shape (investors,) or ()
        Loss at which an investor fails, above zero.
    first : array_like of bool or of int
        Who fails to begin with.
    alpha : float
        Steepness of impact.

    Returns
    -------
    ndarray of bool, shape (investors,)
    """
    held = sparse.csr_array(holdings, dtype=float)
    by_asset, whole = held.T.tocsr(), np.asarray(held.sum(axis=0)).ravel()
    failed = np.zeros(held.shape[0], bool)
    failed[np.asarray(first)] = True
    while True:
        sold = np.divide(by_asset @ failed, whole, out=np.zeros_like(whole), where=whole > 0)
        after = failed | (held @ -np.expm1(-alpha * sold) >= np.asarray(equity, float))
        if (after == failed).all():
            return failed
        failed = after


def contagion_sizes(
    leverage: float,
    degree: float,
    runs: int,
    rng: np.random.Generator,
    investors: int = 400,
    assets: int = 400,
    risky: float = 0.8,
) -> Floats:
    """Share of investors that fail after one fails at random, on random networks, a new one each run.

    Parameters
    ----------
    leverage : float
        Assets over equity of every investor.
    degree : float
        Mean number of assets of an investor.
    runs : int
    rng : numpy.random.Generator
    investors, assets : int
        Of each network.
    risky : float
        Share of assets that can lose value.

    Returns
    -------
    ndarray of float64, shape (runs,)
    """
    links = random_links(runs * investors, assets, degree, rng).tocoo()
    # every run has assets of its own, so that all of them are one large network and contagion is walked once
    columns = links.col + assets * (links.row // investors)
    apart = sparse.csr_array((links.data, (links.row, columns)), shape=(runs * investors, runs * assets))
    first = np.arange(runs) * investors + rng.integers(investors, size=runs)
    failed = failures(even_portfolios(apart, risky), 1 / leverage, first)
    shares: Floats = failed.reshape(runs, investors).mean(axis=1)
    return shares
