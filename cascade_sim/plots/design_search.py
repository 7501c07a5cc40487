"""What a venue can choose between: the frontier of four objectives, and the settings along it."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from cascade_sim.plots.style import GREY, VERMILION, money, style

__all__ = ["Track", "plot_designs"]

_SIZES = (15.0, 190.0)
_MAP = "viridis"
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Track:
    """One setting, a column of the lower panel.

    Attributes
    ----------
    label, column : str
    values : tuple of str
        In order, for a choice of names; empty for a number.
    low, high : float
    log : bool
    """

    label: str
    column: str
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def height(self, value: Any) -> float:
        """Place of a value from 0 at the bottom to 1."""
        if self.values:
            return self.values.index(value) / max(len(self.values) - 1, 1)
        if self.log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return float((value - self.low) / (self.high - self.low))

    def words(self, value: Any) -> str:
        """What is written in a cell."""
        if self.values:
            return str(value)
        if self.high >= 1000:
            return money(float(value))
        return f"{100 * value:.2g} %" if self.high < 0.2 else f"{value:.3g}"


def plot_designs(
    frame: pd.DataFrame, tracks: Sequence[Track], named: Mapping[int, str], title: str, today: bool
) -> Figure:
    """Bad debt against capital efficiency with welfare as colour and revenue as size; below, a table of settings.

    Parameters
    ----------
    frame : DataFrame
        One row a candidate, with ``bad_debt``, ``welfare``, ``revenue``, ``efficiency``, the same on fresh days with
        ``fresh_`` before, ``frontier`` and the settings.
    tracks : sequence of Track
    named : mapping of int to str
        Candidates that get a letter, with what they stand for.
    title : str
    today : bool
        Whether the first candidate is what there is today.
    """
    with style():
        figure = Figure(figsize=(10.5, 9.6), layout="constrained")
        top, below = figure.subplots(2, 1, height_ratios=(1.25, 1.0))
        _scatter(figure, top, frame, named, today)
        _table(below, frame, tracks, named, today)
        figure.suptitle(title)
    return figure


def _scatter(figure: Figure, axes: Axes, frame: pd.DataFrame, named: Mapping[int, str], today: bool) -> None:
    best, rest = frame[frame["frontier"]], frame[~frame["frontier"]]
    axes.scatter(
        rest["efficiency"],
        rest["bad_debt"],
        s=14,
        color=GREY,
        alpha=0.5,
        label="beaten by another in all four (days of the search)",
        zorder=2,
    )
    shown = axes.scatter(
        best["fresh_efficiency"], best["fresh_bad_debt"], s=_sizes(best["fresh_revenue"], frame["revenue"]),
        c=best["fresh_welfare"], cmap=_MAP, edgecolor="black", linewidth=0.9, alpha=0.85,
        label="frontier, on fresh days", zorder=4,
    )  # fmt: skip
    _where_searched(axes, best)
    if today:
        axes.scatter(
            frame["fresh_efficiency"].iloc[:1], frame["fresh_bad_debt"].iloc[:1], marker="*", s=150, color=VERMILION,
            edgecolor="black", label="rules of today, on fresh days", zorder=5,
        )  # fmt: skip
    for letter, k in zip(_LETTERS, named, strict=False):
        place = (frame["fresh_efficiency"][k], frame["fresh_bad_debt"][k])
        axes.annotate(letter, place, (7, 7), textcoords="offset points", fontweight="bold", zorder=6)
    _money_axis(axes, pd.concat([frame["bad_debt"], frame["fresh_bad_debt"].dropna()]))
    axes.set_xlabel("capital efficiency: open positions over traders' money and the fund (more is better →)")
    axes.set_ylabel("← less is better: bad debt, USD a day")
    axes.set_title("Less bad debt, more open positions: which rules give both, and at whose cost")
    figure.colorbar(shown, ax=axes, label="traders' welfare, % of their money", pad=0.01)
    handles, labels = axes.get_legend_handles_labels()
    for revenue in np.quantile(frame["revenue"], [0.1, 0.9]):
        size = float(_sizes(pd.Series([revenue]), frame["revenue"])[0])
        handles.append(axes.scatter([], [], s=size, color="white", edgecolor="black"))
        labels.append(f"venue earns {money(float(f'{revenue:.2g}'))} USD a day")
    axes.legend(handles, labels, loc="upper left", fontsize=8, ncols=2)


def _where_searched(axes: Axes, best: pd.DataFrame) -> None:
    """A thin line from where a candidate was on the days of the search to where it is on fresh ones."""
    columns = ["efficiency", "fresh_efficiency", "bad_debt", "fresh_bad_debt"]
    for *x, bad_debt, fresh in best[columns].to_numpy():
        axes.plot(x, [bad_debt, fresh], color="black", lw=0.6, alpha=0.5, zorder=3)
    axes.plot(
        best["efficiency"], best["bad_debt"], "o", ms=3.5, markerfacecolor="white", color="black", mew=0.6, zorder=3,
        label="the same on the days of the search",
    )  # fmt: skip


def _sizes(revenue: "pd.Series[float]", every: "pd.Series[float]") -> Any:
    low, high = every.min(), every.max()
    share = (revenue - low) / max(high - low, 1e-9)
    return (_SIZES[0] + (_SIZES[1] - _SIZES[0]) * share).to_numpy()


def _money_axis(axes: Axes, debts: "pd.Series[float]") -> None:
    """Logarithmic; where there is a zero, only above a thousandth of the largest, so that zero has a place."""
    most = max(float(debts.max()), 1.0)
    if debts.min() > most / 1000.0:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.set_ylim(0.7 * float(debts.min()), 4.0 * most)
    else:
        least = 10.0 ** np.floor(np.log10(most / 1000.0))
        axes.set_yscale("symlog", linthresh=least, linscale=0.6)
        axes.set_yticks([0.0, *10.0 ** np.arange(np.log10(least), np.ceil(np.log10(most)) + 1)])
        axes.set_ylim(-0.4 * least, 10.0 * most)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_locator(NullLocator())


def _table(axes: Axes, frame: pd.DataFrame, tracks: Sequence[Track], named: Mapping[int, str], today: bool) -> None:
    """A row a candidate with a letter, a column a setting: its value, on a shade that says where in its range it is."""
    rows = [(f"{letter}: {words}", frame.loc[k]) for letter, (k, words) in zip(_LETTERS, named.items(), strict=False)]
    if today and frame.index[0] not in named:
        rows.append(("rules of today", frame.iloc[0]))
    heights = [[track.height(row[track.column]) for track in tracks] for _, row in rows]
    axes.imshow(np.reshape(heights, (-1, len(tracks))), cmap="Blues", vmin=0.0, vmax=1.8, aspect="auto")
    for y, (_, row) in enumerate(rows):
        for x, track in enumerate(tracks):
            axes.text(x, y, track.words(row[track.column]), ha="center", va="center", fontsize=8.5)
    axes.set_xticks(range(len(tracks)), [track.label.replace(" ", "\n", 1) for track in tracks])
    axes.set_yticks(range(len(rows)), [textwrap.fill(words, 26) for words, _ in rows])
    axes.tick_params(length=0)
    axes.grid(False)
    axes.set_title("The rules behind the letters: the darker, the further up in the range that was searched")
