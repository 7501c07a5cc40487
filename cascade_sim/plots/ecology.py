"""Figures of an ecology: populations through time, predators against prey, who leads whom."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cascade_sim.plots.style import BLUE, GREY, MARKS, VERMILION, money, style

__all__ = ["plot_lead_lag", "plot_phase", "plot_populations"]

_PREY = ("#56B4E9", "#0072B2", "#E69F00", "#CC79A7", "#009E73", "#000000")


def _show_usd(axis: Any) -> None:
    axis.set_major_formatter(lambda value, _: money(value))


def _luck(series: pd.DataFrame, arm: str, seed: int) -> pd.DataFrame:
    """Episodes of one luck in one arm, by their number; none where the arm was not run."""
    own = (series.index.get_level_values("arm") == arm) & (series.index.get_level_values("seed") == seed)
    return series[own].droplevel(["arm", "seed"])


def _draw_prey(axes: Axes, frame: pd.DataFrame, wanted: Mapping[str, float]) -> None:
    """Capital of prey by type, stacked from the least leverage to the most."""
    names = sorted(wanted, key=lambda name: wanted[name])
    capital = frame.pivot(index="episode", columns="population", values="capital")[names]
    labels = [f"{name}: want {wanted[name]:g} times" for name in names]
    axes.stackplot(capital.index, capital.T.to_numpy(), labels=labels, colors=_PREY[: len(names)], alpha=0.85)
    axes.set_ylabel("Capital of prey, USD")
    _show_usd(axes.yaxis)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="prey by leverage")


def _draw_predators(axes: Axes, frame: pd.DataFrame) -> None:
    names = list(dict.fromkeys(frame.loc[frame["role"].isin(["hunters", "liquidators"]), "population"]))
    for (colour, line), name in zip(cycle([MARKS[1], MARKS[2], MARKS[3]]), names, strict=False):
        rows = frame[frame["population"] == name]
        axes.step(rows["episode"], rows["capital"], where="mid", color=colour, ls=line, lw=2, label=name)
        most = rows.loc[rows["capital"].idxmax()]
        note = f"{most['members']:.0f} {name}"
        at = (most["episode"], most["capital"])
        axes.annotate(note, at, xytext=(0, 4), textcoords="offset points", ha="center", color=colour)
    axes.set_ylim(bottom=0)
    axes.margins(y=0.2)
    axes.set_ylabel("Capital, USD")
    _show_usd(axes.yaxis)
    if names:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="predators")


def _draw_leverage(axes: Axes, series: pd.DataFrame, arms: tuple[str, str], seed: int) -> None:
    for arm, colour, line in zip(arms, (VERMILION, GREY), ("-", "--"), strict=True):
        rows = _luck(series, arm, seed)
        axes.plot(rows.index.to_numpy(), rows["leverage"], color=colour, ls=line, lw=1.8, label=arm)
    axes.set_ylabel("Leverage of prey")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="same luck")


def _draw_falls(axes: Axes, series: pd.DataFrame, arms: tuple[str, str], seed: int) -> None:
    for arm, colour, shift in zip(arms, (VERMILION, GREY), (-0.2, 0.2), strict=True):
        rows = _luck(series, arm, seed)
        axes.bar(rows.index.to_numpy() + shift, -100 * rows["fall"], width=0.4, color=colour, label=arm)
    rows = _luck(series, arms[0], seed)
    shocks = rows.index[rows["shock"].astype(bool)].to_numpy()
    axes.plot(shocks, np.full(len(shocks), 1.5), "v", color="black", ms=5, label="bad news")
    axes.set_ylabel("Largest fall, %")
    axes.set_xlabel("Episode")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="falls")


def plot_populations(
    populations: pd.DataFrame,
    series: pd.DataFrame,
    wanted: Mapping[str, float],
    arms: tuple[str, str],
    seed: int,
    *,
    title: str = "Prey by leverage, predators, and the largest fall of every episode",
) -> Figure:
    """Prey and predators of one luck through its episodes, with the falls beneath.

    Parameters
    ----------
    populations : DataFrame
        One row an arm, seed, episode and population: ``role``, ``capital`` (USD), ``members``.
    series : DataFrame
        By arm, seed and episode: ``leverage``, ``fall`` (share), ``shock``.
    wanted : mapping of str to float
        Leverage that each type of prey wants.
    arms : tuple of str
        Names of the arm that is shown and of the one it is compared with.
    seed : int
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    frame = populations[(populations["arm"] == arms[0]) & (populations["seed"] == seed)]
    with style():
        figure = Figure(figsize=(10, 9), layout="constrained")
        prey, predators, leverage, falls = figure.subplots(4, 1, sharex=True, height_ratios=(1.4, 1.2, 1, 1))
        _draw_prey(prey, frame, wanted)
        _draw_predators(predators, frame)
        _draw_leverage(leverage, series, arms, seed)
        _draw_falls(falls, series, arms, seed)
        figure.suptitle(f"{title} (luck {seed})", x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure


def _draw_round(axes: Axes, rows: pd.DataFrame, seed: int) -> Any:
    """Path of one luck: dots coloured by time, hollow ones where it begins."""
    axes.plot(rows["leverage"], rows["hunters"], color=GREY, lw=0.6, alpha=0.6, zorder=1)
    dots = axes.scatter(rows["leverage"], rows["hunters"], c=rows.index.to_numpy(), cmap="viridis", s=22, zorder=2)
    hits = rows[rows["fall"] > 0.05]
    axes.scatter(hits["leverage"], hits["hunters"], s=70, facecolors="none", edgecolors=VERMILION, lw=1.4, zorder=3)
    axes.set_title(f"luck {seed}", fontsize=9, fontweight="normal")
    return dots


def plot_phase(series: pd.DataFrame, arm: str, *, most: int = 4) -> Figure:
    """Hunters' capital against prey's leverage, a panel a luck; a round would be walked anticlockwise.

    Parameters
    ----------
    series : DataFrame
        By arm, seed and episode: ``leverage``, ``hunters`` (USD), ``fall`` (share).
    arm : str
    most : int
        Panels.

    Returns
    -------
    matplotlib.figure.Figure
    """
    seeds = sorted(set(series.index.get_level_values("seed")))[:most]
    columns = min(len(seeds), 2)
    rows = -(-len(seeds) // columns)
    with style():
        figure = Figure(figsize=(1.5 + 3.9 * columns, 1.0 + 3.0 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, sharex=True, squeeze=False)
        for panel in panels.flat[len(seeds) :]:
            panel.set_visible(False)
        for panel, seed in zip(panels.flat, seeds, strict=False):
            dots = _draw_round(panel, _luck(series, arm, int(seed)), int(seed))
            _show_usd(panel.yaxis)
        figure.colorbar(dots, ax=panels, label="Episode", shrink=0.8)
        figure.supxlabel("Leverage of prey at the opening (red ring: the price falls by more than 5 % in this episode)")
        figure.supylabel("Capital of hunters, USD (each luck on its own scale)")
        title = "From episode to episode: how much prey borrow, and how much hunters have"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure


def _draw_lags(axes: Axes, table: pd.DataFrame, lucks: int) -> None:
    lags = table.index.to_numpy()
    axes.fill_between(lags, table["low"], table["high"], color=BLUE, alpha=0.2, lw=0, label="95 % interval")
    axes.plot(lags, table["mean"], "o-", color=BLUE, ms=4, label=f"mean of {lucks} lucks")
    axes.axhline(0, color="black", lw=0.8)
    axes.axvline(0, color="black", lw=0.8, ls=":")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("Episodes from leverage to hunters\n(left: hunters come first, right: leverage comes first)")


def plot_lead_lag(capital: pd.DataFrame, earned: pd.DataFrame, lucks: int) -> Figure:
    """Correlation of prey's leverage with hunters' capital, and with what they earn, some episodes later or earlier.

    Parameters
    ----------
    capital, earned : DataFrame
        By lag: ``mean``, ``low``, ``high``.
    lucks : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _draw_lags(left, capital, lucks)
        _draw_lags(right, earned, lucks)
        left.set_ylabel("Correlation with prey's leverage\n(above 0: both high; below: one high, one low)")
        left.set_title("Hunters' capital")
        right.set_title("Hunters' return in an episode")
        left.legend(loc="best")
        title = "Does leverage come before hunters, or after? Leverage now against hunters earlier and later"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure
