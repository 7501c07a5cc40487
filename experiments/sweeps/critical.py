"""Where cascades begin: a search along one axis, and along a second one for the boundary between two phases."""

import json
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.critical_point import CriticalPoint, find_critical_point
from cascade_sim.experiments.sweeps.design import Design, code_version, make_design
from cascade_sim.experiments.sweeps.environment import numerics
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import LEDGER, sole_writer
from cascade_sim.experiments.sweeps.ledger import DONE, Ledger
from cascade_sim.experiments.sweeps.pool import Pool, local_executor
from cascade_sim.experiments.sweeps.question import Axis, Question, Value
from cascade_sim.experiments.sweeps.stored import event_of
from cascade_sim.folders import whole_folder
from cascade_sim.scenario.load import scenario_data

__all__ = ["Boundary", "find_boundary", "middle_of"]

_SEARCH = "search.json"


@dataclass(frozen=True)
class Boundary:
    """What a search found.

    Attributes
    ----------
    critical : DataFrame
        One row a value of the second axis (one row without): its value, ``status``, the critical value in a column of
        the first axis' name with its 95 % interval ``low`` and ``high``, ``runs``.
    points : DataFrame
        One row a point visited: both axes, ``probability`` with Wilson's interval, ``runs``.
    """

    critical: pd.DataFrame
    points: pd.DataFrame


def find_boundary(
    question: Question,
    along: str,
    out: str | os.PathLike[str],
    over: str | None = None,
    *,
    width: float = 0.02,
    grid: int = 8,
    most_seeds: int = 256,
    executor: Executor | None = None,
    workers: int | None = None,
    report: Callable[[int, int, int], None] | None = None,
) -> Boundary:
    """Find where the question's event is as likely as not.

    Every point is run with the same seeds. Runs are kept as they finish: stopped, the same search goes on where it was.

    Parameters
    ----------
    question : Question
        Its ``event`` is looked at; every point begins with ``seeds.at_least`` seeds.
    along : str
        Axis that is searched, from its lowest to its highest value.
    out : path
        Folder.
    over : str, optional
        Axis for each of whose values it is searched.
    width : float
        Bracket that is narrow enough, as a share of the axis.
    grid : int
        Points of the coarse grid on which it is first seen whether the probability rises or falls throughout.
    most_seeds : int
        Runs at one point at most.
    executor, workers
        As in `run_sweep`.
    report : callable, optional
        Called with runs done, failed, and known to be wanted.

    Returns
    -------
    Boundary

    Raises
    ------
    SweepError
        If an axis is missing or has no numbers, a run fails, or the folder holds another search.
    """
    _check(question, along, over)
    folder = Path(out)
    _prepare(folder, question, {"along": along, "over": over, "width": width, "grid": grid, "most_seeds": most_seeds})
    count = workers or os.cpu_count() or 1
    seeds = question.seeds.at_least
    found = []
    with sole_writer(folder), Ledger(folder / LEDGER) as ledger:
        pool = Pool((lambda: executor) if executor is not None else partial(local_executor, count), count)
        search = _Search(question, along, over, ledger, pool, report)
        finished = False
        try:
            for place in question.axes[over].grid() if over else [None]:
                events = partial(search.events, place)
                answer = find_critical_point(
                    events, 0.0, 1.0, width=width, grid=grid, seeds=seeds, most_seeds=max(most_seeds, seeds)
                )
                found.append((place, answer))
            finished = True
        finally:
            if executor is None:
                pool.close(stop=not finished)
            else:
                pool.cancel()
    boundary = _in_values(question, along, over, found)
    boundary.critical.to_parquet(folder / "critical.parquet", index=False)
    boundary.points.to_parquet(folder / "points.parquet", index=False)
    return boundary


def _check(question: Question, along: str, over: str | None) -> None:
    for name in (along, *([over] if over else [])):
        if name not in question.axes:
            raise SweepError(f"axis {name!r}", [f"the question has no such axis; it has {', '.join(question.axes)}"])
    values = question.axes[along].values
    if values and not (len(values) > 1 and all(isinstance(value, int | float) for value in values)):
        raise SweepError(f"axis {along!r}", [f"a search needs numbers from low to high, got {list(values)}"])
    if along == over:
        raise SweepError(f"axis {along!r}", ["--along and --over must be two axes"])


