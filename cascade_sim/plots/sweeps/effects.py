"""An outcome along one axis, one line for each value of a second one."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.levels import Levels, show_levels
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import amount_of, headline, label_of, plain, show_money, wrapped

__all__ = ["effect_lines"]


def _groups(
    cells: pd.DataFrame, group: str | None, amount: Callable[[float], str]
) -> Iterator[tuple[str | None, pd.DataFrame]]:
    if group is None:
        yield None, cells
        return
    for value in Levels.of(cells[group]).values:
        name = amount(value) if isinstance(value, float) else str(value)
        yield name, cells[cells[group] == value]


def _draw_line(
    axes: Axes, rows: pd.DataFrame, levels: Levels, x: str, value: str, number: int, name: str | None
) -> None:
    look = look_of(number)
    order = np.argsort(levels.at(rows[x]))
    rows, at = rows.iloc[order], levels.at(rows[x])[order]
    axes.fill_between(at, rows["low"], rows["high"], color=look["color"], alpha=0.18, lw=0)
    axes.plot(at, rows[value], ms=5, lw=1.8, label=None if name is None else wrapped(name, 28), **look)


def effect_lines(
    cells: pd.DataFrame, x: str, value: str, group: str | None, labels: Mapping[str, str], *, title: str | None = None
) -> Figure:
    """Outcome with its interval along one axis, one line a value of a second axis.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a cell. Columns: `x`, `group` if there is one, `value`, and its 95 % interval `low`, `high`.
    x, value : str
        Columns.
    group : str or None
        Column of the second axis, with at most six values; None for a single line.
    labels : mapping of str to str
        Column to label with unit.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If `group` has more than six values.
    """
    levels = Levels.of(cells[x])
    with style():
        figure = Figure(figsize=(8, 4.8), layout="constrained")
        axes = figure.subplots()
        show_levels(axes, "x", levels, label_of(labels, x, 80))
        for number, (name, rows) in enumerate(_groups(cells, group, amount_of(labels.get(group or "", "")))):
            _draw_line(axes, rows, levels, x, value, number, name)
        axes.set_ylabel(label_of(labels, value))
        show_money(axes.yaxis, labels.get(value, ""))
        if group is not None:
            figure.legend(loc="outside right center", title=label_of(labels, group, 24))
        axes.set_title("Bands: 95 % interval", fontsize=9, fontweight="normal")
        headline(figure, title or f"{plain(labels, value, first=True)} over {plain(labels, x)}")
    return figure
