"""Margin tiers: how bad the worst days are at each margin, and what the margin found asks of each position."""

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from cascade_sim.plots.style import BLUE, GREY, VERMILION, money, style

__all__ = ["plot_tiers"]


def plot_tiers(
    curve: pd.DataFrame,
    fund: float,
    answer: tuple[float, float, float],
    quantile: float,
    tiers: Sequence[tuple[float, float, float]],
    depth: float,
    title: str,
) -> Figure:
    """Left: the average of the worst days against margin, with the fund. Right: margin by size of position.

    Parameters
    ----------
    curve : DataFrame
        ``scale``, ``shortfall``, ``low``, ``high``; one row a margin.
    fund : float
        USD.
    answer : tuple of float
        Scale found, and its interval; nan if there is none.
    quantile : float
    tiers : sequence of (floor, maintenance, leverage)
        Empty if there are none.
    depth : float
        USD a side.
    title : str
    """
    with style():
        figure = Figure(figsize=(10.5, 4.6) if tiers else (6.5, 4.6), layout="constrained")
        axes = figure.subplots(1, 2 if tiers else 1, squeeze=False)[0]
        _draw_curve(axes[0], curve, fund, answer, quantile)
        if tiers:
            _draw_tiers(axes[1], tiers, depth)
        figure.suptitle(f"{title}: " + ("how much margin the fund needs" if tiers else "no answer in the range"))
    return figure


def _draw_curve(
    axes: Axes, curve: pd.DataFrame, fund: float, answer: tuple[float, float, float], quantile: float
) -> None:
    axes.fill_between(curve["scale"], curve["low"], curve["high"], color=BLUE, alpha=0.2, lw=0, label="95 % interval")
    axes.plot(curve["scale"], curve["shortfall"], "o-", color=BLUE, ms=4, label="average of the worst days")
    axes.axhline(fund, color=VERMILION, ls="--", label=f"the fund: {money(fund)} USD")
    if math.isfinite(answer[0]):
        axes.axvspan(answer[1], answer[2], color=GREY, alpha=0.25, lw=0)
        axes.annotate(
            "smallest margin\nthat suffices", (answer[0], fund), (0.55, 0.62), textcoords="axes fraction",
            arrowprops={"arrowstyle": "->"},
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(0, 1.08 * max(curve["high"].max(), fund))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.set_xlabel("margin, as a multiple of what a usual hour asks for")
    axes.set_ylabel(f"average bad debt of the worst {100 * (1 - quantile):.3g} % of days, USD")
    axes.legend(loc="upper right")
    axes.set_title("Bad debt of the worst days, by margin")


def _draw_tiers(axes: Axes, tiers: Sequence[tuple[float, float, float]], depth: float) -> None:
    first = tiers[1][0] / 3.0 if len(tiers) > 1 else 1000.0
    edges = [max(floor, first) for floor, _, _ in tiers] + [max(tiers[-1][0], first) * 3.0]
    rates = [100.0 * rate for _, rate, _ in tiers]
    axes.stairs(rates, edges, color=BLUE, lw=2, baseline=None)
    for left, right, rate, (_, _, leverage) in zip(edges, edges[1:], rates, tiers, strict=False):
        axes.annotate(
            f"{leverage:g}x",
            (math.sqrt(left * right), rate),
            (0, 4),
            textcoords="offset points",
            ha="center",
        )
    axes.axvline(depth, color=GREY, ls=":", label="all that stands in the book on one side")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(0.8 * min(rates), 1.4 * max(rates))
    axes.set_xlabel("size of the position, USD")
    axes.set_ylabel("maintenance margin, share of the position")
    axes.plot([], [], " ", label=f"{tiers[0][2]:g}x: largest leverage allowed")
    axes.legend(loc="upper left")
    axes.set_title("Larger positions need more margin")
