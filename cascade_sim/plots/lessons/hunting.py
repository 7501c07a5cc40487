"""A hunt trade by trade, what hunting brings by the size of the prey, and what selling alongside brings."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREY, VERMILION, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_alongside", "plot_by_size", "plot_hunt"]

_ACTS = {
    ("hunter", True): ("the hunter sells", VERMILION),
    ("forced", True): ("the cluster is sold by force", "black"),
    ("hunter", False): ("the hunter buys back", BLUE),
}


def plot_hunt(result: "Result") -> Figure:
    """Price after every trade of a hunt, over the units traded so far.

    Parameters
    ----------
    result : Result
        Of a run in which a hunter sells, accounts are liquidated, and it buys back.
    """
    trades = result.trades
    units = trades["size"].abs().to_numpy(float)
    starts = np.concatenate(([0.0], np.cumsum(units)[:-1]))
    with style():
        figure = Figure(figsize=(8.4, 3.8), layout="constrained")
        axes = figure.subplots()
        for (origin, sells), (label, colour) in _ACTS.items():
            own = (trades["origin"] == origin) & ((trades["size"] < 0) == sells)
            words = _mean(label, trades[own])
            axes.hlines(trades["price"][own], starts[own], (starts + units)[own], color=colour, lw=4, label=words)
        axes.set_xlabel("units traded so far")
        axes.set_ylabel("price (USD)")
        axes.set_title("A hunt: sell, let others be sold, buy back for less")
        axes.legend(loc="upper center")
    return figure


def _mean(label: str, trades: pd.DataFrame) -> str:
    if trades.empty:
        return label
    units = trades["size"].abs()
    return f"{label}: {units.sum():,.0f} units at {(units * trades['price']).sum() / units.sum():.2f} on average"


def plot_by_size(table: pd.DataFrame, smallest: float) -> Figure:
    """Profit of a hunt over the size of the cluster, simulated and by the closed form.

    Parameters
    ----------
    table : DataFrame
        ``size``, ``theory``, ``profit`` (USD), ``hunted``.
    smallest : float
        Size that breaks even by the closed form.
    """
    with style():
        figure = Figure(figsize=(8.0, 3.8), layout="constrained")
        axes = figure.subplots()
        axes.plot(table["size"], table["theory"], "--", color=GREY, label="formula: what a hunt would bring")
        hunted = table["hunted"].astype(bool)
        axes.plot(table["size"][hunted], table["profit"][hunted], "o", color=VERMILION, label="simulated: it hunts")
        axes.plot(
            table["size"][~hunted], table["profit"][~hunted], "s", color=BLUE, label="simulated: it leaves it alone"
        )
        axes.axhline(0, color="black", lw=0.8)
        axes.axvline(smallest, color="black", ls=":")
        axes.text(smallest, axes.get_ylim()[0], f"  {smallest:.0f} units break even", va="bottom")
        axes.set_xlabel("units in the cluster")
        axes.set_ylabel("profit of the hunter (USD)")
        axes.set_title("Which clusters are hunted, by their size")
        axes.legend(loc="upper left", framealpha=1.0, frameon=True, edgecolor="white")
    return figure


def plot_alongside(table: pd.DataFrame) -> Figure:
    """What a predator gains and its prey loses, by how much the predator sells alongside.

    Parameters
    ----------
    table : DataFrame
        Indexed by ``share`` of the prey's sale: ``theory``, ``simulated``, ``cost`` (USD).
    """
    with style():
        figure = Figure(figsize=(8.0, 3.6), layout="constrained")
        axes = figure.subplots()
        percent = 100 * table.index
        axes.plot(percent, table["theory"], "--", color=GREY, label="formula: profit of the predator")
        axes.plot(percent, table["simulated"], "o", color=VERMILION, label="simulated: profit of the predator")
        axes.plot(percent, table["cost"], "x", color=BLUE, ms=9, label="simulated: what the prey loses by it")
        axes.set_xlabel("what the predator sells (% of what the prey must sell)")
        axes.set_ylabel("USD")
        axes.set_title("What predator and prey make of it")
        axes.legend(loc="lower right")
    return figure
