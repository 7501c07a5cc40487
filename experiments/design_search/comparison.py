"""Candidates on the same fresh days: each with its interval, and its difference from another one on equal luck."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.design_search.objectives import OBJECTIVES, objectives_of, resampled_weights
from cascade_sim.experiments.design_search.population import whole_shares
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.design_search.study import Candidate
from cascade_sim.experiments.statistics.bootstrap import percentile_interval

__all__ = ["compared", "verdict"]

Floats = NDArray[np.float64]
_ENDS = ("", "_low", "_high")


def compared(
    question: DesignQuestion,
    candidates: Sequence[Candidate],
    days: Sequence[pd.DataFrame],
    references: Sequence[int],
) -> pd.DataFrame:
    """Objectives and paired differences, both with 95 % intervals.

    A resample draws the same days for both of a pair, so that the luck that they share cancels (common random numbers:
    Law, 2015, "Simulation modeling and analysis", section 11.2).

    Parameters
    ----------
    question : DesignQuestion
    candidates : sequence of (settings, Evaluated)
    days : sequence of DataFrame
        Of `fresh_days`, in the same order.
    references : sequence of int
        For each candidate, the place of the one that it is compared with.

    Returns
    -------
    DataFrame
        One row a candidate: every objective after ``fresh_``, and its difference after ``vs_``, each also with
        ``_low`` and ``_high``.
    """
    traders = question.traders
    found = [
        _means_and_resamples(each, whole_shares(tuple(one.leverages.values()), traders.count), traders.risk_aversion)
        for (_, one), each in zip(candidates, days, strict=True)
    ]
    rows = []
    for (mean, drawn), reference in zip(found, references, strict=True):
        other_mean, other_drawn = found[reference]
        rows.append(_named("fresh_", mean, drawn) | _named("vs_", mean - other_mean, drawn - other_drawn))
    return pd.DataFrame(rows)


def _means_and_resamples(days: pd.DataFrame, shares: tuple[float, ...], aversion: float) -> tuple[Floats, Floats]:
    weights = np.vstack([days["weight"].to_numpy(), resampled_weights(days)])
    values = objectives_of(days, weights, shares, aversion)
    return values[0], values[1:]


def _named(prefix: str, mean: Floats, drawn: Floats) -> dict[str, float]:
    ends = np.vstack([mean, percentile_interval(drawn)])
    return {
        f"{prefix}{name}{end}": float(ends[row, k])
        for k, name in enumerate(OBJECTIVES)
        for row, end in enumerate(_ENDS)
    }


def verdict(row: "pd.Series[float]", name: str) -> str:
    """What is known about a difference: "better", "worse", "same" (exactly), or "not known" where 0 is inside."""
    low, high = row[f"vs_{name}_low"], row[f"vs_{name}_high"]
    if low == high == 0.0:
        return "same"
    if low <= 0.0 <= high:
        return "not known"
    return "better" if (high < 0.0) == (OBJECTIVES[name].sense == "min") else "worse"
