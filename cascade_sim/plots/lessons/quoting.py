"""Depth that vanishes, and what staying is worth to a maker."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_depth_and_price", "plot_stay_or_leave"]


def plot_depth_and_price(leaving: "Result", staying: "Result", market: str) -> Figure:
    """What stood in the book below the price, and the price, with makers who leave and with makers who stay.

    Parameters
    ----------
    leaving, staying : Result
        On the same luck.
    market : str
    """
    with style():
        figure = Figure(figsize=(8.4, 5.4), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        runs = ((staying, "makers who stay", BLUE, "--"), (leaving, "makers as they are: they leave", VERMILION, "-"))
        for result, label, colour, dashes in runs:
            series = result.market(market)
            minutes = series.index / 60
            depth = series["bid_depth_1pc"].rolling(5, min_periods=1).median()
            upper.plot(minutes, depth.clip(lower=1_000), color=colour, ls=dashes, label=label)
            lower.plot(minutes, series["mid"], color=colour, ls=dashes, label=label)
        lower.plot(minutes, series["fundamental"], color=GREY, ls=":", label="value by the news alone")
        upper.set_yscale("log")
        upper.yaxis.set_major_formatter(lambda value, _: money(value))
        upper.set_ylabel("USD, logarithmic")
        upper.set_title("Wanted within 1 % below the price")
        upper.legend()
        lower.set_ylabel("price (USD)")
        lower.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        lower.set_xlabel("minutes")
        lower.set_title("The price")
        lower.legend()
    return figure


def plot_stay_or_leave(table: pd.DataFrame, runs: pd.DataFrame) -> Figure:
    """What one maker gains by staying, and how far the price falls, by how many stay.

    Parameters
    ----------
    table : DataFrame
        Indexed by the number of others who stay: ``stay``, ``leave``, ``gain``, ``low``, ``high``, USD.
    runs : DataFrame
        ``stayers``, ``fall``.
    """
    with style():
        figure = Figure(figsize=(9.6, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        reach = [table["gain"] - table["low"], table["high"] - table["gain"]]
        colours = [BLUE if gain >= 0 else VERMILION for gain in table["gain"]]
        left.bar(table.index, table["gain"], color=colours, yerr=reach, ecolor="black", capsize=4)
        left.axhline(0, color="black", lw=0.8)
        left.set_xlabel("how many of the other makers stay")
        left.set_ylabel("gain by staying (USD)")
        left.yaxis.set_major_formatter(lambda value, _: money(value))
        left.set_title("Is it better for me to stay than to leave?")
        falls = 100 * runs.groupby("stayers")["fall"].agg(["mean", "min", "max"])
        right.plot(falls.index, falls["mean"], "o-", color=VERMILION, label="mean")
        right.fill_between(falls.index, falls["min"], falls["max"], color=VERMILION, alpha=0.15, label="all runs")
        right.set_xlabel("how many of the makers stay")
        right.set_ylabel("largest fall (%)")
        right.set_title("How far the price falls")
        right.legend()
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
