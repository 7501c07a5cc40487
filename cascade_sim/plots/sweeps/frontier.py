"""What leverage buys and what it costs: bad debt against capital efficiency, and the settings that nothing beats."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.room import name_points
from cascade_sim.plots.sweeps.words import headline, label_of, plain, show_money

__all__ = ["pareto_frontier"]

_Segments = list[list[tuple[float, float]]]


def _scale(axes: Axes, values: "pd.Series[float]") -> None:
    """Logarithmic if costs span more than a factor of 50, with a linear part around zero if there are zeros."""
    positive = values[values > 0]
    if len(positive) < 2 or positive.max() < 50 * positive.min() or (values < 0).any():
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    elif len(positive) == len(values):
        axes.set_yscale("log")
    else:
        low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()))
        axes.set_yscale("symlog", linthresh=10**low, linscale=0.7)
        axes.set_ylim(bottom=-(10**low) / 2)
        axes.set_yticks([0, *10 ** np.arange(low, high + 1)])
        axes.yaxis.set_minor_locator(NullLocator())


def _draw_crosses(axes: Axes, cells: pd.DataFrame, x: str, y: str, best: "pd.Series[bool]") -> _Segments:
    """Points with both intervals; those on the frontier are filled and dark."""
    looks = ((cells[best], BLUE, BLUE, "on the frontier"), (cells[~best], GREY, "white", "other settings"))
    for rows, colour, face, label in looks:
        wide, tall = arms(rows, x, f"{x}_low", f"{x}_high"), arms(rows, y, f"{y}_low", f"{y}_high")
        axes.errorbar(rows[x], rows[y], tall, wide, fmt="o", ms=4.5, elinewidth=1, color=colour, mfc=face, label=label)
    across: Any = zip(cells[x], cells[y], cells[f"{x}_low"], cells[f"{x}_high"], strict=True)
    up: Any = zip(cells[x], cells[y], cells[f"{y}_low"], cells[f"{y}_high"], strict=True)
    return [[(low, b), (high, b)] for _, b, low, high in across] + [[(a, low), (a, high)] for a, _, low, high in up]


def _draw_frontier(axes: Axes, frontier: pd.DataFrame, x: str, y: str) -> _Segments:
    """Least cost with at least an efficiency: constant up to each setting, then a jump to the next."""
    corners = frontier.sort_values(x)
    axes.plot(
        corners[x], corners[y], color=VERMILION, lw=2, drawstyle="steps-pre", label="frontier: no setting beats these"
    )
    points = list(zip(corners[x], corners[y], strict=True))
    return [part for (a, b), (c, d) in pairwise(points) for part in ([(a, b), (a, d)], [(a, d), (c, d)])]


def pareto_frontier(
    cells: pd.DataFrame, x: str, y: str, frontier: pd.DataFrame, labels: Mapping[str, str], *, title: str | None = None
) -> Figure:
    """A cost (bad debt) against a gain (capital efficiency), one cross a setting, and the frontier as steps.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a setting. Columns: `x`, the gain, and `y`, the cost, with their 95 % intervals `{x}_low`, `{x}_high`,
        `{y}_low`, `{y}_high`; and, if points are to be named, `setting` (text).
    x, y : str
        Columns.
    frontier : pandas.DataFrame
        The settings that no other beats in both: rows of `cells` (same index), columns `x` and `y`.
    labels : mapping of str to str
        Column to label with unit.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    best = pd.Series(cells.index.isin(frontier.index), index=cells.index)
    with style():
        figure = Figure(figsize=(8, 5.4), layout="constrained")
        axes = figure.subplots()
        segments = _draw_crosses(axes, cells, x, y, best)
        segments += _draw_frontier(axes, frontier, x, y)
        axes.margins(x=0.08, y=0.08)
        _scale(axes, cells[y])
        axes.set_xlabel(f"{label_of(labels, x, 70)}: more is better →")
        axes.set_ylabel(f"← less is better: {label_of(labels, y, 50)}")
        show_money(axes.yaxis, labels.get(y, ""))
        figure.legend(loc="outside lower left", ncols=3)
        headline(figure, title or f"{plain(labels, y, first=True)} against {plain(labels, x)}")
        if "setting" in cells:
            named = pd.concat([cells[best].sort_values(x), cells[~best].sort_values(x)])
            name_points(
                figure, axes, list(zip(named[x], named[y], strict=True)), [str(s) for s in named["setting"]], segments
            )
    return figure
