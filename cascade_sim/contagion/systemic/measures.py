"""All measures of one network at one time."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from cascade_sim.contagion.systemic.network_tables import clearing, debtrank_by_owner, loss_weights
from cascade_sim.contagion.systemic.sale_tables import fire_sale_by_account, spiral_radius, vulnerability
from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["SystemicMeasures", "systemic_measures"]


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
    fire_sale : DataFrame
        See `fire_sale_by_account`.
    """

    debtrank: pd.DataFrame
    impact_radius: float
    clearing: pd.DataFrame
    vulnerability: pd.DataFrame
    aggregate_vulnerability: float
    spiral_radius: float
    fire_sale: pd.DataFrame


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
    max_leverage: "float | pd.Series[float]",
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
    max_leverage
        As in `fire_sale_by_account`.
    """
    keeping = vulnerability(positions, equity, depth, shock)
    return SystemicMeasures(
        debtrank=debtrank_by_owner(impact, values, labels),
        impact_radius=spectral_radius(loss_weights(impact)),
        clearing=clearing(liabilities, external, labels if debtors is None else debtors),
        vulnerability=keeping,
        aggregate_vulnerability=float(keeping["systemicness"].sum()),
        spiral_radius=spiral_radius(positions, equity, depth),
        fire_sale=fire_sale_by_account(positions, equity, depth, shock, max_leverage),
    )
