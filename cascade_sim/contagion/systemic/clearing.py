r"""Who pays what when all debts fall due at once: the clearing payments of Eisenberg and Noe.

Member i owes :math:`L_{ij}` to j, :math:`\bar p_i = \sum_j L_{ij}` in all, and has external assets :math:`e_i`. With
:math:`\Pi_{ij} = L_{ij} / \bar p_i`, clearing payments solve

.. math:: p = \min\{\bar p, e + \Pi' p\}:

nobody pays more than they have (limited liability), nobody keeps anything while they owe (absolute priority), and
creditors share in proportion. The greatest solution is found twice, by methods that share nothing: the fictitious
default algorithm, exact after at most n solutions of linear equations, and the fixed point approached from above.

References
----------
Eisenberg and Noe (2001), "Systemic risk in financial systems", Management Science 47(2), 236-249: definition 1
(clearing payment vector), theorem 1 (there is a greatest one), and the fictitious default algorithm.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

__all__ = ["clearing_by_iteration", "clearing_payments", "equity_after_clearing", "owed", "relative_liabilities"]

Floats = NDArray[np.float64]

_ROUNDING = 1e-12  # share of a debt that may be missing for no other reason than floating point


def owed(liabilities: Any) -> Floats:
    """What every member owes in all, shape (n,)."""
    return np.asarray(liabilities.sum(axis=1), float).ravel()


def relative_liabilities(liabilities: Any) -> Any:
    """Share of each creditor in what a member owes; rows of who owes nothing are empty.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
    """
    total = owed(liabilities)
    shares = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
    return sparse.csr_array(sparse.diags_array(shares) @ sparse.csr_array(liabilities, dtype=float))


def clearing_payments(liabilities: Any, external: ArrayLike) -> Floats:
    """Greatest clearing payments, by the fictitious default algorithm.

    Begin with everybody paying in full; who then can't pay is in default; solve for what those in default pay if the
    others pay in full; see who else is in default now; until nobody is added.

    Parameters
    ----------
    liabilities : ndarray or sparse array, shape (n, n)
        What i owes to j, at [i, j]; not negative.
    external : array_like of float, shape (n,)
        What everybody has besides claims on each other, in the same unit; not negative.

    Returns
    -------
    ndarray of float64, shape (n,)
        What everybody pays in all.

    Raises
    ------
    ValueError
        If a liability or an external asset is negative.
    """
    total, shares, assets = _system(liabilities, external)
    payments = total.copy()
    failed = np.zeros(len(total), bool)
    while True:
        has = assets + shares.T @ payments
        short = failed | (has < total * (1 - _ROUNDING))
        if (short == failed).all():
            return payments
        failed = short
        payments = _payments(total, shares, assets, failed)


def _payments(total: Floats, shares: Any, assets: Floats, failed: NDArray[np.bool_]) -> Floats:
    """What everybody pays if exactly these pay all that they have."""
    payments = np.where(failed, 0.0, total)
    who = np.flatnonzero(failed)
    from_others = (assets + shares.T @ payments)[who]
    among = shares[who][:, who].T
    solved = spsolve(sparse.csc_array(sparse.eye_array(len(who)) - among), from_others)
    payments[who] = np.clip(solved, 0.0, total[who])
    return payments


def clearing_by_iteration(
    liabilities: Any, external: ArrayLike, tolerance: float = 1e-13, rounds: int = 1_000_000
) -> Floats:
    """Greatest clearing payments, as the limit of payments that begin with everybody paying in full.

    Parameters
    ----------
    liabilities, external
        As in `clearing_payments`.
    tolerance : float
        Share of the largest debt; the walk is over when no payment falls by more.
    rounds : int
        Rounds after which it is given up.

    Raises
    ------
    ValueError
        As in `clearing_payments`, and if the rounds do not suffice.
    """
    total, shares, assets = _system(liabilities, external)
    payments: Floats = total
    for _ in range(rounds):
        before, payments = payments, np.minimum(total, assets + shares.T @ payments)
        if np.abs(before - payments).max(initial=0.0) <= tolerance * total.max(initial=0.0):
            return payments
    raise ValueError(f"payments still fall after {rounds} rounds; use clearing_payments")


def equity_after_clearing(liabilities: Any, external: ArrayLike, payments: ArrayLike) -> Floats:
    """What everybody is left with: external assets and what is received, less what is paid."""
    paid = np.asarray(payments, float)
    left: Floats = np.asarray(external, float) + relative_liabilities(liabilities).T @ paid - paid
    return left


def _system(liabilities: Any, external: ArrayLike) -> tuple[Floats, Any, Floats]:
    """Debts, shares of creditors and external assets, checked."""
    assets = np.asarray(external, float)
    smallest = sparse.csr_array(liabilities, dtype=float).data.min(initial=0.0)
    if not smallest >= 0:
        raise ValueError(f"liabilities must not be negative, got {smallest:.6g}; a negative debt is one the other way")
    if not (assets >= 0).all():
        raise ValueError(f"external assets must not be negative, got {assets.min():.6g}; make it a liability")
    return owed(liabilities), relative_liabilities(liabilities), assets
