"""Which parameters an outcome depends on: Sobol indices, or Morris' elementary effects, as bars."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.style import BLUE, ORANGE, VERMILION, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.words import headline, plain, show_money, wrapped

__all__ = ["sensitivity_bars"]


def _bars(axes: Axes, at: NDArray[Any], rows: pd.DataFrame, column: str, height: float, look: dict[str, Any]) -> None:
    middle = rows[column].to_numpy(np.float64)
    reach = arms(rows, column, f"{column}_low", f"{column}_high")
    axes.barh(at, middle, height, edgecolor="black", linewidth=0.5, **look)
    axes.errorbar(middle, at, xerr=reach, fmt="none", ecolor="black", elinewidth=1.1, capsize=2.5)


def _sobol(axes: Axes, rows: pd.DataFrame) -> None:
    at = np.arange(len(rows))
    _bars(axes, at + 0.19, rows, "total", 0.38, {"color": BLUE, "label": "total: with interactions"})
    _bars(axes, at - 0.19, rows, "first", 0.38, {"color": ORANGE, "hatch": "///", "label": "first order: on its own"})
    axes.set_xlabel("Share of the outcome's variance (1)")


def _morris(axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    at = np.arange(len(rows))
    _bars(axes, at, rows, "mu_star", 0.6, {"color": BLUE, "label": "mean size of the effect, mu*"})
    axes.plot(
        rows["sigma"], at, ls="", marker="D", ms=6, mfc="white", mec=VERMILION, mew=1.6,
        label="its spread, sigma: interactions or curvature",
    )  # fmt: skip
    axes.set_xlabel(f"Change of the outcome over a parameter's whole range{unit}")
    show_money(axes.xaxis, unit)


def sensitivity_bars(
    indices: pd.DataFrame, labels: Mapping[str, str] | None = None, *, outcome: str | None = None, unit: str = "",
    title: str | None = None,
) -> Figure:  # fmt: skip
    """First-order and total Sobol indices, or Morris' mean and spread of elementary effects, largest first.

    Parameters
    ----------
    indices : pandas.DataFrame
        One row a parameter. Columns: `parameter`, and either `first`, `first_low`, `first_high`, `total`, `total_low`,
        `total_high` (Sobol indices with 95 % intervals) or `mu_star`, `mu_star_low`, `mu_star_high`, `sigma` (Morris).
    labels : mapping of str to str, optional
        Parameter to label.
    outcome : str, optional
        What the indices are of, for the title.
    unit : str
        Of Morris' effects, such as "USD".
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    kind = "mu_star" if "mu_star" in indices else "total"
    rows = indices.sort_values(kind, na_position="first", kind="stable")
    names = [wrapped(plain(labels or {}, str(name), first=True), 34) for name in rows["parameter"]]
    with style():
        figure = Figure(figsize=(8, 1.7 + 0.52 * len(rows)), layout="constrained")
        axes = figure.subplots()
        if kind == "mu_star":
            _morris(axes, rows, f" ({unit})" if unit else "")
        else:
            _sobol(axes, rows)
        axes.axvline(0, color="black", lw=0.8)
        axes.set_yticks(range(len(rows)), names)
        axes.grid(axis="y", visible=False)
        handles, names = axes.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower left", ncols=2, reverse=kind == "mu_star")
        headline(figure, title or f"What {outcome or 'the outcome'} depends on")
    return figure
