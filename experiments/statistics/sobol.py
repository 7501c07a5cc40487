"""Sobol indices: the share of an outcome's variance that every setting explains."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.cells import cells_by_seeds
from cascade_sim.experiments.statistics.designs import Problem, has_sobol_design, naming_the_extra, points_of_cells
from cascade_sim.experiments.statistics.luck import Luck, share_of_luck

__all__ = ["SobolIndices", "sobol_indices"]

_RESAMPLES = 1000


@dataclass(frozen=True)
class SobolIndices:
    """Indices of an outcome averaged over seeds.

    Attributes
    ----------
    axes : DataFrame
        One row an axis, in the order of the problem: axis, first_order, first_order_low, first_order_high, total,
        total_low, total_high. First order is the share of variance that the axis explains by itself, total the share
        with all its interactions. Estimates may lie a little outside [0, 1].
    pairs : DataFrame
        One row a pair of axes, if the design has what second order needs: first, second, interaction, low, high.
    luck : Luck
        What the indices do not divide up.
    """

    axes: pd.DataFrame
    pairs: pd.DataFrame
    luck: Luck


def sobol_indices(runs: pd.DataFrame, outcome: str, problem: Problem, level: float = 0.95) -> SobolIndices:
    """Sobol indices from the runs of a sweep whose cells are a sample of `SALib.sample.sobol`, in its order.

    Estimators of Saltelli et al. (2010, Computer Physics Communications 181, 259-270), table 2 (b) and (f), by SALib.

    Parameters
    ----------
    runs : DataFrame
        With columns cell, seed, the axes of the problem and the outcome; the same seeds in every cell.
    outcome : str
    problem : Problem
        As given to `SALib.sample.sobol.sample`; whether that was asked for second order is seen from the cells.
    level : float
        Of the intervals, by a bootstrap over the design.

    Returns
    -------
    SobolIndices

    Raises
    ------
    ValueError
        Where cells or seeds are missing, the outcome is undefined somewhere or the same in all cells, or the cells
        are not such a sample.
    ModuleNotFoundError
        Where SALib is not installed.
    """
    with naming_the_extra():
        from SALib.analyze import sobol
    table = cells_by_seeds(runs, outcome).to_numpy(float)
    second_order = _order_of_design(points_of_cells(runs, problem))
    means = table.mean(axis=1)
    if np.ptp(means) == 0.0:
        raise ValueError(f"{outcome} is the same in all cells: it has no variance to explain")
    found = sobol.analyze(
        {**problem, "num_vars": len(problem["names"])},
        means,
        calc_second_order=second_order,
        num_resamples=_RESAMPLES,
        conf_level=level,
        seed=1,
    )
    pairs = _pairs(problem["names"], found) if second_order else _pairs([], {})
    return SobolIndices(_axes(problem["names"], found), pairs, share_of_luck(table))


def _order_of_design(points: npt.NDArray[np.float64]) -> bool:
    """Whether the design is one of second order."""
    for second_order in (True, False):
        if has_sobol_design(points, second_order):
            return second_order
    raise ValueError(
        "the cells are not a sample of SALib.sample.sobol in its order: run a sweep over that sample, "
        "with cells numbered as its rows"
    )


def _axes(names: list[str], found: dict[str, npt.NDArray[np.float64]]) -> pd.DataFrame:
    columns: dict[str, npt.ArrayLike] = {"axis": names}
    for name, key in (("first_order", "S1"), ("total", "ST")):
        columns |= _with_interval(name, f"{name}_", found[key], found[f"{key}_conf"])
    return pd.DataFrame(columns)


def _pairs(names: list[str], found: dict[str, npt.NDArray[np.float64]]) -> pd.DataFrame:
    above = np.triu_indices(len(names), 1)
    index, half = (found[key][above] if found else np.empty(0) for key in ("S2", "S2_conf"))
    ends = {"first": [names[row] for row in above[0]], "second": [names[column] for column in above[1]]}
    return pd.DataFrame(ends | _with_interval("interaction", "", index, half))


def _with_interval(name: str, prefix: str, index: npt.ArrayLike, half: npt.ArrayLike) -> dict[str, npt.ArrayLike]:
    middle, width = np.asarray(index, float), np.asarray(half, float)
    return {name: middle, f"{prefix}low": middle - width, f"{prefix}high": middle + width}
