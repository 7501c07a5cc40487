"""Runs of a search at the values that it visits, on common seeds."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.monotonicity import isotonic_fit
from cascade_sim.experiments.statistics.proportions import probability_of_event

__all__ = ["EventsOf", "Trials"]

Floats = npt.NDArray[np.float64]
EventsOf = Callable[[float, range], npt.ArrayLike]


class Trials:
    """All runs of a search, by value.

    Parameters
    ----------
    events_of : callable
        See `cascade_sim.experiments.statistics.critical_point.find_critical_point`.
    most_seeds : int
        Runs at one value at most.
    most_runs : float
        Runs in all at most.

    Attributes
    ----------
    falling : bool
        Whether the event becomes rarer as the value rises; `events` and `bracket` then speak of the event not coming.
    """

    def __init__(self, events_of: EventsOf, most_seeds: int, most_runs: float) -> None:
        self.events_of, self.most_seeds, self.most_runs = events_of, most_seeds, most_runs
        self.falling = False
        self._came: dict[float, Floats] = {}

    def runs_at(self, value: float) -> int:
        """Seeds run at a value."""
        return len(self._came.get(value, ()))

    def runs(self) -> int:
        """Seeds run at all values."""
        return sum(map(len, self._came.values()))

    def may_run(self, value: float, seeds: int) -> bool:
        """Whether more than the seeds run at a value, so many in all, stay within what is allowed."""
        more = seeds - self.runs_at(value)
        return more > 0 and seeds <= self.most_seeds and self.runs() + more <= self.most_runs

    def twice(self, value: float) -> int:
        """Twice the seeds run at a value, or as many as are allowed at one."""
        return min(2 * self.runs_at(value), self.most_seeds)

    def run(self, value: float, seeds: int) -> None:
        """Run a value up to a number of seeds."""
        wanted = range(self.runs_at(value), seeds)
        came = np.asarray(self.events_of(value, wanted), float)
        if came.shape != (len(wanted),) or np.isnan(came).any():
            raise ValueError(f"events_of({value}, {wanted}) must give {len(wanted)} events, true or false; got {came}")
        self._came[value] = np.concatenate([self._came.get(value, np.empty(0)), came])

    def values(self) -> list[float]:
        """Points visited, increasing."""
        return sorted(self._came)

    def events(self) -> Floats:
        """Shape (points, seeds), by value; nan where a seed was not run."""
        table = np.full((len(self._came), max(map(len, self._came.values()))), np.nan)
        for row, value in enumerate(self.values()):
            table[row, : self.runs_at(value)] = self._came[value]
        return 1.0 - table if self.falling else table

    def bracket(self) -> tuple[float, float]:
        """Nearest values on either side of the crossing; twice an end of the range where there is none."""
        events = self.events()
        fitted = isotonic_fit(np.nanmean(events, axis=1), np.isfinite(events).sum(axis=1))
        above, values = int(np.searchsorted(fitted, 0.5)), self.values()
        return values[max(above - 1, 0)], values[min(above, len(values) - 1)]

    def is_unclear(self, value: float) -> bool:
        """Whether its probability may be on either side of one half."""
        _, low, high = probability_of_event(self._came[value].sum(), self.runs_at(value))
        return bool(low <= 0.5 <= high)

    def points(self) -> pd.DataFrame:
        """What was seen at each value."""
        runs = [self.runs_at(value) for value in self.values()]
        found = probability_of_event([self._came[value].sum() for value in self.values()], runs)
        return pd.DataFrame({"value": self.values(), **found._asdict(), "runs": runs})
