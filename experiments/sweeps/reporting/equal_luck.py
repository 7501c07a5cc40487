"""What common random numbers are worth, and differences measured with them."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.paired import effects_along
from cascade_sim.experiments.sweeps.reporting.page import Section, short
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import paired_differences, variance_reduction_map

__all__ = ["what_equal_luck_is_worth"]

_ABOUT = (
    "Variance of a difference between a cell and its next neighbour with independent seeds, over that with the same "
    "seeds in both. Three or more: equal luck saves two thirds of the runs. The table has the median factor for every "
    "outcome, where cascades are unlikely in both cells (below 0.1), where they are likely (above 0.9), and between. "
    "What one thin moment of a book decides, such as the lowest price, shares little luck; what adds up over all "
    "accounts shares much. Near the boundary a small change decides whether a run cascades, and equal luck can't help. "
    "The cascade itself is a difference on equal luck already, between each run and its twin."
)


def what_equal_luck_is_worth(
    sweep: Sweep, runs: pd.DataFrame, along: str, across: str, boundary: pd.DataFrame | None
) -> Iterator[Section]:
    """What common random numbers are worth when neighbours along an axis are compared."""
    labels = sweep.question.labels()
    labels["variance_reduction"] = "Variance with independent over that with equal seeds"
    steps = _against_neighbours(runs, "traders_profit", along, across)
    title = f"Traders' profit compared between neighbours in {labels[along].lower()}: what equal luck is worth"
    figure = variance_reduction_map(steps, across, along, labels, boundary=boundary, title=title)
    yield Section("What equal luck is worth", _ABOUT, figure, _gain_by_outcome(sweep, runs, along, across))
    outcome = sweep.question.event_outcome
    middle = sorted(runs[across].unique())[runs[across].nunique() // 2]
    yield _differences(sweep, runs[runs[across] == middle], outcome, along, f"{labels[across]} {short(middle)}")


def _gain_by_outcome(sweep: Sweep, runs: pd.DataFrame, along: str, across: str) -> pd.DataFrame:
    """Median variance reduction between neighbours, by outcome and by how likely cascades are."""
    chance = runs.groupby([across, along])["event"].mean()
    rows = []
    for outcome in ("traders_profit", "volume", "liquidated_share", "bad_debt", "fall", "cascade"):
        if runs[outcome].notna().all():
            steps = _against_neighbours(runs, outcome, along, across)
            both = np.array(
                [[chance[place, low], chance[place, high]] for place, low, high in _pairs(steps, along, across)]
            )
            where = np.where(
                (both < 0.1).all(axis=1), "unlikely", np.where((both > 0.9).all(axis=1), "likely", "between")
            )
            factor = steps["variance_reduction"].replace(np.inf, np.nan).groupby(where).median()
            rows.append({"outcome": sweep.question.labels()[outcome]} | factor.to_dict())
    table = pd.DataFrame(rows)
    return table[["outcome", *(name for name in ("unlikely", "between", "likely") if name in table)]]


def _pairs(steps: pd.DataFrame, along: str, across: str) -> Iterator[tuple[Any, float, float]]:
    return zip(steps[across], steps["reference"], steps[along], strict=True)


def _differences(sweep: Sweep, line: pd.DataFrame, outcome: str, along: str, where: str) -> Section:
    """An outcome along an axis against its value at the lowest, on equal luck."""
    labels, first = sweep.question.labels(), line[along].min()
    effects = effects_along(line, outcome, along, first, [along])
    named = [f"{labels[along] if value == effects[along].min() else ''} {short(value)}" for value in effects[along]]
    effects = effects.assign(comparison=named, difference=effects["effect"])
    labels["difference"] = f"{labels[outcome]}, difference"
    title = f"{labels[outcome]} against that at {labels[along].lower()} {short(first)}"
    return Section("Differences on equal luck", f"All at {where}.", paired_differences(effects, labels, title=title))


def _against_neighbours(runs: pd.DataFrame, outcome: str, along: str, across: str) -> pd.DataFrame:
    """Variance reduction of each cell against the next one below it."""
    rows = []
    values = np.sort(runs[along].unique())
    for low, high in itertools.pairwise(values):
        pair = runs[runs[along].isin((low, high))]
        rows.append(effects_along(pair, outcome, along, low, [along, across]).assign(reference=low))
    return pd.concat(rows, ignore_index=True)
