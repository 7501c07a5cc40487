"""Effects of changes on the same seeds: one row a comparison, against a line at zero."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.words import figures_of, headline, label_of, show_money, wrapped

__all__ = ["paired_differences"]


def _draw_rows(axes: Axes, rows: pd.DataFrame) -> None:
    """Filled where zero lies outside the interval, hollow where it does not."""
    clear = (rows["low"] > 0) | (rows["high"] < 0)
    at = pd.Series(np.arange(len(rows))[::-1], index=rows.index)
    for part, face in ((rows[clear], BLUE), (rows[~clear], "white")):
        reach = arms(part, "difference")
        axes.errorbar(
            part["difference"], at[part.index], xerr=reach, fmt="s", ms=7, mfc=face, color=BLUE, elinewidth=2, capsize=3
        )


def _write_reduction(axes: Axes, rows: pd.DataFrame) -> None:
    """How much pairing helped, in a column to the right of the axes."""
    column = axes.secondary_yaxis("right")
    factors = [
        f"variance ÷ {figures_of(round(value, 1))}" if np.isfinite(value) else "variance: undefined"
        for value in rows["variance_reduction"]
    ]
    column.set_yticks(np.arange(len(rows))[::-1], factors)
    column.tick_params(length=0)
    column.spines["right"].set_visible(False)
    column.set_ylabel("by pairing seeds", fontsize=8)


def paired_differences(differences: pd.DataFrame, labels: Mapping[str, str], *, title: str | None = None) -> Figure:
    """Effect with its interval for each comparison, and beside it what pairing the seeds saved.

    Parameters
    ----------
    differences : pandas.DataFrame
        One row a comparison, in the order to be shown. Columns: `comparison` (text), `difference` with its 95 %
        interval `low`, `high`, and `variance_reduction`, the factor by which pairing divided the variance
        (nan if undefined).
    labels : mapping of str to str
        Label with unit of "difference".
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = differences.reset_index(drop=True)
    with style():
        figure = Figure(figsize=(8, 1.5 + 0.5 * len(rows)), layout="constrained")
        axes = figure.subplots()
        _draw_rows(axes, rows)
        axes.axvline(0, color="black", lw=1.2)
        axes.set_yticks(np.arange(len(rows))[::-1], [wrapped(str(name), 40) for name in rows["comparison"]])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        _write_reduction(axes, rows)
        axes.set_xlabel(f"{label_of(labels, 'difference', 60)}, 95 % interval; hollow: zero is inside")
        show_money(axes.xaxis, labels.get("difference", ""))
        headline(figure, title or "What each change does, on the same seeds")
    return figure
