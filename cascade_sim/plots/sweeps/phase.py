"""The critical value of one parameter over another: on which side cascades happen."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import NDArray

from cascade_sim.plots.style import BLUE, GREY, VERMILION, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.levels import Levels, show_levels
from cascade_sim.plots.sweeps.words import figures_of, headline, label_of, plain

__all__ = ["phase_boundary"]


def _limits(boundary: pd.DataFrame, y: str, within: tuple[float, float] | None) -> tuple[float, float]:
    """What is shown of the critical parameter: the range searched, or the intervals and half as much around."""
    if within is not None:
        return within
    known = boundary[[y, "low", "high"]].to_numpy(np.float64)
    known = known[np.isfinite(known)]
    if len(known) == 0:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.5 * (high - low) or 0.1 * abs(high) or 1.0
    return (max(low - room, 0.0) if low >= 0 else low - room), high + room


def _scale(axes: Axes, found: pd.DataFrame, y: str, within: tuple[float, float] | None) -> None:
    """Logarithmic where the range that was searched spans a factor of eight or more."""
    if within is None or within[0] <= 0 or within[1] < 8 * within[0]:
        axes.set_ylim(*_limits(found, y, within))
        return
    axes.set_yscale("log")
    axes.set_ylim(*within)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figures_of(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def _name(axes: Axes, at: NDArray[np.float64], edge: NDArray[np.float64], upper: bool, text: str, colour: str) -> None:
    """Write a region's name where the region is tallest."""
    points = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([at, edge])))
    x = np.linspace(0.16, 0.84, 35)  # away from both ends, so that the name stays inside
    height = np.clip(np.interp(x, points[:, 0], points[:, 1]), 0, 1)
    if np.isnan(height).all():
        return
    k = np.nanargmax(1 - height if upper else height)
    place = (x[k], (height[k] + 1) / 2 if upper else height[k] / 2)
    axes.text(
        *place, text, transform=axes.transAxes, ha="center", va="center", fontsize=13, fontweight="bold", color=colour
    )


def _regions(axes: Axes, at: NDArray[np.float64], edge: NDArray[np.float64], cascade_above: bool) -> None:
    low, high = axes.get_ylim()
    red: dict[str, Any] = {"color": VERMILION, "alpha": 0.28, "lw": 0}
    blue: dict[str, Any] = {"color": BLUE, "alpha": 0.08, "lw": 0}
    axes.fill_between(at, edge, high, **(red if cascade_above else blue))
    axes.fill_between(at, edge, low, **(blue if cascade_above else red))
    for upper in (True, False):
        burns = upper == cascade_above
        _name(axes, at, edge, upper, "CASCADE" if burns else "NO CASCADE", "#8a3c00" if burns else "#004a76")


def _to_the_sides(
    at: NDArray[np.float64], edge: NDArray[np.float64], levels: Levels
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The boundary, continued flat to both sides of the figure; where none was found there is a gap."""
    return np.concatenate([levels.edges[:1], at, levels.edges[-1:]]), np.concatenate([edge[:1], edge, edge[-1:]])


def _draw(axes: Axes, boundary: pd.DataFrame, x: str, y: str, levels: Levels, cascade_above: bool) -> None:
    at, middle = levels.at(boundary[x]), boundary[y].to_numpy(np.float64)
    ends = boundary[["low", "high"]].clip(*axes.get_ylim())
    reach = arms(ends.assign(middle=middle), "middle")
    _regions(axes, *_to_the_sides(at, middle, levels), cascade_above=cascade_above)
    axes.fill_between(at, ends["low"], ends["high"], color="black", alpha=0.22, lw=0, label="95 % interval")
    axes.errorbar(at, middle, reach, fmt="none", ecolor="black", elinewidth=1, capsize=2)
    axes.plot(at, middle, color="black", marker="o", markersize=4, lw=2, label="critical value")


def phase_boundary(
    boundary: pd.DataFrame,
    x: str,
    y: str,
    labels: Mapping[str, str],
    *,
    cascade_above: bool = True,
    within: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Critical value of `y` over a second parameter `x`, with its interval; both regions shaded and named.

    Parameters
    ----------
    boundary : pandas.DataFrame
        One row a value of `x`. Columns: `x`, `y` (the critical value; nan where none was found), and `low` and `high`,
        its 95 % interval (infinite where it is open to one side, nan where unknown).
    x, y : str
        Columns.
    labels : mapping of str to str
        Column to label with unit.
    cascade_above : bool
        Whether cascades happen at values above the critical one, or below.
    within : tuple of float, optional
        Range of `y` that was searched; it is what is shown.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    boundary = boundary.sort_values(x) if pd.api.types.is_numeric_dtype(boundary[x]) else boundary
    levels, found = Levels.of(boundary[x]), boundary[np.isfinite(boundary[y].astype(np.float64))]
    with style():
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        show_levels(axes, "x", levels, label_of(labels, x, 80))
        _scale(axes, found, y, within)
        axes.set_ylabel(label_of(labels, y, 50))
        if len(found):
            _draw(axes, boundary, x, y, levels, cascade_above)
            figure.legend(loc="outside lower left", ncols=2)
        if len(found) < len(boundary):
            note = f"{len(boundary) - len(found)} of {len(boundary)}: no critical value found in the range searched"
            axes.annotate(note, (1, 1.01), xycoords="axes fraction", ha="right", va="bottom", color=GREY, fontsize=8)
        headline(figure, title or f"Critical {plain(labels, y)} over {plain(labels, x)}")
    return figure
