"""Figures of a played grid: what is chosen in every cell, and what it does to the market."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cascade_sim.amounts import money
from cascade_sim.experiments.games.playing.grid import PlayedGrid
from cascade_sim.experiments.games.questions.grid import label_of, market_of
from cascade_sim.experiments.games.questions.labels import labels_of
from cascade_sim.experiments.games.reporting.grid_table import share_column

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["grid_figures"]

_IN_QUESTION = 0.025  # of the draws: a choice that is best in fewer is clearly not the best

Word = Callable[["pd.Series[float]"], str]


def grid_figures(grid: PlayedGrid, table: pd.DataFrame, choices: pd.DataFrame | None) -> dict[str, "Figure"]:
    """All pictures that fit, by name.

    Parameters
    ----------
    grid : PlayedGrid
    table : pandas.DataFrame
        Of `cascade_sim.experiments.games.reporting.grid_table.grid_table`.
    choices : pandas.DataFrame or None
        Of `choices_table`, of a game with a leader.
    """
    if choices is not None:
        return {"choices": _choices(grid, choices)}
    figures = {"shares": _shares(grid, table)}
    if "debt_more" in table:
        figures["debt"] = _debt(grid, table)
    return figures


def _shares(grid: PlayedGrid, table: pd.DataFrame) -> "Figure":
    """The share of the first role's players on the first strategy."""
    name, role = next(iter(grid.question.roles.items()))
    roles, strategies = labels_of(grid.question)
    chosen = strategies[name, next(iter(role.strategies))]
    column = share_column(name, next(iter(role.strategies)))

    def word(row: "pd.Series[float]") -> str:
        share, low, high = (100 * float(row[name]) for name in (column, f"{column} low", f"{column} high"))
        paper = f"\npaper {100 * row['paper']:.0f} %" if "paper" in row else ""
        return f"{share:.0f} %\n({low:.0f} to {high:.0f}){paper}"

    paper = " and on paper" if "paper" in table else ""
    return _mapped(
        grid,
        table,
        column,
        word,
        f"share of {roles[name]}s choosing: {chosen}",
        f"How many {roles[name]}s choose '{chosen}', in the market{paper}",
        "In brackets: 95 % interval.",
        limits=(0.0, 1.0),
        write=lambda share: f"{100 * share:.0f} %",
    )


def _debt(grid: PlayedGrid, table: pd.DataFrame) -> "Figure":
    """What the first strategy of all does to bad debt, against the second of all."""
    name, role = next(iter(grid.question.roles.items()))
    _, strategies = labels_of(grid.question)
    chosen = strategies[name, next(iter(role.strategies))]

    def word(row: "pd.Series[float]") -> str:
        more, low, high = (float(row[name]) for name in ("debt_more", "debt_more low", "debt_more high"))
        sign, unsure = "+" if more > 0.0 else "", " ?" if low < 0.0 < high else ""
        nobody = f"{money(row['debt_if_none'])} if nobody"
        return f"{sign}{money(more)}{unsure}\n({money(low)} to {money(high)})\n{nobody}"

    every, none = (table[name].clip(lower=1.0) for name in ("debt_if_all", "debt_if_none"))
    return _mapped(
        grid,
        table.assign(doublings=np.log2(every / none)),  # debts of very different size can be told apart only so
        "doublings",
        word,
        "bad debt if all do, over that if nobody does",
        f"Bad debt if all choose '{chosen}', less bad debt if nobody does",
        "In brackets: 95 % interval; ?: it holds zero. USD. Blue: less bad debt if all do.",
        is_harm=True,
        names=_of_the_market(grid),
        write=lambda doublings: f"{2.0**doublings:.2g} times",
    )


def _mapped(
    grid: PlayedGrid,
    table: pd.DataFrame,
    column: str,
    word: Word,
    bar: str,
    title: str,
    note: str,
    limits: tuple[float, float] | None = None,
    is_harm: bool = False,
    names: Sequence[str] | None = None,
    write: Callable[[float], str] | None = None,
) -> "Figure":
    """A panel a value of the first of three axes; the second goes up, the last across."""
    from cascade_sim.plots.games import NumberPanel, number_map

    names = list(grid.axes if names is None else names)
    x, y, z = names[-1], names[-2] if len(names) > 1 else None, names[0] if len(names) > 2 else None
    columns, rows = _values(grid, x), _values(grid, y) if y else [None]
    panels = []
    for value in _values(grid, z) if z else [None]:
        cells = [[_cell(table, {x: i, y: j, z: value}) for i in columns] for j in rows]
        panels.append(
            NumberPanel(
                _heading(grid, [z], [value]) if z else "",
                np.array([[cell[column] for cell in own] for own in cells], float),
                [[word(cell) for cell in own] for own in cells],
            )
        )
    ticks = [_written(value, grid.axes[x].unit) for value in columns]
    up = [_written(value, grid.axes[y].unit) for value in rows] if y else [""]
    labels = (label_of(x, grid.axes[x]), label_of(y, grid.axes[y]) if y else "")
    return number_map(panels, (ticks, up), labels, bar, title, note, limits, is_harm, write)


