"""Curves over a map of cells: the simulated phase boundary, and what theory says about it."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from cascade_sim.plots.style import VERMILION
from cascade_sim.plots.sweeps.grid import MISSING, Grid
from cascade_sim.plots.sweeps.intervals import arms

__all__ = ["draw_boundary", "draw_theory", "missing_key"]

_BORDER = [withStroke(linewidth=4.4, foreground="white")]
_BOUNDARY: dict[str, Any] = {"color": VERMILION, "lw": 1.0, "marker": "o", "ms": 5, "mec": "white", "mew": 0.8}


def draw_boundary(axes: Axes, grid: Grid, boundary: pd.DataFrame | None, names: tuple[str, str]) -> list[Any]:
    """Critical y at each x, with its interval; returns what belongs into the legend.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : Grid
        What lies below.
    boundary : pandas.DataFrame or None
        Columns: the two axes by name, `low` and `high`, the interval of the y value (infinite where open).
    names : tuple of str
        Columns of the x and the y axis.
    """
    if boundary is None or boundary.empty:
        return []
    at = grid.x.at(boundary[names[0]])
    middle = grid.y.at(boundary[names[1]])
    ends = boundary[["low", "high"]].clip(grid.y.edges[0], grid.y.edges[-1])
    reach = arms(ends.assign(middle=middle), "middle")
    axes.errorbar(at, middle, yerr=reach, fmt="none", ecolor="white", elinewidth=3.4, zorder=4)
    axes.errorbar(at, middle, yerr=reach, fmt="none", ecolor=VERMILION, elinewidth=1.6, zorder=4)
    axes.plot(at, middle, zorder=5, **_BOUNDARY)
    return [Line2D([], [], label="simulated phase boundary, 95 % interval", **_BOUNDARY)]


_THEORIES: dict[str, tuple[str, Any]] = {
    "path": ("book as it then stood", (0, (5, 2))),
    "start": ("before the news", (0, (1, 1.2))),
    "effective": ("depth really offered", (0, (5, 1.5, 1, 1.5))),
}


def draw_theory(
    axes: Axes, grid: Grid, theory: pd.DataFrame | None, names: tuple[str, str], kind: str = "path"
) -> list[Any]:
    """The curve on which theory has a branching ratio of 1; returns what belongs into the legend.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : Grid
        What lies below.
    theory : pandas.DataFrame or None
        Columns: the two axes by name, in the order to be joined.
    names : tuple of str
        Columns of the x and the y axis.
    kind : {"path", "start", "effective"}
        Which depth the ratio is taken with: of the book along the path, before the news, or really offered.
    """
    if theory is None or theory.empty:
        return []
    words, dashes = _THEORIES[kind]
    look: dict[str, Any] = {"color": "black", "lw": 2.0, "ls": dashes}
    axes.plot(grid.x.at(theory[names[0]]), grid.y.at(theory[names[1]]), path_effects=_BORDER, zorder=3, **look)
    return [Line2D([], [], label=f"branching ratio 1: {words}", **look)]


def missing_key(grid: Grid) -> list[Any]:
    """What belongs into the legend if cells are missing."""
    return [Patch(label="not run, or undefined", **MISSING)] if grid.incomplete else []
