"""What a designer wants: four quantities of a candidate, each with its interval over days."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.design_search.population import trader_cohort
from cascade_sim.experiments.games.playing.utility import certainty_equivalent
from cascade_sim.experiments.statistics.bootstrap import percentile_interval
from cascade_sim.experiments.statistics.weighted_tails import weights_in_strata

__all__ = ["OBJECTIVES", "Objective", "measured", "objectives_of", "resampled_weights"]

Floats = NDArray[np.float64]
_RESAMPLES = 2000


@dataclass(frozen=True)
class Objective:
    """One quantity.

    Attributes
    ----------
    label, unit, meaning : str
    sense : {"max", "min"}
    """

    label: str
    unit: str
    sense: Literal["max", "min"]
    meaning: str


OBJECTIVES = {
    "bad_debt": Objective("bad debt", "USD a day", "min", "what liquidated accounts ended below zero"),
    "welfare": Objective(
        "traders' welfare", "% of money", "max",
        "the certain gain that a trader likes as much as what it faces: profit and private benefit, less risk",
    ),
    "revenue": Objective(
        "venue revenue", "USD a day", "max", "fees less rebates, and what the insurance fund gained or lost"
    ),
    "efficiency": Objective(
        "capital efficiency", "1", "max", "open positions over traders' money and the insurance fund"
    ),
}  # fmt: skip


def measured(days: pd.DataFrame, traders: tuple[float, ...], risk_aversion: float) -> dict[str, tuple[float, ...]]:
    """Each objective with its 95 % interval, bootstrapped over days inside their strata.

    Parameters
    ----------
    days : DataFrame
        Of `run_days`.
    traders : tuple of float
        Share of each leverage.
    risk_aversion : float

    Returns
    -------
    dict of str to (value, low, high)
    """
    middle = objectives_of(days, days["weight"].to_numpy()[None], traders, risk_aversion)[0]
    ends = percentile_interval(objectives_of(days, resampled_weights(days), traders, risk_aversion))
    return {name: (float(middle[k]), float(ends[0, k]), float(ends[1, k])) for k, name in enumerate(OBJECTIVES)}


def objectives_of(days: pd.DataFrame, weights: Floats, traders: tuple[float, ...], risk_aversion: float) -> Floats:
    """The four objectives under each weighting of days; from shape (weightings, days) to (weightings, 4)."""
    chosen = [k for k, share in enumerate(traders) if share > 0.0]
    utilities = weights @ days[[trader_cohort(k) for k in chosen]].to_numpy(float)
    certain = 100.0 * certainty_equivalent(utilities, 1.0, risk_aversion) @ np.array([traders[k] for k in chosen])
    others = weights @ days[["bad_debt", "revenue", "efficiency"]].to_numpy(float)
    return np.column_stack([others[:, 0], certain, others[:, 1], others[:, 2]])


def resampled_weights(days: pd.DataFrame) -> Floats:
    """Weights of days over resamples, alike for all candidates on the same days; shape (resamples, days)."""
    return weights_in_strata(days["stratum"].to_numpy(), days["weight"].to_numpy(), _RESAMPLES, len(days))
