"""Boundary in a grid of two settings: where an event becomes more likely than not."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.critical_point import Status
from cascade_sim.experiments.statistics.crossing import NO_CROSSING, crossing_of
from cascade_sim.experiments.statistics.monotonicity import isotonic_fit, monotonicity

__all__ = ["boundary_of_grid"]


def boundary_of_grid(
    runs: pd.DataFrame,
    event: npt.ArrayLike,
    along: str,
    across: str,
    level: float = 0.95,
    significance: float = 0.01,
) -> pd.DataFrame:
    """Crossing of one half along one axis, for every value of another, from the runs of a sweep.

    Parameters
    ----------
    runs : DataFrame
        With columns seed, `along` and `across`; other axes must not vary.
    event : array_like of bool or float, shape (runs,)
        Whether the event came in each row of `runs`; nan (see `proportions.exceeds`) is left out.
    along : str
        The axis on which the crossing is looked for; numbers.
    across : str
        The axis along which the boundary runs.
    level : float
        Of the intervals, by a bootstrap over seeds: `crossing.crossing_of`.
    significance : float
        Below this p-value a violation of monotonicity counts: `monotonicity.monotonicity`.

    Returns
    -------
    DataFrame
        One row a value of `across`: the value in a column of its name, status, crossing, low, high (in the unit of
        `along`; nan unless the status is "found", an open end infinite), p_value (of violations of monotonicity).

    Raises
    ------
    ValueError
        Where a combination of `along`, `across` and seed occurs twice, or one value of `along` is all there is.
    """
    frame = pd.DataFrame({name: runs[name].to_numpy() for name in (along, across, "seed")})
    if frame.duplicated().any():
        raise ValueError(f"other axes than {along} and {across} vary: choose one value of each first")
    frame["came"] = np.asarray(event, float)
    rows = [
        (value, *_crossing_along(group.pivot(index=along, columns="seed", values="came"), level, significance))
        for value, group in frame.dropna().groupby(across)
    ]
    return pd.DataFrame(rows, columns=[across, "status", "crossing", "low", "high", "p_value"])


def _crossing_along(
    table: pd.DataFrame, level: float, significance: float
) -> tuple[Status, float, float, float, float]:
    """Status, crossing, low, high and p-value of one line of the grid, given as values by seeds."""
    if len(table) < 2:
        raise ValueError(f"a crossing needs two values of {table.index.name}, got {table.index.tolist()}")
    events = table.to_numpy(float)
    rising, p_value = monotonicity(events)
    status = _status(events if rising else 1.0 - events, rising) if p_value >= significance else "not monotone"
    if status != "found":
        return status, *NO_CROSSING, p_value
    return status, *crossing_of(table.index.to_numpy(float), events if rising else 1.0 - events, level), p_value


def _status(events: npt.NDArray[np.float64], rising: bool) -> Status:
    """Of events that become more frequent; those of an axis along which they become rarer come turned round."""
    fitted = isotonic_fit(np.nanmean(events, axis=1), np.isfinite(events).sum(axis=1))
    if fitted[0] < 0.5 <= fitted[-1]:
        return "found"
    return "always above" if (fitted[0] >= 0.5) == rising else "always below"
