"""What a designer wants: four quantities of a candidate, each with its interval over days."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.design_search.population import trader_cohort
from cascade_sim.experiments.games.playing.utility import certainty_equivalent
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval

__all__ = ["OBJECTIVES", "Objective", "measured"]

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
    """Each objective with its 95 % interval, bootstrapped over days.

    Days are spread evenly over the law of the news, which the bootstrap does not use, so that intervals err on the wide
    side.

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
    chosen = [k for k, share in enumerate(traders) if share > 0.0]
    shares = np.array([traders[k] for k in chosen])
    columns = ["bad_debt", "revenue", "efficiency", *(trader_cohort(k) for k in chosen)]

    def four(resamples: Floats) -> Floats:
        mean = resamples.mean(axis=1)
        certain = 100.0 * certainty_equivalent(mean[:, 3:], 1.0, risk_aversion) @ shares
        return np.column_stack([mean[:, 0], certain, mean[:, 1], mean[:, 2]])

    values = days[columns].to_numpy(float)
    ends = percentile_interval(bootstrap(four, values, _RESAMPLES))
    middle = four(values[None])[0]
    return {name: (float(middle[k]), float(ends[0, k]), float(ends[1, k])) for k, name in enumerate(OBJECTIVES)}
