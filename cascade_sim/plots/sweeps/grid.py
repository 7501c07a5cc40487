"""Cells over two axes as a table, and the table as a coloured mesh with contours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patheffects import AbstractPathEffect, withStroke
from numpy.typing import NDArray

from cascade_sim.plots.sweeps.levels import Levels, show_levels
from cascade_sim.plots.sweeps.words import label_of

__all__ = ["MISSING", "Grid", "contour_key", "draw_contours", "draw_mesh", "span"]

MISSING: dict[str, Any] = {"facecolor": "white", "edgecolor": "#9a9a9a", "hatch": "////", "linewidth": 0.0}


@dataclass(frozen=True)
class Grid:
    """One number a cell over two axes.

    Attributes
    ----------
    x, y : Levels
    values : ndarray of float64, shape (len(y.places), len(x.places))
        nan where there is no cell, or nothing finite in it.
    """

    x: Levels
    y: Levels
    values: NDArray[np.float64]

    @classmethod
    def of(cls, cells: pd.DataFrame, x: str, y: str, value: "pd.Series[Any]") -> "Grid":
        """Table of `value`, one entry a row of `cells`.

        Raises
        ------
        ValueError
            If two cells lie at the same place.
        """
        if cells.duplicated([x, y]).any():
            raise ValueError(f"several cells have the same {x} and {y}; choose one value of each other axis first")
        across, up = Levels.of(cells[x]), Levels.of(cells[y])
        table = cells.assign(_value=value.astype(np.float64)).pivot(index=y, columns=x, values="_value")
        values = table.reindex(index=up.values, columns=across.values).to_numpy(np.float64)
        return cls(across, up, np.where(np.isfinite(values), values, np.nan))

    @property
    def incomplete(self) -> bool:
        """Whether a cell is missing."""
        return bool(np.isnan(self.values).any())

    def inside(self, levels: Sequence[float]) -> list[float]:
        """Those of the levels that a contour can be drawn at: none on a single row or column, or over names."""
        if min(self.values.shape) < 2 or self.x.named or self.y.named or np.isnan(self.values).all():
            return []
        low, high = np.nanmin(self.values), np.nanmax(self.values)
        return [level for level in levels if low < level < high]


def span(values: NDArray[np.float64], low: float | None = None) -> tuple[float, float]:
    """From `low`, or the smallest value, to the largest; of some width even if they are equal."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return 0.0, 1.0
    bottom, top = float(known.min()) if low is None else low, float(known.max())
    return bottom, top if top > bottom else bottom + (abs(bottom) or 1.0)


def draw_mesh(axes: Axes, grid: Grid, names: tuple[str, str], labels: Mapping[str, str], norm: Normalize) -> QuadMesh:
    """Colour the cells, hatch those without a number, and dress both axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : Grid
    names : tuple of str
        Columns of the x and the y axis.
    labels : mapping
    norm : matplotlib.colors.Normalize
    """
    axes.patch.set(**MISSING)
    show_levels(axes, "x", grid.x, label_of(labels, names[0]))
    show_levels(axes, "y", grid.y, label_of(labels, names[1]))
    axes.grid(False)
    shown = np.ma.masked_invalid(grid.values)
    return axes.pcolormesh(grid.x.edges, grid.y.edges, shown, norm=norm, cmap="cividis", rasterized=True)


def _border(width: float) -> list[AbstractPathEffect]:
    return [withStroke(linewidth=width + 1.6, foreground="black")]


def contour_key(label: str, width: float, dashes: str = "-") -> Line2D:
    """How a contour looks in the legend."""
    return Line2D([], [], color="white", lw=width, ls=dashes, path_effects=_border(width), label=label)


def draw_contours(
    axes: Axes, grid: Grid, levels: Sequence[float], keys: Mapping[float, Line2D], amount: Callable[[float], str]
) -> list[Line2D]:
    """White contours with dark borders.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : Grid
    levels : sequence of float
    keys : mapping of float to matplotlib.lines.Line2D
        Looks of those levels that are named in the legend; the others are thin, with their value written on them.
    amount : function
        Writes a value.

    Returns
    -------
    list of matplotlib.lines.Line2D
        Keys of the levels that were drawn.
    """
    drawn, shown = grid.inside(levels), np.ma.masked_invalid(grid.values)
    for level in drawn:
        key = keys.get(level, contour_key("", 1.0))
        contour = axes.contour(
            grid.x.places, grid.y.places, shown, levels=[level], colors="white",
            linewidths=key.get_linewidth(), linestyles=[key.get_linestyle()],
        )  # fmt: skip
        contour.set_path_effects(_border(key.get_linewidth()))
        if level not in keys:
            for text in axes.clabel(contour, fmt=amount, fontsize=8, colors="black"):
                text.set_path_effects([withStroke(linewidth=3, foreground="white")])
    return [keys[level] for level in drawn if level in keys]
