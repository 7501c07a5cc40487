"""What margin brings and costs, and what an exchange would choose."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREEN, VERMILION, style

__all__ = ["plot_earnings", "plot_margin"]


def _spread(axes: Any, values: pd.DataFrame, colour: str, marker: str) -> None:
    """Mean over seeds, with the range of all runs."""
    axes.fill_between(100 * values.columns, values.min(), values.max(), color=colour, alpha=0.15, label="all runs")
    axes.plot(100 * values.columns, values.mean(), color=colour, marker=marker, label="mean")


def _margins(axes: Any, margins: Any) -> None:
    axes.set_xscale("log")
    axes.set_xticks(100 * margins, [f"{100 * margin:g}" for margin in margins])
    axes.minorticks_off()
    axes.set_xlabel("maintenance margin (% of a position)")


def plot_margin(runs: pd.DataFrame) -> Figure:
    """Positions that 100 USD carry, and bad debt in the crash, over the maintenance margin.

    Parameters
    ----------
    runs : DataFrame
        ``margin``, ``seed``, ``positions`` and ``bad_debt`` for each dollar of traders' own money.
    """
    with style():
        figure = Figure(figsize=(9.6, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        panels = ((left, "positions", BLUE, "o"), (right, "bad_debt", VERMILION, "s"))
        for axes, column, colour, marker in panels:
            _spread(axes, 100 * runs.pivot(index="seed", columns="margin", values=column), colour, marker)
            _margins(axes, runs["margin"].unique())
            axes.set_ylim(0)
            axes.set_ylabel("USD for each 100 USD of traders' money")
            axes.legend()
        left.set_title("What 100 USD can hold")
        right.set_title("Bad debt that one crash leaves")
    return figure


def plot_earnings(earned: pd.DataFrame, days: float) -> Figure:
    """What an exchange earns over the maintenance margin, with the best one marked.

    Parameters
    ----------
    earned : DataFrame
        A row a seed, a column a margin: USD for each 100 USD of traders' money.
    days : float
        Between crashes.
    """
    with style():
        figure = Figure(figsize=(7.2, 3.6), layout="constrained")
        axes = figure.subplots()
        _spread(axes, earned, GREEN, "o")
        best = float(earned.mean().idxmax())  # type: ignore[arg-type]
        axes.axvline(100 * best, color="black", ls="--", lw=1, label=f"highest mean: {100 * best:g} %")
        axes.set_title(f"What an exchange earns with a crash every {days:g} days")
        axes.set_ylabel("fees less bad debt, USD for\neach 100 USD of traders' money")
        _margins(axes, earned.columns.to_numpy())
        axes.legend()
    return figure
