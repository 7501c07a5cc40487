"""Margin tiers: how bad the worst days are at each margin, and what the margin found asks of each position."""

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from cascade_sim.plots.style import BLUE, GREY, ORANGE, VERMILION, money, style

__all__ = ["plot_tiers"]

_CHECKS = ((ORANGE, "D"), ("black", "s"))


def plot_tiers(
    curve: pd.DataFrame,
    fund: float,
    checks: pd.DataFrame,
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
    checks : DataFrame
        Margins tried on other days: ``scale``, ``shortfall``, ``low``, ``high``, and ``days`` in words.
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
        _draw_curve(axes[0], curve, fund, checks, quantile)
        if tiers:
            _draw_tiers(axes[1], tiers, depth)
        figure.suptitle(f"{title}: " + ("how much margin the fund needs" if tiers else "no answer in the range"))
    return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame, fund: float, checks: pd.DataFrame, quantile: float) -> None:
    axes.fill_between(curve["scale"], curve["low"], curve["high"], color=BLUE, alpha=0.2, lw=0)
    axes.plot(curve["scale"], curve["shortfall"], "o-", color=BLUE, ms=4, label="days of the search")
    axes.axhline(fund, color=VERMILION, ls="--", label=f"the fund: {money(fund)} USD")
    for (days, own), (colour, mark) in zip(checks.groupby("days", sort=False), _CHECKS, strict=False):
        ends = [own["shortfall"] - own["low"], own["high"] - own["shortfall"]]
        axes.errorbar(own["scale"], own["shortfall"], ends, fmt=mark, color=colour, ms=5, lw=1.6, label=days)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(0, 1.08 * max(curve["high"].max(), fund))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.set_xlabel("margin, as a multiple of what a usual hour asks for")
    axes.set_ylabel(f"average bad debt of the worst {100 * (1 - quantile):.3g} % of days, USD")
    axes.legend(loc="upper right")
    axes.set_title("Bad debt of the worst days, with 95 % intervals")


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
