"""From runs to cells: one row for every combination of settings, over its seeds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.intervals import interval_of_mean
from cascade_sim.experiments.statistics.proportions import Method, probability_of_event

__all__ = ["cells_by_seeds", "mean_by_cell", "probability_by_cell"]


def mean_by_cell(runs: pd.DataFrame, outcome: str, axes: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Mean of an outcome in every cell, with its bootstrap interval.

    Parameters
    ----------
    runs : DataFrame
        With columns cell, the axes and the outcome; undefined outcomes are left out.
    outcome : str
    axes : sequence of str
    level : float

    Returns
    -------
    DataFrame
        Sorted by cell: cell, the axes, mean, low, high, runs (in which the outcome is defined).
    """
    rows = [
        (*interval_of_mean(values, level), int(np.isfinite(values).sum()))
        for _, values in runs.groupby("cell", sort=True)[outcome]
    ]
    return _places(runs, axes).assign(**dict(zip(["mean", "low", "high", "runs"], zip(*rows))))


def probability_by_cell(
    runs: pd.DataFrame,
    event: npt.ArrayLike,
    axes: Sequence[str],
    level: float = 0.95,
    method: Method = "wilson",
) -> pd.DataFrame:
    """Probability of an event in every cell, with its interval.

    Parameters
    ----------
    runs : DataFrame
        With columns cell and the axes.
    event : array_like of bool or float, shape (runs,)
        Whether the event came in each row of `runs`; nan (undefined, see `exceeds`) is left out.
    axes : sequence of str
    level : float
    method : {"wilson", "clopper-pearson"}

    Returns
    -------
    DataFrame
        Sorted by cell: cell, the axes, probability, low, high, runs (in which the event is defined).
    """
    by_cell = pd.Series(np.asarray(event, float)).groupby(runs["cell"].to_numpy())
    counts, totals = by_cell.sum().to_numpy(), by_cell.count().to_numpy()
    found = probability_of_event(counts, totals, level, method)
    return _places(runs, axes).assign(**found._asdict(), runs=totals)


def _places(runs: pd.DataFrame, axes: Sequence[str]) -> pd.DataFrame:
    return runs.groupby("cell", sort=True)[list(axes)].first().reset_index()


def cells_by_seeds(runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Outcome as a table of cells by seeds, complete.

    Parameters
    ----------
    runs : DataFrame
        With columns cell, seed and the outcome.
    outcome : str

    Returns
    -------
    DataFrame
        One row a cell, one column a seed, both sorted.

    Raises
    ------
    ValueError
        Where there are no runs, or a cell is missing (cells are numbered from 0), lacks a seed or has an undefined
        outcome.
    """
    if runs.empty:
        raise ValueError("there are no runs")
    table = runs.pivot(index="cell", columns="seed", values=outcome)
    missing = sorted(set(range(int(table.index.max()) + 1)) - set(table.index))
    if missing:
        raise ValueError(f"cells are missing: {_first_few(missing)}; finish the sweep first")
    holes = table.index[~np.isfinite(table.to_numpy(float)).all(axis=1)].tolist()
    if holes:
        raise ValueError(
            f"cells lack a seed that others have, or {outcome} is undefined there: {_first_few(holes)}; "
            "finish the sweep, or choose an outcome that every run defines"
        )
    return table


def _first_few(cells: Sequence[int]) -> str:
    shown = ", ".join(map(str, cells[:5]))
    return shown + (f" and {len(cells) - 5} more" if len(cells) > 5 else "")
