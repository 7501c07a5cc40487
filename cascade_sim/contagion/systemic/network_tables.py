"""Whose failure and whose debt matters most, as tables of named members.

They take matrices and labels, from wherever: the exposure network of a run, or balance sheets. How the matrices come
about is said where they come from; what is done with them, in the modules of the measures.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from cascade_sim.contagion.systemic.clearing import clearing_payments, equity_after_clearing, owed
from cascade_sim.contagion.systemic.debtrank import debtrank_of_each

__all__ = ["clearing", "debtrank_by_owner", "loss_weights"]


def loss_weights(impact: Any) -> Any:
    """Impacts as DebtRank wants them: no gains, no loss above all equity, nobody striking itself.

    Parameters
    ----------
    impact : ndarray or sparse array, shape (n, n)
        Share of j's equity lost if i fails, at [i, j]; negative: a gain.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
    """
    entries = sparse.csr_array(impact, dtype=float).tocoo()
    entries.sum_duplicates()
    kept = (entries.row != entries.col) & (entries.data > 0)
    cells = (entries.row[kept], entries.col[kept])
    return sparse.csr_array((np.minimum(entries.data[kept], 1.0), cells), shape=entries.shape)


def debtrank_by_owner(impact: Any, values: ArrayLike, labels: pd.Index, linear: bool = False) -> pd.DataFrame:
    """DebtRank of the failure of every single owner.

    Parameters
    ----------
    impact : ndarray or sparse array, shape (n, n)
        As in `loss_weights`, which is applied.
    values : array_like of float, shape (n,)
        Equity; below zero it counts as none.
    labels : Index, length n
    linear : bool
        Whether every new loss is passed on (Bardoscia et al. 2015), and not only the first (Battiston et al. 2012).

    Returns
    -------
    DataFrame
        Columns ``debtrank`` (share of all equity lost, without the owner's own) and ``equity``, largest first.
    """
    equity = np.asarray(values, float)
    ranks = debtrank_of_each(loss_weights(impact), np.maximum(equity, 0.0), linear)
    frame = pd.DataFrame({"debtrank": ranks, "equity": equity}, index=labels)
    return frame.sort_values("debtrank", ascending=False, kind="stable")


def clearing(liabilities: Any, external: ArrayLike, labels: pd.Index | None = None) -> pd.DataFrame:
    """What everybody pays and is left with when all debts fall due (Eisenberg and Noe 2001).

    Parameters
    ----------
    liabilities : ndarray or sparse array, shape (n, n)
        What i owes to j, at [i, j] (USD).
    external : array_like of float, shape (n,)
        Assets besides claims on each other (USD).
    labels : Index, optional
        Length n; default: numbers from zero.

    Returns
    -------
    DataFrame
        Columns ``owed``, ``paid`` (USD), ``recovery`` (share of its debt that is paid; nan without debt), ``equity``
        (USD left), largest unpaid debt first.
    """
    debts, paid = owed(liabilities), clearing_payments(liabilities, external)
    recovery = np.divide(paid, debts, out=np.full(len(debts), np.nan), where=debts > 0)
    left = equity_after_clearing(liabilities, external, paid)
    frame = pd.DataFrame({"owed": debts, "paid": paid, "recovery": recovery, "equity": left}, index=labels)
    return frame.iloc[np.lexsort((-debts, -(debts - paid)))]
