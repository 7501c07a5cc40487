"""How much of the variance of an outcome is luck: what differs between seeds, and not between settings."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Luck", "share_of_luck"]


class Luck(NamedTuple):
    """Shares of variance that no setting explains; nan with one seed, or where nothing varies.

    Attributes
    ----------
    of_one_run : float
        Of the variance of single runs over cells and seeds.
    of_cell_means : float
        Of the variance of the cells' averages over seeds, that is of what sensitivity indices divide up: where it is
        not small, more seeds are needed.
    """

    of_one_run: float
    of_cell_means: float


def share_of_luck(table: npt.ArrayLike) -> Luck:
    """Components of variance of a two-way layout with random effects of cells and of seeds.

    Outcome = mean + cell + seed + remainder (Searle, Casella and McCulloch, 1992, "Variance components", section
    4.3). As all cells have the same seeds, the seeds' own effect moves all averages alike; only the remainder, divided
    by the number of seeds, adds to their variance.

    Parameters
    ----------
    table : array_like of float, shape (cells, seeds)
        See `cascade_sim.experiments.statistics.cells.cells_by_seeds`.

    Returns
    -------
    Luck
    """
    values = np.asarray(table, float)
    cells, seeds = values.shape
    if cells < 2 or seeds < 2:
        return Luck(np.nan, np.nan)
    of_cells, of_seeds = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    remainder = float(((values - of_cells - of_seeds + values.mean()) ** 2).sum() / (cells - 1) / (seeds - 1))
    between_cells = float(of_cells.var(ddof=1))
    setting = max(between_cells - remainder / seeds, 0.0)
    luck = remainder + max(float(of_seeds.var(ddof=1)) - remainder / cells, 0.0)
    return Luck(_share(luck, setting + luck), _share(min(remainder / seeds, between_cells), between_cells))


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else np.nan
