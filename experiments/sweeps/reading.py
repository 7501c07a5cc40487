"""What the runs of a sweep say: cells with intervals, the phase boundary, and where theory would have it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.boundary import boundary_of_grid
from cascade_sim.experiments.statistics.cells import mean_by_cell, probability_by_cell
from cascade_sim.experiments.sweeps.stored import Sweep

__all__ = [
    "boundary",
    "effective_branching",
    "idle_axes",
    "means",
    "medians",
    "probabilities",
    "ratio_is_one",
    "rises",
    "slice_of",
]


def slice_of(sweep: Sweep, axes: tuple[str, ...]) -> pd.DataFrame:
    """Runs in which all axes but those named have their middle value."""
    runs = sweep.runs
    for name in sweep.axes:
        if name not in axes:
            values = runs[name].drop_duplicates().sort_values()
            runs = runs[runs[name] == values.iloc[len(values) // 2]]
    return runs


def means(runs: pd.DataFrame, outcome: str, axes: list[str]) -> pd.DataFrame:
    """Mean of an outcome in every cell with its interval, the mean in a column of the outcome's name."""
    return mean_by_cell(runs, outcome, axes).rename(columns={"mean": outcome})


def medians(runs: pd.DataFrame, outcome: str, axes: list[str]) -> pd.DataFrame:
    """Median of an outcome in every cell, for outcomes that are huge in a few runs."""
    return runs.groupby("cell").agg({**dict.fromkeys(axes, "first"), outcome: "median"}).reset_index(drop=True)


def probabilities(runs: pd.DataFrame, axes: list[str]) -> pd.DataFrame:
    """Probability of the event in every cell, with Wilson's interval."""
    return probability_by_cell(runs, runs["event"], axes)


def boundary(sweep: Sweep, runs: pd.DataFrame, across: str, along: str) -> pd.DataFrame:
    """Where the probability of the event crosses one half along an axis, for every value of another.

    Returns
    -------
    DataFrame
        Columns of both axes' names, ``low`` and ``high`` (interval along the axis), ``status``.
    """
    logs = sweep.question.axes[along].scale == "log"
    scaled = runs.assign(**{along: np.log(runs[along])}) if logs else runs
    found = boundary_of_grid(scaled, scaled["event"], along, across)
    ends = found[["crossing", "low", "high"]]
    with np.errstate(over="ignore"):  # an end of the interval may lie as good as nowhere
        found[["crossing", "low", "high"]] = np.exp(ends) if logs else ends
    return found.rename(columns={"crossing": along})


def rises(seen: pd.DataFrame, along: str, chance: str = "event") -> bool:
    """Whether cascades are likelier at the upper end of an axis than at the lower: farthest from where half cascade.

    Parameters
    ----------
    seen : DataFrame
        One row a run, or a point of a search; both ends of the axis are among them.
    along : str
        Axis.
    chance : str
        Column that says whether the event came, or how often.
    """
    by_value = seen.groupby(along)[chance].mean()
    return bool(by_value.iloc[-1] >= by_value.iloc[0])


def effective_branching(runs: pd.DataFrame, axes: list[str]) -> pd.DataFrame:
    """Branching ratio with the depth that forced sales really met.

    That depth, in USD per unit of fall, is what was liquidated over how much further the price fell than in the twins:
    it counts what is quoted anew and who comes to buy, which the book at one moment does not show. It is taken over the
    runs of a cell together, for single runs divide by differences near zero. It is no prediction, for the fall itself
    went into it; it says whether longs ahead and the impact of sales fit together.

    Returns
    -------
    DataFrame
        Axis values and ``branching_effective``; nan where nothing was liquidated.
    """
    cells = runs.groupby("cell")[["longs_ahead", "cascade", "liquidated"]].mean()
    sold = cells["liquidated"].where(cells["liquidated"] > 0)
    ratio = (cells["longs_ahead"] * cells["cascade"] / sold).rename("branching_effective")
    return runs.groupby("cell")[axes].first().join(ratio).reset_index()


def ratio_is_one(cells: pd.DataFrame, ratio: str, across: str, along: str) -> pd.DataFrame:
    """Where a ratio first rises through one along an axis, for every value of another.

    Parameters
    ----------
    cells : DataFrame
        One row a cell: both axes, and the ratio.

    Returns
    -------
    DataFrame
        Columns of both axes' names; only values of `across` at which there is a crossing.
    """
    rows = []
    for place, line in cells.sort_values(along).groupby(across):
        crossing = _crossing(line[along].to_numpy(float), line[ratio].to_numpy(float))
        if np.isfinite(crossing):
            rows.append({across: place, along: crossing})
    return pd.DataFrame(rows, columns=[across, along])


def _crossing(places: NDArray[np.float64], ratios: NDArray[np.float64]) -> float:
    """First crossing of one from below, between neighbours on a straight line of logarithms."""
    known = np.isfinite(ratios) & (ratios > 0) & (places > 0)
    at, height = np.log(places[known]), np.log(ratios[known])
    rises = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    if not len(rises):
        return float("nan")
    k = int(rises[0])
    share = -height[k] / (height[k + 1] - height[k])
    return float(np.exp(at[k] + share * (at[k + 1] - at[k])))


def idle_axes(sweep: Sweep) -> list[str]:
    """Axes that changed no outcome of any run: most likely a setting that this scenario does not use."""
    idle = []
    for name in sweep.axes:
        others = [axis for axis in sweep.axes if axis != name]
        outcomes = sweep.runs.drop(columns=["cell", *sweep.axes])
        groups = sweep.runs.groupby([*others, "seed"])[list(outcomes.columns.drop("seed"))]
        if sweep.runs[name].nunique() > 1 and (groups.nunique(dropna=False) <= 1).all(axis=None):
            idle.append(name)
    return idle
