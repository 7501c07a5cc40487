"""Where running all cells on the same seeds saves runs, and where it cannot."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.curves import draw_boundary, missing_key
from cascade_sim.plots.sweeps.grid import Grid, contour_key, draw_contours, draw_mesh
from cascade_sim.plots.sweeps.words import figures_of, headline, label_of

__all__ = ["variance_reduction_map"]

# No contour at 1: where pairing does nothing, estimates scatter around it.
_KEYS = {3.0: contour_key("factor 3: a third of the runs is enough", 1.6, "--")}


def _norm(grid: Grid) -> LogNorm:
    """From the smallest to the largest factor, and at least from 1/2 to 5, so that 3 is always on the scale."""
    known = grid.values[np.isfinite(grid.values)]
    return LogNorm(known.min(initial=0.5), known.max(initial=5.0))


def _colour_bar(figure: Figure, axes: Any, mesh: Any, label: str) -> None:
    bar = figure.colorbar(mesh, ax=axes, label=label, pad=0.02)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figures_of(value)))
    bar.ax.yaxis.set_minor_locator(NullLocator())


def variance_reduction_map(
    cells: pd.DataFrame,
    x: str,
    y: str,
    labels: Mapping[str, str],
    *,
    value: str = "variance_reduction",
    boundary: pd.DataFrame | None = None,
    title: str | None = None,
) -> Figure:
    """Factor by which pairing seeds divides the variance of a difference, over two axes.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a cell. Columns: `x`, `y` and `value`, the variance of the difference with independent seeds over that
        with the same seeds, positive; cells where it is undefined (nan, infinite, or not positive) are hatched.
    x, y : str
        Columns.
    labels : mapping of str to str
        Column to label with unit.
    value : str
        Column of the factor.
    boundary : pandas.DataFrame, optional
        Simulated phase boundary. Columns: `x`, `y` (by their names), and `low` and `high`, the interval of the y value.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If two cells have the same `x` and `y`.
    """
    factor = cells[value].astype(np.float64)
    grid = Grid.of(cells, x, y, factor.where(factor > 0))
    with style():
        figure = Figure(figsize=(9, 5.4), layout="constrained")
        axes = figure.subplots()
        mesh = draw_mesh(axes, grid, (x, y), labels, _norm(grid))
        _colour_bar(figure, axes, mesh, label_of(labels, value))
        keys: list[Any] = [*draw_contours(axes, grid, tuple(_KEYS), _KEYS, figures_of)]
        keys += draw_boundary(axes, grid, boundary, (x, y)) + missing_key(grid)
        if keys:
            figure.legend(handles=keys, loc="outside lower left", ncols=2)
        headline(figure, title or "Paired seeds: how many times fewer runs give the same precision")
    return figure
