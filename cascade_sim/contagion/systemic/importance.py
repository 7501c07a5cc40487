"""Systemic-risk measures as tables: whose failure, debt or sale matters most, by name.

They take matrices and labels, from wherever: an exposure network of a run, or a balance sheet. What the matrices are
and how they are computed is said where they come from; what is done with them, in the modules of the measures.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from cascade_sim.contagion.systemic.clearing import clearing_payments, equity_after_clearing, owed
from cascade_sim.contagion.systemic.debtrank import debtrank_of_each
from cascade_sim.contagion.systemic.spectrum import spectral_radius
from cascade_sim.contagion.systemic.vulnerable_banks import sales, spiral_matrix

__all__ = [
    "SystemicMeasures",
    "clearing",
    "debtrank_by_owner",
    "loss_weights",
    "spiral_radius",
    "systemic_measures",
    "vulnerability",
]


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


def _solvent(positions: pd.DataFrame, equity: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Those with positions and equity; others have no leverage to keep."""
    own = equity.reindex(positions.index)
    who = (own > 0) & (positions != 0).any(axis=1)
    return positions[who], own[who]


def _debt_to_equity(positions: pd.DataFrame, equity: pd.Series) -> Any:
    return (positions.abs().sum(axis=1) / equity - 1).to_numpy(float)


def _loss_to_others(held: Any, moves_of_each: Any) -> Any:
    """What everybody's sales cost those whom they cost something, without the seller; gains are not netted."""
    caused = np.empty(len(held))
    for k, moves in enumerate(moves_of_each):
        losses = np.maximum(-held @ moves, 0.0)
        caused[k] = losses.sum() - losses[k]
    return caused


def vulnerability(
    positions: pd.DataFrame,
    equity: "pd.Series[float]",
    depth: "pd.Series[float]",
    shock: "pd.Series[float]",
    losers_only: bool = True,
) -> pd.DataFrame:
    """Losses to a shock and to the sales of all who keep their leverage, and who makes them (Vulnerable Banks).

    Leverage is gross notional over equity, and nobody sells more than it holds. Rows without equity or positions are
    left out. In a derivatives market positions of everybody sum to zero, and what some lose others win, so that
    systemicness, which nets, says little there: ``loss_to_others`` does not net. Moves are linear in sales; where these
    come near to depth, losses are no forecast, but an order of who matters most.

    Parameters
    ----------
    positions : DataFrame, shape (accounts, markets)
        Signed notional (USD).
    equity : Series
        By account (USD).
    depth : Series
        By market: USD that move its price by 100 %, so that the impact L is one over it.
    shock : Series
        By market: return; what is missing is zero.
    losers_only : bool
        Whether who gains from the shock lets its leverage fall; otherwise it adds to its position.

    Returns
    -------
    DataFrame
        Columns ``direct_loss``, ``indirect_loss`` (USD, negative: gains), ``sold`` (USD over all markets, purchases
        included), ``loss_to_others`` (USD that own sales cost those among the others who lose by them),
        ``systemicness`` (net loss of all to own sales, over the equity of all; sums to aggregate vulnerability),
        ``indirect_vulnerability`` (indirect loss over own equity) and ``equity``; who costs others most first.
    """
    positions, equity = _solvent(positions, equity)
    held, move = positions.to_numpy(float), shock.reindex(positions.columns).fillna(0.0).to_numpy(float)
    sold = sales(held, _debt_to_equity(positions, equity), move, at_most_all=True)
    direct = -held @ move
    if losers_only:
        sold[direct <= 0] = 0.0
    moves_of_each = -sold / depth.reindex(positions.columns).to_numpy(float)
    indirect = -held @ moves_of_each.sum(axis=0)
    columns = {
        "direct_loss": direct,
        "indirect_loss": indirect,
        "sold": np.abs(sold).sum(axis=1),
        "loss_to_others": _loss_to_others(held, moves_of_each),
        "systemicness": -moves_of_each @ held.sum(axis=0) / equity.sum(),
        "indirect_vulnerability": indirect / equity.to_numpy(float),
        "equity": equity.to_numpy(float),
    }
    frame = pd.DataFrame(columns, index=positions.index)
    return frame.sort_values("loss_to_others", ascending=False, kind="stable")


def spiral_radius(positions: pd.DataFrame, equity: "pd.Series[float]", depth: "pd.Series[float]") -> float:
    """Spectral radius of the spiral of these accounts, each keeping its leverage: above one it does not end."""
    positions, equity = _solvent(positions, equity)
    impact = 1 / depth.reindex(positions.columns).to_numpy(float)
    return spectral_radius(spiral_matrix(positions.to_numpy(float), _debt_to_equity(positions, equity), impact))


@dataclass(frozen=True)
class SystemicMeasures:
    """Measures of one network at one time.

    Attributes
    ----------
    debtrank : DataFrame
        See `debtrank_by_owner`.
    impact_radius : float
        Spectral radius of the impact: above one linear distress grows until the cap stops it.
    clearing : DataFrame
        See `clearing`.
    vulnerability : DataFrame
        See `vulnerability`.
    aggregate_vulnerability : float
        Share of all equity lost to sales that keep leverage, after the shock.
    spiral_radius : float
        See `spiral_radius`.
    """

    debtrank: pd.DataFrame
    impact_radius: float
    clearing: pd.DataFrame
    vulnerability: pd.DataFrame
    aggregate_vulnerability: float
    spiral_radius: float


def systemic_measures(
    *,
    impact: Any,
    values: ArrayLike,
    labels: pd.Index,
    liabilities: Any,
    external: ArrayLike,
    debtors: pd.Index | None = None,
    positions: pd.DataFrame,
    equity: "pd.Series[float]",
    depth: "pd.Series[float]",
    shock: "pd.Series[float]",
) -> SystemicMeasures:
    """All measures of one network.

    Parameters
    ----------
    impact, values, labels
        As in `debtrank_by_owner`.
    liabilities, external
        As in `clearing`.
    debtors : Index, optional
        Labels of the liabilities where they are not `labels`: venues owe and are owed, but hold no position.
    positions, equity, depth, shock
        As in `vulnerability`.
    """
    keeping = vulnerability(positions, equity, depth, shock)
    return SystemicMeasures(
        debtrank=debtrank_by_owner(impact, values, labels),
        impact_radius=spectral_radius(loss_weights(impact)),
        clearing=clearing(liabilities, external, labels if debtors is None else debtors),
        vulnerability=keeping,
        aggregate_vulnerability=float(keeping["systemicness"].sum()),
        spiral_radius=spiral_radius(positions, equity, depth),
    )
