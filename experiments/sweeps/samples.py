"""Where the cells of a sweep lie: a grid, or points of the unit cube spread by a known rule."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.question import Question

__all__ = ["cells_of", "unit_points"]

_LUCK = 20240229  # of the samples themselves: the same question always has the same cells


def _problem(question: Question) -> dict[str, Any]:
    """Axes as SALib knows them: names, and bounds in shares of the way along each."""
    return {"num_vars": len(question.axes), "names": list(question.axes), "bounds": [[0.0, 1.0]] * len(question.axes)}


def unit_points(question: Question) -> NDArray[np.float64]:
    """Points of the unit cube: shares of the way along each axis, one row a cell, in the order of the cells."""
    wide, count = len(question.axes), question.cells or 1
    if question.sample == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(wide, rng=np.random.default_rng(_LUCK)).random(count))
    if question.sample == "sobol":
        _power_of_two("cells of a Sobol sequence", count)
        return np.asarray(qmc.Sobol(wide, rng=np.random.default_rng(_LUCK)).random(count))
    return _by_salib(question, count)


def _by_salib(question: Question, count: int) -> NDArray[np.float64]:
    """Samples whose order the later analysis relies on."""
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        raise SweepError(
            f"sample {question.sample}", ["needs SALib; install it with pip install 'cascade-sim[analysis]'"]
        ) from None
    problem = _problem(question)
    if question.sample == "saltelli":
        _power_of_two("base samples of Saltelli's scheme", count)
        return np.asarray(sobol.sample(problem, count, calc_second_order=False, seed=_LUCK))
    return np.asarray(morris.sample(problem, count, num_levels=4, seed=_LUCK))


def _power_of_two(what: str, count: int) -> None:
    if count & (count - 1):
        near = 1 << count.bit_length()
        raise SweepError("cells", [f"{what} must be a power of two, got {count}; choose {near // 2} or {near}"])


def cells_of(question: Question) -> pd.DataFrame:
    """Axis values of every cell.

    Grids have the last axis run fastest; samples follow scipy.stats.qmc (Latin hypercube: McKay, Beckman and Conover,
    1979, Technometrics 21; Sobol, 1967, USSR Comp. Math. 7) and SALib (Saltelli et al., 2010, Comp. Phys. Comm. 181;
    Morris, 1991, Technometrics 33), in the order in which SALib analyses them.

    Returns
    -------
    DataFrame
        Indexed by ``cell`` from 0, one column an axis.

    Raises
    ------
    SweepError
        If the number of cells does not suit the kind of sample, or SALib is missing.
    """
    axes = question.axes
    if question.sample == "grid":
        rows = list(itertools.product(*(axis.grid() for axis in axes.values())))
        frame = pd.DataFrame(rows, columns=list(axes))
    else:
        points = unit_points(question)
        frame = pd.DataFrame({name: axis.at(points[:, k]) for k, (name, axis) in enumerate(axes.items())})
    return frame.rename_axis("cell")
