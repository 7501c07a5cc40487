"""What made a fall: news first, then what each mechanism of the market added, with intervals over seeds."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.style import VERMILION, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import headline, wrapped

__all__ = ["plot_mechanisms"]

_ROOM = 0.7  # of a mechanism's row, for the markets in it
_COLUMNS = ["mean", "low", "high"]
_NEWS, _ADDED = "#c4c4c4", "#303030"  # no market's colour


def _draw_falls(axes: Axes, rows: pd.DataFrame, markets: list[str]) -> None:
    """A bar a market: light as far as the news takes it, dark for what the market added."""
    points = {name: 100 * rows.pivot(index="part", columns="market", values=name)[markets] for name in _COLUMNS}
    place = np.arange(len(markets))
    news, whole = (points["mean"].loc[part].to_numpy(float) for part in ("news", "whole"))
    axes.barh(place, news, color=_NEWS, height=0.55, label="news (all off)")
    axes.barh(place, whole - news, left=news, color=_ADDED, height=0.55, label="added")
    ends = pd.DataFrame({name: frame.loc["whole"] for name, frame in points.items()})
    axes.errorbar(whole, place, xerr=arms(ends, "mean"), ls="", color=VERMILION, capsize=3, lw=1.6)
    if "fundamental" in points["mean"].index:
        value = points["mean"].loc["fundamental"].to_numpy(float)
        axes.vlines(value, place - 0.275, place + 0.275, colors="k", linestyles=":", label="fundamental value")
    for k in place:
        axes.annotate(f" {news[k]:.1f} + {whole[k] - news[k]:.1f}", (0, k), va="center", fontsize=9)
    axes.set_yticks(range(len(markets)), markets)
    axes.invert_yaxis()
    axes.set_xlabel("fall (% of the price at the start)")
    axes.grid(axis="y", visible=False)


def _draw_parts(axes: Axes, rows: pd.DataFrame, markets: list[str], labels: Mapping[str, str]) -> None:
    """A row a mechanism, a mark a market; filled where zero lies outside the interval."""
    for number, market in enumerate(markets):
        own = rows[rows["market"] == market].set_index("part").loc[list(labels)]
        own = own[_COLUMNS] * 100
        place = np.arange(len(own)) + _ROOM * ((number + 0.5) / len(markets) - 0.5)
        clear = ((own["low"] > 0) | (own["high"] < 0)).to_numpy()
        look = look_of(number) | {"linestyle": ""}
        for part, face in ((clear, look["color"]), (~clear, "white")):
            axes.errorbar(
                own["mean"][part], place[part], xerr=arms(own[part], "mean"), mfc=face, ms=6, capsize=3, lw=1.6, **look
            )
        axes.plot([], [], ms=6, label=market, **look)
    axes.axvline(0, color="black", lw=1.2)
    axes.set_yticks(range(len(labels)), [wrapped(label, 14) for label in labels.values()])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)


def _title(falls: pd.DataFrame, markets: list[str], labels: Mapping[str, str]) -> str:
    means = falls.pivot(index="market", columns="part", values="mean").loc[markets]
    shares = 100 * means["news"] / means["whole"]
    low, high = f"{shares.min():.0f}", f"{shares.max():.0f}"
    news = f"News made {low if low == high else f'{low} to {high}'} % of the fall"
    added = means[list(labels)].sum()
    if added.max() <= 0:
        return f"{news}; the market added nothing"
    return f"{news}; of what the market added, {labels[str(added.idxmax())]} made most"


def plot_mechanisms(table: pd.DataFrame, labels: Mapping[str, str], title: str | None = None) -> Figure:
    """How far markets fell, how much of it was news, and which mechanisms made the rest.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `measure` ("fall", "widest_gap"), `market`, `part` ("news", "whole", the mechanisms, "fundamental" if
        it is known), `mean` and its interval `low`, `high`: shares of the price at the start. At most six markets.
    labels : mapping of str to str
        What each mechanism is called, in the order to be shown.
    title : str, optional
        In place of a sentence that says what is seen.

    Returns
    -------
    matplotlib.figure.Figure
    """
    falls, gaps = (table[table["measure"] == measure] for measure in ("fall", "widest_gap"))
    markets = [str(market) for market in falls["market"].unique()]
    with style():
        figure = Figure(figsize=(12, 2.4 + 0.24 * len(labels) * max(len(markets), 2)), layout="constrained")
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.2, 1.25, 1.25))
        _draw_falls(left, falls, markets)
        _draw_parts(middle, falls, markets, labels)
        _draw_parts(right, gaps, markets, labels)
        right.sharey(middle)
        right.tick_params(labelleft=False)
        left.set_title("How far it fell")
        middle.set_title("What made the low lower")
        right.set_title("What held it below news alone")
        middle.set_xlabel("points of the fall, 95 % interval (hollow: zero is inside)")
        right.set_xlabel("points at the widest moment, 95 % interval")
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=3)
        figure.legend(*middle.get_legend_handles_labels(), loc="outside lower right", ncols=len(markets))
        headline(figure, title or _title(falls, markets, labels))
    return figure
