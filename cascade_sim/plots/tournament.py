"""A tournament: the ranking, who earns what against whom, shares through generations, and who traded when."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, colour_of, style

__all__ = ["plot_evolution", "plot_matrix", "plot_ranking", "plot_trading"]

_MOST_SHOWN = 8
_MOST_NAMED = 6
_APART = 5.5  # per cent between two names


def plot_ranking(table: pd.DataFrame) -> Figure:
    """Mean profit in a match with its interval, best on top.

    Parameters
    ----------
    table : DataFrame
        Columns entrant, kind, score, low, high (over the deposit), from, to; best first.
    """
    with style():
        figure = Figure(figsize=(8, 1.3 + 0.36 * len(table)), layout="constrained")
        ax = figure.add_subplot()
        for kind, colour in (("student", VERMILION), ("built in", BLUE)):
            own = table[table["kind"] == kind]
            reach = 100 * np.array([own["score"] - own["low"], own["high"] - own["score"]], float)
            score = 100 * own["score"].to_numpy(float)
            ax.errorbar(score, own.index, xerr=np.nan_to_num(reach), fmt="o", color=colour, capsize=3, label=kind)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_yticks(table.index, table["entrant"], parse_math=False)
        ax.set(ylim=(len(table) - 0.5, -0.5), xlabel="Profit in a match, % of the money at the start (95 % interval)")
        sure = bool((table["from"] == table["to"]).all())
        ax.set_title("Who earns most" + ("" if sure else "; not all places can be told apart"))
        ax.legend()
    return figure


def plot_matrix(matrix: pd.DataFrame) -> Figure:
    """What each row earned against each column, as numbers on colours that are white at zero.

    Parameters
    ----------
    matrix : DataFrame
        Over the deposit.
    """
    values = 100 * matrix.to_numpy(float)
    most = max(float(np.abs(values).max()), 1e-9)
    size = 1.8 + 0.75 * len(matrix)
    with style():
        figure = Figure(figsize=(min(size + 1.2, 14), min(size, 12)), layout="constrained")
        ax = figure.add_subplot()
        ax.imshow(values, cmap="PuOr", vmin=-most, vmax=most)
        for (i, j), value in np.ndenumerate(values):
            dark = "white" if abs(value) > 0.65 * most else "black"
            ax.text(j, i, f"{value:+.1f}", ha="center", va="center", fontsize=8, color=dark)
        ax.set_xticks(
            range(len(matrix)), matrix.columns, rotation=35, ha="right", rotation_mode="anchor", parse_math=False
        )
        ax.set_yticks(range(len(matrix)), matrix.index, parse_math=False)
        ax.grid(visible=False)
        ax.set(xlabel="against", ylabel="this one earns")
        ax.set_title("Profit in a match, % of the money at the start")
    return figure


def plot_evolution(shares: pd.DataFrame) -> Figure:
    """Shares of the crowd through the generations.

    Parameters
    ----------
    shares : DataFrame
        A row a generation, a column an entrant, summing to one.
    """
    last = shares.iloc[-1].sort_values(ascending=False)
    # By what they end with, and of those who die out by how many they once were.
    named = pd.DataFrame({"end": last.round(3), "peak": shares.max()}).sort_values(["end", "peak"], ascending=False)
    order = named.index[:_MOST_NAMED].tolist()
    with style():
        figure = Figure(figsize=(8, 3.8), layout="constrained")
        ax = figure.add_subplot()
        looks = colour_of(order)
        for name in named.index:
            ax.plot(shares.index, 100 * shares[name], **looks.get(name, {"color": GREY, "linewidth": 0.8}))
        _label_ends(ax, last[order], float(shares.index[-1]), looks)
        ax.set(xlabel="Generation", ylabel="Share of the crowd, %", ylim=(0, 102), xlim=(0, float(shares.index[-1])))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_title("Who is left when losers copy winners")
        if len(named) > _MOST_NAMED:
            rest = len(named) - _MOST_NAMED
            words = f"grey: {rest} other{'s' * (rest > 1)}"
            ax.text(0.99, 0.5, words, transform=ax.transAxes, ha="right", fontsize=8, color=GREY)
    return figure


def _label_ends(ax: Any, last: "pd.Series[float]", at: float, looks: Mapping[str, Mapping[str, Any]]) -> None:
    """Names at the right end of their lines, moved up where they would lie on each other."""
    height = -_APART
    for name, share in last.iloc[::-1].items():
        height = max(100 * share, height + _APART)
        ax.annotate(
            str(name),
            (at, 100 * share),
            (1.02, height / 102),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            color=looks[str(name)]["color"],
            parse_math=False,
            annotation_clip=False,
        )


def plot_trading(seats: Mapping[str, tuple[Any, Any]], market: str) -> Figure:
    """Price, and where each of some entrants bought and sold, one panel each.

    Parameters
    ----------
    seats : mapping of str to (ndarray, ndarray)
        By name: seconds and price, shape (2, samples); seconds, price and signed size of its trades, shape (3, trades).
    market : str
    """
    shown = list(seats)[:_MOST_SHOWN]
    with style():
        figure = Figure(figsize=(8, 1.1 + 1.7 * len(shown)), layout="constrained")
        panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for ax, name in zip(panels, shown, strict=True):
            (time, price), (when, paid, size) = seats[name]
            ax.plot(time / 60, price, color=GREY, linewidth=1.0)
            for sign, colour, shape, label in ((1, BLUE, "^", "buys"), (-1, VERMILION, "v", "sells")):
                own = np.sign(size) == sign
                ax.plot(when[own] / 60, paid[own], shape, color=colour, markersize=4, alpha=0.6, label=label)
            ax.set_title(f"{name}: {len(when)} trades", parse_math=False)
            ax.set_ylabel("USD")
            ax.yaxis.set_major_locator(MaxNLocator(4))
        panels[0].legend(loc="lower left", ncols=2)
        panels[-1].set_xlabel(f"Minutes ({market})")
    return figure
