"""Critical point: the value of a setting at which an event becomes more likely than not."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.crossing import NO_CROSSING, Crossing, crossing_of
from cascade_sim.experiments.statistics.monotonicity import monotonicity
from cascade_sim.experiments.statistics.trials import EventsOf, Trials

__all__ = ["CriticalPoint", "Status", "find_critical_point"]

Status = Literal["found", "not monotone", "always above", "always below"]


@dataclass(frozen=True)
class CriticalPoint:
    """Answer of the search.

    Attributes
    ----------
    status : {"found", "not monotone", "always above", "always below"}
        Whether there is one crossing; "always" is said of the probability against one half. A crossing so near an end
        of the range that `most_seeds` do not tell on which side the end lies may pass for none.
    value, low, high : float
        The crossing and its interval; nan unless found, an open end infinite.
    bracket : tuple of float
        The nearest points on either side; nan unless found.
    p_value : float
        Of the violations of monotonicity on the coarse grid.
    runs : int
        Runs that the search took.
    points : DataFrame
        One row a point visited, by value: value, probability, low, high, runs.
    """

    status: Status
    value: float
    low: float
    high: float
    bracket: tuple[float, float]
    p_value: float
    runs: int
    points: pd.DataFrame


def find_critical_point(
    events_of: EventsOf,
    low: float,
    high: float,
    *,
    width: float,
    grid: int = 8,
    seeds: int = 32,
    most_seeds: int = 512,
    most_runs: int | None = None,
    level: float = 0.95,
    significance: float = 0.01,
) -> CriticalPoint:
    """Find where the probability of an event crosses one half, rising or falling.

    A coarse grid is run first; where it violates monotonicity beyond noise, that is the answer. (The test is
    conservative: a dip that is small against the noise of `seeds` runs, or narrower than the grid, passes.) Otherwise
    the bracket of the crossing is halved, and seeds are doubled at its ends as long as their Wilson intervals contain
    one half. A logistic curve through the points nearby gives the crossing, and a bootstrap over seeds its interval
    (`crossing_of`).

    Parameters
    ----------
    events_of : callable
        `events_of(value, seeds)` runs the seeds of a range at a value and gives a bool for each: whether the event
        came. A seed must mean the same luck at every value. It is called with later seeds for more runs at a value.
    low, high : float
        Range of the search.
    width : float
        Bracket that is narrow enough.
    grid : int
        Points of the coarse grid, both ends among them.
    seeds : int
        Runs at a new point.
    most_seeds : int
        Runs at one point at most; the search ends where they do not tell its probability from one half.
    most_runs : int, optional
        Runs in all, at most; the coarse grid is run in any case.
    level : float
        Of the interval.
    significance : float
        Below this p-value a violation of monotonicity counts.

    Returns
    -------
    CriticalPoint

    Raises
    ------
    ValueError
        Where the range, width, grid or numbers of seeds are not usable, or `events_of` gives another number of
        events than it was given seeds, or an undefined one.
    """
    if not low < high or not width > 0.0 or grid < 3 or not 1 < seeds <= most_seeds:
        raise ValueError(
            "low < high, width > 0, grid >= 3 and 1 < seeds <= most_seeds are needed, got "
            f"low {low}, high {high}, width {width}, grid {grid}, seeds {seeds}, most_seeds {most_seeds}"
        )
    trials = Trials(events_of, most_seeds, np.inf if most_runs is None else most_runs)
    for value in np.linspace(low, high, grid):
        trials.run(float(value), seeds)
    rising, p_value = monotonicity(trials.events())
    if p_value < significance:
        return _answer("not monotone", trials, p_value)
    trials.falling = not rising
    bracket = _narrow(trials, width, seeds)
    if bracket[0] == bracket[1]:
        above = (bracket[0] == low) == rising
        return _answer("always above" if above else "always below", trials, p_value)
    place = crossing_of(trials.values(), trials.events(), level)
    return _answer("found", trials, p_value, place, bracket)


def _narrow(trials: Trials, width: float, seeds: int) -> tuple[float, float]:
    """Halve the bracket and double the seeds of its ends until neither helps or may be done."""
    while True:
        bracket = trials.bracket()
        unclear = [value for value in sorted(set(bracket)) if trials.is_unclear(value)]
        undecided = [value for value in unclear if trials.may_run(value, trials.twice(value))]
        if undecided:
            trials.run(undecided[0], trials.twice(undecided[0]))
            continue
        left, right = bracket
        middle = (left + right) / 2.0
        if unclear or right - left <= width or not trials.may_run(middle, seeds):
            return bracket
        trials.run(middle, seeds)


def _answer(
    status: Status,
    trials: Trials,
    p_value: float,
    place: Crossing = NO_CROSSING,
    bracket: tuple[float, float] = (np.nan, np.nan),
) -> CriticalPoint:
    return CriticalPoint(status, *place, bracket, p_value, trials.runs(), trials.points())
