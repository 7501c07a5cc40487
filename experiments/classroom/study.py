"""What a class earned against what it could have earned: under a common cap, and each student alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.classroom.choices import Choice
from cascade_sim.experiments.classroom.episode import Episode, play
from cascade_sim.experiments.classroom.market import ALONE
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.progress import Progress

__all__ = ["ClassStudy", "study"]

Floats = npt.NDArray[np.float64]
Interval = tuple[float, float, float]  # mean, low, high

_CAPS = (1.0, 2.0, 3.0, 5.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0, 50.0)


def _one(job: tuple[tuple[float, ...], int]) -> Episode:
    return play(*job)


@dataclass(frozen=True)
class ClassStudy:
    """The class as it chose and under every cap, on the same luck.

    Attributes
    ----------
    choices : tuple of Choice
    seeds : tuple of int
    caps : tuple of float
        Ascending; the last one is the largest leverage chosen, which binds nobody.
    episodes : tuple of tuple of Episode
        By cap, then by seed.
    """

    choices: tuple[Choice, ...]
    seeds: tuple[int, ...]
    caps: tuple[float, ...]
    episodes: tuple[tuple[Episode, ...], ...]

    @property
    def leverages(self) -> Floats:
        """Chosen, shape (students,)."""
        return np.array([choice.leverage for choice in self.choices])

    @cached_property
    def payoffs(self) -> Floats:
        """Of every student over its money, shape (caps, seeds, students)."""
        return np.array([[episode.payoff for episode in row] for row in self.episodes])

    @cached_property
    def profits(self) -> Floats:
        """The same without the private benefit."""
        return np.array([[episode.profit for episode in row] for row in self.episodes])

    @cached_property
    def fell(self) -> Floats:
        """Who was sold by force: 0 or 1, shape (caps, seeds, students)."""
        return np.array([[episode.fell for episode in row] for row in self.episodes], float)

    @property
    def welfare(self) -> Floats:
        """Average payoff in the class, shape (caps, seeds)."""
        means: Floats = self.payoffs.mean(axis=2)
        return means

    @property
    def best(self) -> int:
        """Place of the planner's cap: the highest welfare on average; of equal ones the highest cap."""
        means = self.welfare.mean(axis=1)
        return len(means) - 1 - int(means[::-1].argmax())

    @property
    def planner(self) -> float:
        """The planner's cap."""
        return self.caps[self.best]

    @property
    def gain(self) -> Interval:
        """Welfare under the planner's cap less that of the class as it chose, on the same luck."""
        return student_interval(self.welfare[self.best] - self.welfare[-1])

    @property
    def as_good(self) -> tuple[float, float]:
        """Lowest and highest of the caps around the planner's that these seeds can't tell from it."""
        told = [student_interval(self.welfare[self.best] - row)[1] > 0.0 for row in self.welfare]
        low = high = self.best
        while low > 0 and not told[low - 1]:
            low -= 1
        while high < len(told) - 1 and not told[high + 1]:
            high += 1
        return self.caps[low], self.caps[high]

    def alone(self, cap: int = -1) -> Floats:
        """Payoff of every student's copies while the class is under a cap, shape (seeds, students, leverages)."""
        return np.array([episode.alone for episode in self.episodes[cap]])

    def best_alone(self, cap: int = -1) -> float:
        """Leverage at which a copy earned most while the class was under a cap, on average over students and seeds."""
        return ALONE[int(self.alone(cap).mean(axis=(0, 1)).argmax())]

    def temptation(self) -> Interval:
        """What one who breaks the planner's cap for `best_alone` gains over what the same gets at the cap."""
        copies = self.alone(self.best).mean(axis=1)
        at_cap = [float(np.interp(self.planner, ALONE, row)) for row in copies]
        return student_interval(copies[:, ALONE.index(self.best_alone(self.best))] - at_cap)

    def curve(self) -> pd.DataFrame:
        """Welfare by cap with its 95 % interval, profit alone, share who fall, fall of the price, unpaid losses."""
        rows = []
        for k, cap in enumerate(self.caps):
            mean, low, high = student_interval(self.welfare[k])
            falls = [episode.fall for episode in self.episodes[k]]
            unpaid = [episode.unpaid for episode in self.episodes[k]]
            words = {"cap": cap, "welfare": mean, "low": low, "high": high, "profit_alone": self.profits[k].mean()}
            rows.append(words | {"fell": self.fell[k].mean(), "price_fall": np.mean(falls), "unpaid": np.mean(unpaid)})
        return pd.DataFrame(rows)

    def students(self) -> pd.DataFrame:
        """A row a student: what the choice brought over the seeds, and what others would have."""
        alone = self.alone().mean(axis=0)
        rows = []
        for k, choice in enumerate(self.choices):
            mean, low, high = student_interval(self.payoffs[-1, :, k])
            capped = student_interval(self.payoffs[self.best, :, k])[0]
            row = {"student": choice.student, "leverage": choice.leverage, "fell": self.fell[-1, :, k].mean()}
            row |= {"payoff": mean, "low": low, "high": high, "profit": self.profits[-1, :, k].mean()}
            row |= {"payoff_if_all_capped": capped, "best_alone": ALONE[int(alone[k].argmax())]}
            rows.append(row | {"payoff_at_best_alone": alone[k].max()})
        return pd.DataFrame(rows)


def study(
    choices: Sequence[Choice], seeds: Sequence[int], workers: int | None = None, progress: Progress | None = None
) -> ClassStudy:
    """Run a class as it chose and under a grid of caps, on the same luck.

    Parameters
    ----------
    choices : sequence of Choice
    seeds : sequence of int
    workers : int, optional
        Processes; default one a core. The result does not depend on it.
    progress : callable, optional

    Returns
    -------
    ClassStudy
    """
    chosen = tuple(choice.leverage for choice in choices)
    caps = (*(cap for cap in _CAPS if cap < max(chosen)), max(chosen))
    jobs = [(tuple(min(own, cap) for own in chosen), seed) for cap in caps for seed in seeds]
    found = in_parallel(_one, jobs, workers, progress, "classes")
    width = len(seeds)
    rows = tuple(tuple(found[k * width : (k + 1) * width]) for k in range(len(caps)))
    return ClassStudy(tuple(choices), tuple(seeds), caps, rows)
