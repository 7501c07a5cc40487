"""A calibration from beginning to end: start, search, reweighting, slopes, intervals.

Weights come from the runs at the start, and once more from those at the best point found with them (two steps: Hansen,
1982). What was evaluated before is weighed again without running anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.calibration.distance import Facts, covariance, weights
from cascade_sim.experiments.calibration.facts import Fact
from cascade_sim.experiments.calibration.inference import (
    JTest,
    information,
    j_test,
    parameter_covariance,
    weak_directions,
)
from cascade_sim.experiments.calibration.plan import Calibration
from cascade_sim.experiments.calibration.problems import CalibrationError
from cascade_sim.experiments.calibration.search import Search, design
from cascade_sim.experiments.calibration.simulated import Simulated
from cascade_sim.experiments.calibration.start import start_of
from cascade_sim.progress import Progress

__all__ = ["Fit", "fit"]

Floats = NDArray[np.float64]
_AWAY = 0.1  # of the range: how far to both sides slopes look, beyond the jumps of single runs


@dataclass(frozen=True)
class Fit:
    """What was found.

    Attributes
    ----------
    start, best : dict of str to float
        Value of every parameter.
    points, objectives : ndarray of float64, shape (points, parameters) and (points,)
        Every point evaluated, in parts of the ranges, with the final weights.
    means : ndarray of float64, shape (points, facts)
    weight : ndarray of float64, shape (facts,)
    errors : ndarray of float64, shape (parameters,)
        Standard errors in parts of the range.
    test : JTest
    weak : list of ndarray of float64, shape (parameters,)
        Directions that the facts don't tell.
    """

    start: dict[str, float]
    best: dict[str, float]
    points: Floats
    objectives: Floats
    means: Floats
    weight: Floats
    errors: Floats
    test: JTest
    weak: list[Floats]


class _Runs:
    """Moments of all fitted events at points of the unit cube."""

    def __init__(self, plan: Calibration, simulated: Simulated, facts: Mapping[str, list[Fact]]) -> None:
        self.plan, self.simulated, self.facts = plan, simulated, facts
        self.seeds = range(plan.seeds.first, plan.seeds.first + plan.seeds.count)

    def values(self, point: Floats) -> dict[str, float]:
        parameters = self.plan.parameters.items()
        return {path: item.value(float(unit)) for (path, item), unit in zip(parameters, point, strict=True)}

    def moments(self, point: Floats) -> Floats:
        """Shape (seeds, facts)."""
        values, events = self.values(point), self.plan.events
        return np.hstack(
            [self.simulated.moments(events[name], own, values, self.seeds) for name, own in self.facts.items()]
        )


class _Counted:
    """Mean moments, with a report of every point."""

    def __init__(self, runs: _Runs, whole: int, progress: Progress | None) -> None:
        self.runs, self.whole, self.progress, self.done = runs, whole, progress, 0

    def __call__(self, point: Floats) -> Floats:
        means: Floats = self.runs.moments(point).mean(axis=0)
        self.done += 1
        if self.progress is not None:
            self.progress("points", self.done, max(self.whole, self.done))
        return means


def _first_weights(moments: Floats, names: list[str], facts: Facts) -> Floats:
    """Weights by the runs at the start; refuses what can't be weighed."""
    silent = np.flatnonzero(~np.isfinite(moments).all(axis=0))
    if len(silent):
        why = "a run says nothing of it, or can't be ended; leave it out or start elsewhere"
        raise CalibrationError("the starting point", [f"{names[k]}: {why}" for k in silent])
    weight = weights(moments, facts)
    sure = np.flatnonzero(np.isinf(weight))
    if len(sure):
        raise CalibrationError("facts", [f"{names[k]}: has no luck in the runs; give it an error" for k in sure])
    return weight


def _differences(runs: _Runs, search: Search) -> Floats:
    """Slopes of every seed around the best point, evaluated on both sides; shape (seeds, facts, parameters)."""
    best = search.points[search.best]
    columns = []
    for k in range(len(best)):
        sides = []
        for away in (-_AWAY, _AWAY):
            point = best.copy()
            point[k] = np.clip(point[k] + away, 0.0, 1.0)
            if point[k] != best[k]:
                search.add(point)
            moments = runs.moments(point)
            sides.append((point[k], moments) if np.isfinite(moments).all() else (best[k], runs.moments(best)))
        (low, below), (high, above) = sides
        columns.append((above - below) / max(high - low, 1e-12))
    return np.stack(columns, axis=2)


def fit(
    plan: Calibration, facts: Mapping[str, list[Fact]], simulated: Simulated, progress: Progress | None = None
) -> Fit:
    """Fit the parameters of a calibration to the facts of its events.

    Parameters
    ----------
    plan : Calibration
    facts : mapping of str to list of Fact
        By event.
    simulated : Simulated
    progress : callable, optional
        Called with a label, the points done and the points in all.

    Raises
    ------
    CalibrationError
        If there are fewer facts than parameters, or a fact can't be weighed.
    """
    names = [f"{event} {fact.quantity}" for event, own in facts.items() for fact in own]
    count = len(plan.parameters)
    if len(names) < count:
        raise CalibrationError("calibration", [f"{count} parameters need as many facts, got {len(names)}"])
    runs, target = _Runs(plan, simulated, facts), Facts.side_by_side(list(facts.values()))
    search = Search(_Counted(runs, plan.evaluations, progress), target.centre, np.ones(len(names)))
    start = start_of(plan)
    first = np.array([plan.parameters[path].unit(value) for path, value in start.items()])
    search.weight = _first_weights(runs.moments(first), names, target)
    search.add(first)
    left = plan.evaluations - 2 * count - 2
    for point in design(left // 2, count):
        search.add(point)
    search.refine(left // 4)
    again = weights(runs.moments(search.points[search.best]), target)
    # What has lost its luck there (a share that is zero in every run) keeps its first weight.
    search.weight = np.where(np.isfinite(again), again, search.weight)
    search.refine(plan.evaluations - 2 * count - 1 - len(search.points))
    search.refine(1, radius=_AWAY)
    return _judged(runs, target, search, start, _differences(runs, search))


def _judged(runs: _Runs, target: Facts, search: Search, start: dict[str, float], differences: Floats) -> Fit:
    """Intervals and tests at the best point."""
    best = search.points[search.best]
    slopes, spread = differences.mean(axis=0), covariance(runs.moments(best), target)
    distances = search.means[search.best] - target.centre
    return Fit(
        start=start,
        best=runs.values(best),
        points=np.array(search.points),
        objectives=search.objectives(),
        means=np.array(search.means),
        weight=search.weight,
        errors=np.sqrt(np.diag(parameter_covariance(slopes, search.weight, spread))),
        test=j_test(distances, slopes, search.weight, spread, len(runs.seeds)),
        weak=weak_directions(information(differences, search.weight)),
    )
