r"""DebtRank: what share of a system's value a distress of some of its members ends up costing.

Each of n members has a distress :math:`h_j` between 0 and 1, the share of its equity that is lost. A member i in full
distress takes the share :math:`W_{ij}` of j's equity.

**One pass** (Battiston et al. 2012, Methods): whoever is newly in distress passes it on once, then never again,

.. math:: h_j(t) = \min\{1, h_j(t-1) + \sum_{i \in D(t-1)} h_i(t-1) W_{ij}\},

where D(t-1) holds those whose distress became positive at t-1. Cycles are walked once.

**Linear** (Bardoscia et al. 2015): every new loss is passed on,

.. math:: h_j(t) = \min\{1, h_j(t-1) + \sum_i (h_i(t-1) - h_i(t-2)) W_{ij}\},

which without the cap ends at :math:`(I - W')^{-1} h(0)` if the spectral radius of W is below one. Above it some
distress grows until the cap stops it: the system is unstable.

DebtRank is :math:`\sum_j (h_j(T) - h_j(0)) v_j`, with shares of value v.

References
----------
Battiston, Puliga, Kaushik, Tasca and Caldarelli (2012), "DebtRank: too central to fail?", Scientific Reports 2:541;
Bardoscia, Battiston, Caccioli and Caldarelli (2015), "DebtRank: a microscopic foundation for shock propagation", PLoS
ONE 10(6), arXiv:1504.01857.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["debtrank", "debtrank_of_each", "distress", "linear_distress", "linear_limit"]

Floats = NDArray[np.float64]

_DENSE = 0.05  # share of entries above which a full product is quicker than a sparse one
_BATCH = 512  # starts walked together


def distress(impact: Any, initial: ArrayLike) -> Floats:
    """Distress after one pass, the original DebtRank.

    Parameters
    ----------
    impact : ndarray or sparse array, shape (n, n)
        Share of j's equity that the failure of i takes, at [i, j]. Not negative; a member does not strike itself.
    initial : array_like of float, shape (n,) or (starts, n)
        Distress at the beginning, between 0 and 1; several starts are walked together.

    Returns
    -------
    ndarray of float64, shape of `initial`

    Raises
    ------
    ValueError
        If an impact is negative or an initial distress is outside [0, 1].
    """
    weights, now = _operator(impact), _initial(initial)
    fresh = now > 0
    touched = fresh.copy()
    while fresh.any():
        now = np.minimum(1.0, now + np.where(fresh, now, 0.0) @ weights)
        fresh = (now > 0) & ~touched
        touched |= fresh
    return now


def linear_distress(impact: Any, initial: ArrayLike, tolerance: float = 1e-12, rounds: int = 100_000) -> Floats:
    """Distress when every new loss is passed on, each member losing at most all its equity.

    Parameters
    ----------
    impact, initial
        As in `distress`.
    tolerance : float
        Largest change at which the walk is over.
    rounds : int
        Rounds after which it is given up.

    Raises
    ------
    ValueError
        As in `distress`, and if the rounds do not suffice.
    """
    weights, now = _operator(impact), _initial(initial)
    fresh: Floats = now.copy()
    for _ in range(rounds):
        fresh = np.minimum(fresh @ weights, 1.0 - now)
        now += fresh
        if fresh.max(initial=0.0) <= tolerance:
            return now
    raise ValueError(f"distress still grows by {fresh.max():.3g} after {rounds} rounds; allow more")


def linear_limit(impact: Any, initial: ArrayLike) -> Floats:
    r"""Where linear distress ends without the cap: :math:`(I - W')^{-1} h(0)`.

    Raises
    ------
    ValueError
        If the spectral radius of the impact is not below one, so that there is no end.
    """
    rows = sparse.csr_array(impact, dtype=float)
    radius = spectral_radius(rows)
    if radius >= 1:
        raise ValueError(f"the spectral radius of impact must be below 1, got {radius:.6g}: distress grows for ever")
    return np.asarray(spsolve(sparse.eye_array(rows.shape[0], format="csc") - rows.T, np.asarray(initial, float)))


def debtrank(final: ArrayLike, initial: ArrayLike, values: ArrayLike) -> Any:
    """Share of all value that was lost beyond the initial distress.

    Parameters
    ----------
    final, initial : array_like of float, shape (n,) or (starts, n)
    values : array_like of float, shape (n,)
        Economic value of every member, in any unit; only shares count.

    Returns
    -------
    float, or ndarray of shape (starts,)
    """
    worth = np.asarray(values, float)
    return (np.asarray(final, float) - np.asarray(initial, float)) @ (worth / worth.sum())


def debtrank_of_each(impact: Any, values: ArrayLike, linear: bool = False) -> Floats:
    """DebtRank of the failure of every single member.

    Parameters
    ----------
    impact : ndarray or sparse array, shape (n, n)
    values : array_like of float, shape (n,)
    linear : bool
        Whether every new loss is passed on, and not only the first.

    Returns
    -------
    ndarray of float64, shape (n,)
        Entry i: share of all value, without i's own, lost when i fails.
    """
    weights = _operator(impact)
    count = weights.shape[0]
    walk = linear_distress if linear else distress
    ranks = np.zeros(count)
    for first in range(0, count, _BATCH):
        nodes = np.arange(first, min(first + _BATCH, count))
        initial = np.zeros((len(nodes), count))
        initial[np.arange(len(nodes)), nodes] = 1.0
        ranks[nodes] = debtrank(walk(weights, initial), initial, values)
    return ranks


def _operator(impact: Any) -> Any:
    """The impact as what multiplies fastest from the right."""
    rows = sparse.csr_array(impact, dtype=float)
    if rows.nnz and not rows.data.min() >= 0:
        raise ValueError(f"impacts must not be negative or nan, got {rows.data.min():.6g}; clip gains to zero first")
    return rows.toarray() if rows.nnz > _DENSE * rows.shape[0] ** 2 else rows


def _initial(initial: ArrayLike) -> Floats:
    start = np.array(initial, float)
    if not ((start >= 0) & (start <= 1)).all():
        raise ValueError(f"initial distress must be in [0, 1], got {start.min():.6g} to {start.max():.6g}")
    return start
