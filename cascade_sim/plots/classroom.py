"""A class in the market: the price with the falls of students by name, and welfare against a common cap."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, style

__all__ = ["plot_class_price", "plot_class_welfare"]

Named = tuple[float, float, str]  # seconds, price over its beginning, who

_LABELS = 9  # that fit beside the curve
_LETTERS = 26  # of names on one line


def _groups(falls: Sequence[Named]) -> list[list[Named]]:
    """Falls put together where they came closest in time, until their labels fit."""
    groups = [[fall] for fall in falls]
    while len(groups) > _LABELS:
        gaps = [after[0][0] - before[-1][0] for before, after in pairwise(groups)]
        k = int(np.argmin(gaps))
        groups[k : k + 2] = [groups[k] + groups[k + 1]]
    return groups


def _together(names: Sequence[str]) -> str:
    """Names on one line, and how many more there are."""
    shown: list[str] = []
    for name in names:
        if shown and len(", ".join([*shown, name])) > _LETTERS:
            return f"{', '.join(shown)} and {len(names) - len(shown)} more"
        shown.append(name)
    return ", ".join(shown)


def _name_falls(ax: Axes, falls: Sequence[Named]) -> None:
    """A mark for every fall, and names at the right, in order of time, each with a line to its first mark."""
    ax.plot([fall[0] / 60 for fall in falls], [100 * fall[1] for fall in falls], "v", color=VERMILION, markersize=6)
    groups = _groups(falls)
    for k, group in enumerate(groups):
        height = 0.97 - 0.94 * k / max(_LABELS - 1, len(groups) - 1)
        ax.annotate(
            _together([who for _, _, who in group]),
            (group[0][0] / 60, 100 * group[0][1]),
            (1.03, height),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            color=VERMILION,
            parse_math=False,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": VERMILION, "linewidth": 0.5, "alpha": 0.6, "relpos": (0, 0.5)},
        )


def plot_class_price(
    price: "pd.Series[float]", without: "pd.Series[float]", falls: Sequence[Named], begins: float
) -> Figure:
    """Price through the news, with who was sold when.

    Parameters
    ----------
    price, without : Series
        Over the beginning, by seconds; `without`: on the same luck if no forced sale had moved it.
    falls : sequence of (float, float, str)
        Seconds, price over the beginning, and name, in order of time.
    begins : float
        Seconds at which the news begins.
    """
    with style():
        figure = Figure(figsize=(6.4, 3.9), layout="constrained")
        ax = figure.add_subplot()
        ax.plot(without.index / 60, 100 * without, color=GREY, linestyle="--", label="if no forced sale had moved it")
        ax.plot(price.index / 60, 100 * price, color=BLUE, label="the price")
        if falls:
            _name_falls(ax, falls)
        ax.axvline(begins / 60, color=GREY, linewidth=0.8, linestyle=":")
        ax.text(
            begins / 60 - 0.12,
            0.03,
            "bad news",
            rotation=90,
            color=GREY,
            transform=ax.get_xaxis_transform(),
            ha="right",
        )
        ax.xaxis.set_major_formatter(FuncFormatter(lambda minutes, _: f"10:{minutes:02.0f}"))
        ax.set(xlabel="Time", ylabel="Price (100 at the start)", xlim=(0, float(price.index.max()) / 60))
        count = len(falls)
        ax.set_title(f"Who was sold when: {count} student{'s' * (count != 1)}" if count else "Nobody was sold")
        figure.legend(loc="outside lower left", ncols=2)
    return figure


def plot_class_welfare(curve: pd.DataFrame, best: int) -> Figure:
    """What the class earned under every cap on leverage, with the planner's cap and the class as it chose.

    Parameters
    ----------
    curve : DataFrame
        Columns cap, welfare, low, high, profit_alone; over the money put down; the last row is the class as it chose.
    best : int
        Row of the planner's cap.
    """
    with style():
        figure = Figure(figsize=(4.8, 3.9), layout="constrained")
        ax = figure.add_subplot()
        cap = curve["cap"].to_numpy(float)
        ax.fill_between(cap, 100 * curve["low"], 100 * curve["high"], color=BLUE, alpha=0.15, linewidth=0)
        ax.plot(cap, 100 * curve["welfare"], color=BLUE, marker=".", label="payoff")
        ax.plot(cap, 100 * curve["profit_alone"], color=GREY, linestyle="--", label="profit alone")
        ax.axhline(0, color="black", linewidth=0.8)
        if best < len(curve) - 1:
            _mark(ax, curve, best, "s", "planner", 12, "center")
        _mark(ax, curve, len(curve) - 1, "o", "your class", -18, "right")  # below the curve, which comes from the left
        ax.set_xscale("log")
        shown = [value for value in (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100) if value <= max(cap.max(), 2)]
        ax.set_xticks(shown, [str(value) for value in shown])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set(xlabel="Highest leverage that anybody may have", ylabel="Average in the class, per 100 put down")
        ax.set_title("What a limit for everybody would have done")
        ax.legend(loc="lower left")
    return figure


def _mark(ax: Axes, curve: pd.DataFrame, row: int, shape: str, label: str, lift: float, side: str) -> None:
    x, y = float(curve["cap"].iloc[row]), 100 * float(curve["welfare"].iloc[row])
    ax.plot([x], [y], shape, color=VERMILION, markersize=9)
    ax.annotate(label, (x, y), (0, lift), textcoords="offset points", ha=side, color=VERMILION, weight="bold")
