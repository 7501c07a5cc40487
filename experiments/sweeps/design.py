"""The design of a sweep: every cell with the settings that make it, checked as a whole before anything runs."""

import difflib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import cascade_sim
from cascade_sim.experiments.sweeps.environment import numerics
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.question import Axis, Question, Value
from cascade_sim.experiments.sweeps.samples import cells_of
from cascade_sim.scenario.inputs import describe_inputs
from cascade_sim.scenario.load import ScenarioError, load_scenario, scenario_data
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Design", "Task", "code_version", "load_cell", "make_design"]

_MOST_PROBLEMS = 8


@dataclass(frozen=True)
class Task:
    """One run, as it travels to a worker.

    Attributes
    ----------
    cell, seed : int
    base : str
        Data of the scenario as JSON; equal for all tasks of a sweep.
    settings : tuple of str
        ``path=value`` of this cell.
    twin : bool
    code, numerics : str
        Version of the code, and of the libraries that compute, that must carry it out.
    """

    cell: int
    seed: int
    base: str
    settings: tuple[str, ...]
    twin: bool
    code: str
    numerics: str


@lru_cache(maxsize=512)
def load_cell(base: str, settings: tuple[str, ...]) -> Scenario:
    """Scenario of a cell; remembered, for a cell is run many times."""
    return load_scenario(json.loads(base), settings)


def code_sources() -> list[Path]:
    """All sources that a result depends on."""
    root = Path(cascade_sim.__file__).parent
    rooms = ("engine", "intervention", "market", "recording", "results", "scenario", "scenario/agents", "agents")
    folders = [root, *(root / room for room in rooms)]
    sources = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    sources += sorted((root / "scenario").rglob("*.yaml"))
    return [*sources, *(root / "experiments" / "sweeps" / name for name in ("outcomes.py", "branching.py"))]


@lru_cache
def code_version() -> str:
    """Digest of all sources that a result depends on, so that results of two versions are never mixed."""
    digest = hashlib.blake2b(digest_size=8)
    for file in code_sources():
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Design:
    """Cells of a sweep, each with its settings.

    Attributes
    ----------
    question : Question
    base : str
        Data of the scenario as JSON.
    cells : DataFrame
        Indexed by ``cell``: axis values.
    settings : tuple of tuple of str
        ``path=value`` of every cell, those that are the same in all of them first.
    """

    question: Question
    base: str
    cells: pd.DataFrame = field(repr=False)
    settings: tuple[tuple[str, ...], ...] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digest of everything that decides what is run, code included."""
        parts = [self.base, json.dumps(self.settings), self.question.seeds.model_dump_json(), str(self.question.twin)]
        if self.question.seeds.at_most is not None and self.question.seeds.outcome == "event":
            parts.append(self.question.event)  # it decides how many seeds there are
        parts += _contents(self.scenario(0))
        return hashlib.blake2b("\0".join([*parts, code_version()]).encode(), digest_size=16).hexdigest()

    def scenario(self, cell: int) -> Scenario:
        """Scenario of a cell."""
        return load_cell(self.base, self.settings[cell])

    def task(self, cell: int, seed: int, number: int | None = None) -> Task:
        """One run; `number`: what it is entered under instead of its cell."""
        shown = cell if number is None else number
        return Task(shown, seed, self.base, self.settings[cell], self.question.twin, code_version(), numerics())

    def seeds(self) -> range:
        """Seeds that every cell is run with."""
        seeds = self.question.seeds
        return range(seeds.first, seeds.first + seeds.at_least)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Cell and seed of every run: all cells with the first seed, then all with the next."""
        return ((cell, seed) for seed in self.seeds() for cell in range(len(self.cells)))


def _contents(scenario: Scenario) -> list[str]:
    """Digests of the files that a scenario reads, so that an edited one is another design."""
    return [known["digest"] for known in describe_inputs(scenario).values()]


def _keys(place: Any) -> list[str]:
    if isinstance(place, dict):
        return list(place)
    return [str(k) for k in range(len(place))] if isinstance(place, list) else []


