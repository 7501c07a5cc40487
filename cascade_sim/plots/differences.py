"""Paired differences in several quantities: one row a comparison, one panel a quantity."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, money, style

__all__ = ["Quantity", "plot_differences"]


@dataclass(frozen=True)
class Quantity:
    """One panel.

    Attributes
    ----------
    name : str
        Columns ``vs_name``, ``vs_name_low``, ``vs_name_high``, and ``promised_name`` where there is one.
    label, unit : str
    less_is_better : bool
    """

    name: str
    label: str
    unit: str
    less_is_better: bool


def plot_differences(labels: Sequence[str], frame: pd.DataFrame, quantities: Sequence[Quantity], title: str) -> Figure:
    """Draw differences with intervals; filled where zero is outside, blue for better and vermilion for worse.

    Parameters
    ----------
    labels : sequence of str
        Of the rows, from the top.
    frame : DataFrame
        One row a comparison.
    quantities : sequence of Quantity
    title : str
    """
    with style():
        figure = Figure(figsize=(13.0, 1.9 + 0.38 * len(labels)), layout="constrained")
        panels = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
        for axes, quantity in zip(panels, quantities, strict=True):
            _panel(axes, frame, quantity)
        panels[0].set_yticks(range(len(labels)), labels)
        panels[0].set_ylim(len(labels) - 0.5, -0.5)
        figure.suptitle(title)
        figure.legend(handles=_legend(frame, quantities), loc="outside lower center", ncols=4)
    return figure


def _panel(axes: Axes, frame: pd.DataFrame, quantity: Quantity) -> None:
    column = f"vs_{quantity.name}"
    axes.axvline(0.0, color="black", lw=0.8)
    for place, (_, row) in enumerate(frame.iterrows()):
        low, high = float(row[f"{column}_low"]), float(row[f"{column}_high"])
        colour = _colour(low, high, quantity.less_is_better)
        axes.plot([low, high], [place, place], color=colour, lw=2.2, solid_capstyle="butt")
        filled = "white" if colour == GREY else colour
        axes.plot([float(row[column])], [place], _MARKS[colour], color=colour, markerfacecolor=filled, ms=7)
        if f"promised_{quantity.name}" in frame:
            axes.plot([float(row[f"promised_{quantity.name}"])], [place], "x", color="black", ms=6)
    axes.set_title(quantity.label)
    axes.set_xlabel(f"{quantity.unit}\n({'less' if quantity.less_is_better else 'more'} is better)")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value) if abs(value) >= 1000 else f"{value:g}"))
    axes.grid(axis="y", alpha=0.3)


_MARKS = {BLUE: "o", VERMILION: "s", GREY: "D"}


def _colour(low: float, high: float, less_is_better: bool) -> str:
    if low <= 0.0 <= high:
        return GREY
    return BLUE if (high < 0.0) == less_is_better else VERMILION


def _legend(frame: pd.DataFrame, quantities: Sequence[Quantity]) -> list[Line2D]:
    known = [
        Line2D([], [], color=BLUE, marker="o", lw=2.2, label="better"),
        Line2D([], [], color=VERMILION, marker="s", lw=2.2, label="worse"),
        Line2D([], [], color=GREY, marker="D", markerfacecolor="white", lw=2.2, label="not known: zero is inside"),
    ]
    if f"promised_{quantities[0].name}" in frame:
        known.append(Line2D([], [], color="black", marker="x", lw=0, label="what the search's own days showed"))
    return known