def _choices(grid: PlayedGrid, choices: pd.DataFrame) -> "Figure":
    """A panel a combination of the axes before the last; the leader's choices go up."""
    from cascade_sim.plots.games import NumberPanel, number_map

    roles, strategies = labels_of(grid.question)
    leader = grid.question.leader or ""
    x, before = list(grid.axes)[-1], list(grid.axes)[:-1]
    known = list(dict.fromkeys(choices["choice"]))
    names, columns = [strategies[leader, key] for key in known], _values(grid, x)
    panels = []
    for values, own in choices.groupby(before, sort=False) if before else [((), choices)]:
        cells = [[_cell(own, {x: i, "choice": key}) for i in columns] for key in known]
        paid = np.array([[cell["payoff"] for cell in row] for row in cells], float)
        best = [(int(paid[:, j].argmax()), j) for j in range(len(columns))]
        panels.append(
            NumberPanel(_heading(grid, before, values), paid, [[_led(grid, c) for c in row] for row in cells], best)
        )
    ticks = [_written(value, grid.axes[x].unit) for value in columns]
    first = _follower(grid)
    note = f"In brackets: 95 % interval; below: {first[2]}; best in: share of draws of seeds. Framed: the best."
    return number_map(
        panels,
        (ticks, names),
        (label_of(x, grid.axes[x]), f"what the {roles[leader]} chooses"),
        f"what the {roles[leader]} gets, USD",
        f"What each choice pays the {roles[leader]}, and the {first[2]}",
        note,
    )


def _led(grid: PlayedGrid, cell: "pd.Series[float]") -> str:
    """What a choice pays, and how many of the first follower's players then choose its last strategy."""
    column, label, _ = _follower(grid)
    paid = f"{money(cell['payoff'])}\n({money(cell['low'])} to {money(cell['high'])})"
    most = f"\nbest in {100 * cell['best']:.0f} %" if cell["best"] >= _IN_QUESTION else ""
    return f"{paid}\n{100 * cell[column]:.0f} % {label}{most}"


def _follower(grid: PlayedGrid) -> tuple[str, str, str]:
    """Column of the share of the first follower's last strategy, the strategy, and both in words."""
    roles, strategies = labels_of(grid.question)
    name = next(name for name in grid.question.roles if name != grid.question.leader)
    last = list(grid.question.roles[name].strategies)[-1]
    return (
        share_column(name, last),
        strategies[name, last],
        f"share of {roles[name]}s choosing {strategies[name, last]}",
    )


def _of_the_market(grid: PlayedGrid) -> list[str]:
    """Axes along which runs differ, and not only what they are worth; all of them if there is none."""
    first = grid.cells[0]
    others = {
        name: [cell for cell in grid.cells if all(cell.values[b] == first.values[b] for b in grid.axes if b != name)]
        for name in grid.axes
    }
    moving = [name for name, cells in others.items() if len({market_of(cell.question) for cell in cells}) > 1]
    return moving or list(grid.axes)


def _heading(grid: PlayedGrid, names: Sequence[str], values: Sequence[object]) -> str:
    """Labels of axes with a value of each."""
    pairs = [(name, grid.axes[name], value) for name, value in zip(names, values, strict=True)]
    return ", ".join(
        f"{axis.label or name}: {_written(value, axis.unit)} {axis.unit}".removesuffix(" 1")
        for name, axis, value in pairs
    )


def _values(grid: PlayedGrid, name: str) -> Sequence[float | bool | str]:
    return grid.axes[name].grid()


def _cell(table: pd.DataFrame, at: dict[str | None, object]) -> "pd.Series[float]":
    """The row of a cell."""
    kept = np.logical_and.reduce([table[name] == value for name, value in at.items() if name is not None])
    return table[kept].iloc[0]


def _written(value: object, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return money(value) if unit == "USD" else f"{value:g}"
