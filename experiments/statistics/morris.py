"""Morris screening: which settings move an outcome at all, at the price of few cells."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.cells import cells_by_seeds
from cascade_sim.experiments.statistics.designs import Problem, has_morris_design, naming_the_extra, points_of_cells
from cascade_sim.experiments.statistics.luck import Luck, share_of_luck

__all__ = ["MorrisScreening", "morris_screening"]

_RESAMPLES = 1000


@dataclass(frozen=True)
class MorrisScreening:
    """Elementary effects of an outcome averaged over seeds.

    Attributes
    ----------
    axes : DataFrame
        One row an axis, in the order of the problem: axis, mean_effect (mu), mean_absolute_effect (mu star) with its
        low and high, spread (sigma: large where the effect is not linear or hangs on other axes). In the unit of the
        outcome, for a move across the whole range of the axis.
    luck : Luck
    """

    axes: pd.DataFrame
    luck: Luck


def morris_screening(
    runs: pd.DataFrame, outcome: str, problem: Problem, levels: int = 4, level: float = 0.95
) -> MorrisScreening:
    """Elementary effects from the runs of a sweep whose cells are a sample of `SALib.sample.morris`, in its order.

    Morris (1991, Technometrics 33, 161-174); the mean of absolute effects of Campolongo, Cariboni and Saltelli (2007,
    Environmental Modelling & Software 22, 1509-1518); by SALib.

    Parameters
    ----------
    runs : DataFrame
        With columns cell, seed, the axes of the problem and the outcome; the same seeds in every cell.
    outcome : str
    problem : Problem
        As given to `SALib.sample.morris.sample`.
    levels : int
        Its `num_levels`.
    level : float
        Of the interval, by a bootstrap over trajectories.

    Returns
    -------
    MorrisScreening

    Raises
    ------
    ValueError
        Where cells or seeds are missing, the outcome is undefined somewhere, or the cells are not such a sample of at
        least two trajectories.
    ModuleNotFoundError
        Where SALib is not installed.
    """
    with naming_the_extra():
        from SALib.analyze import morris
    table = cells_by_seeds(runs, outcome).to_numpy(float)
    points = points_of_cells(runs, problem)
    if not has_morris_design(points, levels) or len(points) < 2 * (points.shape[1] + 1):
        raise ValueError(
            f"the cells are not a sample of SALib.sample.morris with num_levels={levels} and two trajectories or more, "
            "in its order: run a sweep over that sample, with cells numbered as its rows"
        )
    whole = {"num_vars": len(problem["names"]), "names": problem["names"], "bounds": [(0.0, 1.0)] * points.shape[1]}
    found = morris.analyze(
        whole, points, table.mean(axis=1), num_resamples=_RESAMPLES, conf_level=level, num_levels=levels, seed=1
    )
    middle, half = (np.asarray(found[key], float) for key in ("mu_star", "mu_star_conf"))
    axes = {
        "axis": problem["names"],
        "mean_effect": np.asarray(found["mu"], float),
        "mean_absolute_effect": middle,
        "low": middle - half,
        "high": middle + half,
        "spread": np.asarray(found["sigma"], float),
    }
    return MorrisScreening(pd.DataFrame(axes), share_of_luck(table))
