"""How the chance of a cascade rises with a parameter, and where it passes one half."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.style import BLUE, VERMILION, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.levels import Levels, show_levels
from cascade_sim.plots.sweeps.words import figures_of, headline, label_of, plain

__all__ = ["probability_curve"]


def _draw_fit(axes: Axes, fit: pd.DataFrame, x: str) -> None:
    curve = fit.sort_values(x)
    axes.plot(curve[x], curve["probability"], color=BLUE, lw=2, label="fitted curve")
    if {"low", "high"} <= set(curve):
        axes.fill_between(curve[x], curve["low"], curve["high"], color=BLUE, alpha=0.15, lw=0)


def _draw_critical(axes: Axes, critical: pd.DataFrame, x: str) -> None:
    """The critical point as a vertical line with its interval as a band."""
    row = critical.iloc[0]
    if not np.isfinite(row[x]):
        return
    known = np.isfinite(row["low"]) and np.isfinite(row["high"])
    interval = f" ({figures_of(row['low'])} to {figures_of(row['high'])})" if known else ""
    if known:
        axes.axvspan(row["low"], row["high"], color=VERMILION, alpha=0.18, lw=0)
    axes.axvline(row[x], color=VERMILION, lw=1.8, ls="--", label=f"critical point {figures_of(row[x])}{interval}")
    axes.plot([row[x]], [0.5], marker="D", ms=7, mfc="white", mec=VERMILION, mew=1.8, zorder=5)


def _runs(points: pd.DataFrame) -> str:
    if "runs" not in points:
        return ""
    least, most = int(points["runs"].min()), int(points["runs"].max())
    return f" of {most} runs" if least == most else f" of {least} to {most} runs"


def _draw_points(axes: Axes, points: pd.DataFrame, at: NDArray[np.float64]) -> None:
    axes.errorbar(
        at, points["probability"], yerr=arms(points, "probability"), fmt="o", ms=5, color="black", elinewidth=1.2,
        capsize=2.5, label=f"share{_runs(points)}, 95 % Wilson interval",
    )  # fmt: skip


def probability_curve(
    points: pd.DataFrame,
    fit: pd.DataFrame | None,
    critical: pd.DataFrame | None,
    x: str,
    labels: Mapping[str, str],
    *,
    title: str | None = None,
) -> Figure:
    """Chance of a cascade against a parameter, with the fitted curve and the critical point.

    Parameters
    ----------
    points : pandas.DataFrame
        One row a value of `x`. Columns: `x`, `probability` and its Wilson interval `low`, `high`; if known, `runs`.
    fit : pandas.DataFrame or None
        The fitted curve. Columns: `x`, `probability` and, if known, `low`, `high`.
    critical : pandas.DataFrame or None
        One row: `x`, where the curve passes one half, and its 95 % interval `low`, `high`.
    x : str
        Column.
    labels : mapping of str to str
        Column to label with unit; "probability" says of what.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    levels = Levels.of(points[x])
    with style():
        figure = Figure(figsize=(8, 4.8), layout="constrained")
        axes = figure.subplots()
        show_levels(axes, "x", levels, label_of(labels, x, 80))
        _draw_points(axes, points, levels.at(points[x]))
        if fit is not None:
            _draw_fit(axes, fit, x)
        axes.axhline(0.5, color="black", lw=0.8, ls=":")
        if critical is not None:
            _draw_critical(axes, critical, x)
        axes.set_ylim(-0.03, 1.03)
        axes.set_ylabel(label_of(labels, "probability"))
        figure.legend(loc="outside lower left", ncols=3)
        headline(figure, title or f"How likely a cascade is, over {plain(labels, x)}")
    return figure