def _value_at(data: Any, path: str) -> Any:
    """Value at a path of plain data; KeyError names the part that is not there, and what is."""
    place = data
    for key in path.split("."):
        known = _keys(place)
        if key not in known:
            near = difflib.get_close_matches(key, known, 3, 0.4) or known[:12]
            raise KeyError(f"there is no {key!r}" + (f"; there is {', '.join(near)}" if near else ""))
        place = place[key] if isinstance(place, dict) else place[int(key)]
    return place


def _is_rule_file(path: str) -> bool:
    keys = path.split(".")
    return keys[0] == "venues" and keys[2:] in (["rules"], ["rules", "file"])


def _wrong_paths(question: Question, resolved: dict[str, Any]) -> list[str]:
    """Problems with the paths of the axes, found in the scenario as it stands."""
    problems = []
    for name, axis in question.axes.items():
        for path in (*axis.set, *axis.times, *axis.inverse):
            try:
                value = None if _is_rule_file(path) else _value_at(resolved, path)
            except KeyError as error:
                problems.append(f"axes.{name}: path {path!r}: {error.args[0]}")
                continue
            if path in axis.times and not isinstance(value, int | float):
                problems.append(f"axes.{name}.times: {path} is no number that could be multiplied, but {value!r}")
    return problems


def _assignments(axis: Axis, value: Value, resolved: dict[str, Any]) -> list[str]:
    """Settings that one value of an axis makes."""
    given = [(path, value) for path in axis.set]
    if isinstance(value, int | float):
        given += [(path, _value_at(resolved, path) * value) for path in axis.times]
        given += [(path, number / value) for path, number in axis.inverse.items()]
    return [f"{path}={_yaml(item, axis.whole)}" for path, item in given]


def _yaml(value: Value, whole: bool) -> str:
    if isinstance(value, float) and (whole or value.is_integer()):
        return str(int(value))
    return json.dumps(value)


def _fixed(question: Question) -> list[str]:
    """Settings that are the same in every cell."""
    return [f"{path}={json.dumps(value, default=str)}" for path, value in question.settings.items()]


def make_design(question: Question) -> Design:
    """Lay out a sweep and check every cell of it.

    Parameters
    ----------
    question : Question

    Raises
    ------
    SweepError
        If a path is not a setting of the scenario, or a cell is no valid scenario; the first few are named.
    ScenarioError
        If the scenario itself can't be used.
    """
    data, fixed = scenario_data(question.scenario), _fixed(question)
    resolved = load_scenario(data, fixed).model_dump(mode="json")
    problems = _wrong_paths(question, resolved)
    if problems:
        raise SweepError(f"sweep {question.name!r}", problems)
    cells = cells_of(question)
    settings = tuple((*fixed, *_settings_of(question, row, resolved)) for row in cells.to_dict("records"))
    base = json.dumps(data, default=str)  # in the scenario's own order: it numbers agents, and thus decides their luck
    design = Design(question, base, cells, settings)
    _check_cells(design)
    return design


def _settings_of(question: Question, row: dict[Any, Any], resolved: dict[str, Any]) -> list[str]:
    """Settings that the axes make in one cell."""
    axes = question.axes.items()
    return [text for name, axis in axes for text in _assignments(axis, _plain(row[name]), resolved)]


def _plain(value: Any) -> Value:
    plain: Value = value.item() if isinstance(value, np.generic) else value
    return plain


def _check_cells(design: Design) -> None:
    """Load the scenario of every cell."""
    problems: dict[str, int] = {}
    for cell in range(len(design.cells)):
        try:
            load_cell.__wrapped__(design.base, design.settings[cell])
        except ScenarioError as error:
            for problem in error.problems:
                problems.setdefault(problem, cell)
            if len(problems) >= _MOST_PROBLEMS:
                break
    if problems:
        rows = design.cells.to_dict("records")
        lines = [f"{problem} (cell {cell}: {_where(rows[cell])})" for problem, cell in problems.items()]
        raise SweepError(f"sweep {design.question.name!r} has cells that can't be run", lines)


def _where(row: dict[Any, Any]) -> str:
    """Values of the axes in a few letters."""
    return ", ".join(f"{name} {f'{value:.4g}' if isinstance(value, float) else value}" for name, value in row.items())
