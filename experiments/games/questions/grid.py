"""A game in the cells of a grid: what a value of an axis changes in the market, or in the game itself."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.questions.question import GameQuestion, Payoff, scenario_of
from cascade_sim.experiments.sweeps.question import Axis
from cascade_sim.scenario.files import Shelf

__all__ = ["Axes", "Cell", "axes_of_options", "axes_of_table", "cells_of", "label_of", "market_of"]

Value = float | bool | str
Axes = Mapping[str, Axis]

_OPTION, _GAME = Shelf("option", GameError), Shelf("game", GameError)

_OWN = "roles."
_MOST_AXES = 3
_MOST_CELLS = 400


@dataclass(frozen=True)
class Cell:
    """One cell of a grid.

    Attributes
    ----------
    values : dict
        By axis.
    question : GameQuestion
        The game there.
    """

    values: dict[str, Value]
    question: GameQuestion


def axes_of_table(question: GameQuestion, name: str) -> dict[str, Axis]:
    """Axes of one of the game's own grids.

    Raises
    ------
    GameError
        If there is no such grid.
    """
    if name not in question.tables:
        known = f"it has {', '.join(question.tables)}" if question.tables else "none at all; use --across PATH=A,B,C"
        raise GameError(f"--table {name}", [f"game {question.name!r} has no such table; {known}"])
    return {axis: question.axes[axis] for axis in question.tables[name]}


def axes_of_options(question: GameQuestion, options: Sequence[str]) -> dict[str, Axis]:
    """Axes of options like ``PATH=1,2,3``.

    Parameters
    ----------
    question : GameQuestion
    options : sequence of str
        A path is a setting of the scenario, one of the game (``roles.keeper.strategies.enter.cost``), or the name of
        one of the game's own axes, which then takes these values.

    Raises
    ------
    GameError
        If one does not look like that.
    """
    axes: dict[str, Axis] = {}
    for option in options:
        path, equals, values = option.partition("=")
        given = [yaml.safe_load(item) for item in values.split(",") if item.strip()]
        if not path or not equals or not given:
            raise GameError(f"--across {option}", ["must look like PATH=A,B,C, e.g. news.0.move=-0.02,-0.04"])
        own = question.axes.get(path)
        name = path.rpartition(".")[2]
        data = own.model_dump() if own is not None else {"label": path, "set": (path,)}
        key = name if name not in axes else path
        axes[key] = _OPTION.check(Axis, data | {"values": given}, f"--across {option}")
    return axes


def cells_of(question: GameQuestion, axes: Axes) -> list[Cell]:
    """All cells of a grid, the last axis varying fastest.

    Parameters
    ----------
    question : GameQuestion
    axes : mapping of str to Axis
        One to three.

    Raises
    ------
    GameError
        If there are too many axes or cells, a path is none of the game, or a value is not allowed there.
    """
    count = math.prod(len(axis.grid()) for axis in axes.values())
    if not 1 <= len(axes) <= _MOST_AXES or count > _MOST_CELLS:
        problem = f"a grid has 1 to {_MOST_AXES} axes and {_MOST_CELLS} cells at most, got {len(axes)} and {count}"
        raise GameError(f"game {question.name!r}", [f"{problem}; give fewer axes or values"])
    combinations = product(*(axis.grid() for axis in axes.values()))
    return [_cell(question, axes, dict(zip(axes, values, strict=True))) for values in combinations]


def label_of(name: str, axis: Axis) -> str:
    """Label of an axis, or its name where it has none, with its unit."""
    label = axis.label or name
    return label if axis.unit == "1" else f"{label} ({axis.unit})"


def market_of(question: GameQuestion) -> str:
    """What decides the runs of a game, but not what they are worth: two games of one market can share their runs."""
    alike = {
        name: role.model_copy(
            update={
                "payoff": Payoff(),
                "strategies": {key: own.model_copy(update={"cost": 0.0}) for key, own in role.strategies.items()},
            }
        )
        for name, role in question.roles.items()
    }
    return question.model_copy(update={"roles": alike}).model_dump_json()


def _cell(question: GameQuestion, axes: Axes, values: dict[str, Value]) -> Cell:
    data = question.model_dump(mode="json") | {"axes": {}, "tables": {}, "discussion": ""}
    for name, axis in axes.items():
        given = [(path, values[name]) for path in axis.set]
        given += [(path, _times(question, name, path, values[name])) for path in axis.times]
        given += [(path, _over(name, path, number, values[name])) for path, number in axis.inverse.items()]
        for path, value in given:
            _put(data, name, path, value)
    where = ", ".join(f"{name}={value}" for name, value in values.items())
    return Cell(values, _GAME.check(GameQuestion, data, f"{question.name} at {where}"))


def _put(data: dict[str, Any], name: str, path: str, value: Any) -> None:
    """Put a value where a path of the game leads, or among the settings of its scenario."""
    if not path.startswith(_OWN):
        data["settings"][path] = value
        return
    *way, last = path.split(".")
    place = data
    for key in way:
        place = _inside(place, name, path, key)
    _inside(place, name, path, last)
    place[last] = value


def _inside(place: Any, name: str, path: str, key: str) -> Any:
    known = list(place) if isinstance(place, dict) else []
    if key not in known:
        there = f"there is {', '.join(known)}" if known else "nothing lies below"
        raise GameError(f"axis {name}", [f"path {path!r}: there is no {key!r}; {there}"])
    return place[key]


def _times(question: GameQuestion, name: str, path: str, factor: Value) -> float:
    """A number of the scenario as the game has it, multiplied."""
    place: Any = scenario_of(question).model_dump(mode="json")
    for key in path.split("."):
        place = place[int(key)] if isinstance(place, list) else _inside(place, name, path, key)
    if isinstance(place, bool | str) or not isinstance(place, int | float) or not isinstance(factor, int | float):
        raise GameError(f"axis {name}", [f"times: {path} must be a number times a number, got {place!r} x {factor!r}"])
    return place * factor


def _over(name: str, path: str, number: float, value: Value) -> float:
    """A number over the value of an axis."""
    if isinstance(value, bool | str) or value == 0.0:
        raise GameError(f"axis {name}", [f"inverse: {path} must be {number:g} over a number but 0, got {value!r}"])
    return number / value
