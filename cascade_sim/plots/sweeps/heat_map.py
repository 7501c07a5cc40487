"""An outcome over two axes, and beside it how well it is known."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.curves import draw_boundary, draw_theory, missing_key
from cascade_sim.plots.sweeps.grid import Grid, contour_key, draw_contours, draw_mesh, span
from cascade_sim.plots.sweeps.words import amount_of, headline, label_of, plain, show_money

__all__ = ["heat_map"]

_PROBABILITY_CONTOURS = (0.1, 0.5, 0.9)


def _levels(grid: Grid, probability: bool) -> list[float]:
    if probability:
        return list(_PROBABILITY_CONTOURS)
    low, high = span(grid.values)
    # None at zero: where nothing happens, noise lies on both sides of it.
    return [float(level) for level in MaxNLocator(5).tick_values(low, high) if abs(level) > 1e-9 * (high - low)]


def _panel(
    axes: Axes, grid: Grid, names: tuple[str, str], labels: Mapping[str, str], norm: Normalize, bar: str
) -> None:
    mesh = draw_mesh(axes, grid, names, labels, norm)
    figure = axes.get_figure()
    assert figure is not None
    colours = figure.colorbar(mesh, ax=axes, label=bar, pad=0.02)
    show_money(colours.ax.yaxis, bar)


def _runs(cells: pd.DataFrame) -> str:
    """How many runs there are a cell, if it is known and the same for all."""
    return f", {int(cells['runs'].iloc[0])} runs a cell" if "runs" in cells and cells["runs"].nunique() == 1 else ""


def heat_map(
    cells: pd.DataFrame,
    x: str,
    y: str,
    value: str,
    labels: Mapping[str, str],
    *,
    boundary: pd.DataFrame | None = None,
    theory: pd.DataFrame | None = None,
    theory_start: pd.DataFrame | None = None,
    theory_effective: pd.DataFrame | None = None,
    title: str | None = None,
) -> Figure:
    """Outcome over two axes with contours; beside it, half the width of the 95 % interval of each cell.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a cell. Columns: `x` and `y`, the column `value`, its interval `low` and `high`, and, if known,
        `runs`. An axis of values evenly spaced by ratio is logarithmic; cells without a finite value are hatched.
    x, y, value : str
        Columns. If `value` is "probability", colours run from 0 to 1 and the contour at 0.5 is emphasised.
    labels : mapping of str to str
        Column to label with unit.
    boundary : pandas.DataFrame, optional
        Simulated phase boundary. Columns: `x`, `y` (by their names), and `low` and `high`, the interval of the y value.
    theory : pandas.DataFrame, optional
        Where the branching ratio is 1 with depth as it then stood. Columns: `x`, `y` (by their names).
    theory_start, theory_effective : pandas.DataFrame, optional
        The same with the ratio before the news, and with the depth that the market really offered.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If two cells have the same `x` and `y`.
    """
    names, probability = (x, y), value == "probability"
    grid = Grid.of(cells, x, y, cells[value])
    half = Grid.of(cells, x, y, (cells["high"] - cells["low"]) / 2)
    norm = Normalize(*((0, 1) if probability else span(grid.values)))
    bar = label_of(labels, value, 40)
    with style():
        figure = Figure(figsize=(9, 5), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.35, 1))
        _panel(left, grid, names, labels, norm, bar)
        _panel(right, half, names, labels, Normalize(*span(half.values, 0.0)), f"± {bar}")
        right.set_ylabel("")
        left.set_title(f"Estimate{_runs(cells)}", fontsize=10)
        right.set_title("Half of its 95 % interval", fontsize=10)
        bold = {0.5: contour_key("probability 0.5", 3.0)} if probability else {}
        keys: list[Any] = [*draw_contours(left, grid, _levels(grid, probability), bold, amount_of(bar))]
        keys += draw_boundary(left, grid, boundary, names)
        for kind, curve in (("path", theory), ("effective", theory_effective), ("start", theory_start)):
            keys += draw_theory(left, grid, curve, names, kind)
        keys += missing_key(grid)
        if keys:
            figure.legend(handles=keys, loc="outside lower left", ncols=2, handlelength=3.5)
        over = f"over {plain(labels, x)} and {plain(labels, y)}"
        headline(figure, title or f"{plain(labels, value, first=True)} {over}")
    return figure