def _prepare(folder: Path, question: Question, terms: dict[str, object]) -> None:
    """Write down what is searched, or make sure that it is what the folder holds."""
    base = json.dumps(scenario_data(question.scenario), sort_keys=True, default=str)
    wanted: dict[str, object] = {"question": question.model_dump(mode="json"), "scenario": base}
    wanted |= {"code_version": code_version(), "libraries": numerics()} | terms
    file = folder / _SEARCH
    if file.is_file():
        if file.read_text(encoding="utf-8") != _as_text(wanted):
            where = f"{folder} holds another search, or one by another version of the code or of {numerics()}"
            raise SweepError(where, ["choose another --out"])
        return
    if folder.exists() and any(folder.iterdir()):
        raise SweepError(f"{folder} exists and is no search", ["choose another --out"])
    with whole_folder(folder) as half:
        (half / _SEARCH).write_text(_as_text(wanted), encoding="utf-8")


def _as_text(terms: dict[str, object]) -> str:
    return json.dumps(terms, indent=2) + "\n"


def _value_at(question: Question, along: str, share: float) -> float:
    """Value of an axis a share of the way along it."""
    axis = question.axes[along]
    if axis.values:
        ends = [float(value) for value in axis.values]
        axis = axis.model_copy(update={"values": (), "low": min(ends), "high": max(ends)})
    value = axis.at(np.array([share]))[0]
    return float(value)


@dataclass
class _Search:
    """Runs at the points that are asked for, numbered in the order in which they are visited."""

    question: Question
    along: str
    over: str | None
    ledger: Ledger
    pool: Pool
    report: Callable[[int, int, int], None] | None
    designs: dict[tuple[Value | None, float], tuple[int, Design]] = field(default_factory=dict)
    done: int = 0

    def events(self, place: Value | None, share: float, seeds: range) -> NDArray[np.bool_]:
        """Whether the event came, for each seed."""
        number, design = self._point(place, share)
        first = self.question.seeds.first
        wanted = [(number, first + seed) for seed in seeds]
        status = self.ledger.status()
        left = [run for run in wanted if status.get(run) != DONE]
        for entry in self.pool.results(design.task(0, seed, number) for _, seed in left):
            if entry.status != DONE:
                raise SweepError(f"a run of the search failed: {entry.error}", [f"its settings: {design.settings[0]}"])
            self.ledger.enter(entry)
            self.done += 1
            if self.report is not None:
                self.report(len(status) + self.done, 0, len(status) + len(left))
        self.done = 0
        runs = self.ledger.outcomes(number).set_index("seed").loc[[seed for _, seed in wanted]]
        came = event_of(self.question, runs)
        if came.isna().any():
            raise SweepError(f"event {self.question.event!r}", ["not defined in some runs; choose another outcome"])
        return came.to_numpy() > 0

    def _point(self, place: Value | None, share: float) -> tuple[int, Design]:
        """Number and design of a point; the same again when it is visited again."""
        if (place, share) not in self.designs:
            values = {self.along: _value_at(self.question, self.along, share)} | (
                {self.over: place} if self.over else {}
            )
            axes = {name: _fixed_axis(axis, values.get(name)) for name, axis in self.question.axes.items()}
            update = {"axes": axes, "sample": "grid", "cells": None}
            design = make_design(self.question.model_copy(update=update))
            self.designs[place, share] = (len(self.designs), design)
        return self.designs[place, share]


def middle_of(axis: Axis) -> Value:
    """Value that an axis is held at while others are searched: the middle one of its grid."""
    own = axis.grid()
    return own[len(own) // 2]


def _fixed_axis(axis: Axis, value: Value | None) -> Axis:
    """Axis with one value: the given one, else the middle of its own."""
    fixed = middle_of(axis) if value is None else value
    return axis.model_copy(update={"values": (fixed,), "low": None, "high": None, "count": None})


def _in_values(
    question: Question, along: str, over: str | None, found: list[tuple[Value | None, CriticalPoint]]
) -> Boundary:
    """Shares of the way turned into values of the axis."""

    def value(share: float) -> float:
        return share if not np.isfinite(share) else _value_at(question, along, share)

    rows, points = [], []
    for place, answer in found:
        where = {} if over is None else {over: place}
        numbers = {along: value(answer.value), "low": value(answer.low), "high": value(answer.high)}
        rows.append(where | {"status": answer.status} | numbers | {"runs": answer.runs})
        visited = answer.points.assign(**{along: [value(share) for share in answer.points["value"]]} | where)
        points.append(visited.drop(columns="value"))
    return Boundary(pd.DataFrame(rows), pd.concat(points, ignore_index=True))
