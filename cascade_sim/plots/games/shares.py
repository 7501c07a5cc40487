"""What each choice pays against the share of players who make it, and below it everybody's welfare."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.games.marks import EQUILIBRIUM, OPTIMUM, ShareMark, draw_share
from cascade_sim.plots.games.names import label_with, shortened
from cascade_sim.plots.style import GREY, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import amount_of, headline, show_money

__all__ = ["SharePicture", "payoffs_by_share"]

_WELFARE = "#303030"
_READ_OFF = 2e-3  # distance of a share from the nearest known one
_NOTHING = 1e-4  # of the range of welfare: where a curve of points is read between them


@dataclass(frozen=True)
class SharePicture:
    """What is drawn of one game, simulated or closed-form.

    Attributes
    ----------
    curves : pandas.DataFrame
        Columns `strategy` (first the one on the axis), `share` (of that one), `mean` and, if known, `low`,
        `high`: what a player of the strategy gets while everybody else draws it with that chance.
    points : pandas.DataFrame, optional
        The same columns, for profiles that were played.
    welfare : pandas.DataFrame, optional
        Columns `share`, `mean` and, if known, `low`, `high`.
    equilibria : sequence of ShareMark
        Where players who look after themselves end.
    optimum : ShareMark, optional
        Where welfare is highest.
    unit, welfare_unit : str
    heading : str
        What this is: "simulated", "on paper".
    x : str
        What the share is of, where it is not what it is in the other pictures.
    """

    curves: pd.DataFrame
    points: pd.DataFrame | None = None
    welfare: pd.DataFrame | None = None
    equilibria: Sequence[ShareMark] = ()
    optimum: ShareMark | None = None
    unit: str = ""
    welfare_unit: str = ""
    heading: str = ""
    x: str = ""


def _band(axes: Axes, rows: pd.DataFrame, colour: Any) -> None:
    if {"low", "high"} <= set(rows):
        axes.fill_between(rows["share"], rows["low"], rows["high"], color=colour, alpha=0.18, lw=0)


def _draw_payoffs(axes: Axes, picture: SharePicture) -> None:
    """A line a strategy, with its band, and the profiles that were played as points."""
    for number, (name, rows) in enumerate(picture.curves.groupby("strategy", sort=False)):
        look = look_of(number)
        label = shortened(str(name))
        axes.plot(rows["share"], rows["mean"], color=look["color"], ls=look["linestyle"], lw=2.2, label=label)
        _band(axes, rows, look["color"])
        if picture.points is not None:
            own = picture.points[(picture.points["strategy"] == name) & np.isfinite(picture.points["mean"])]
            _draw_points(axes, own, look["color"], look["marker"])
    if picture.points is not None:
        axes.plot([], [], "o", color=GREY, ms=4.5, label="marks: exactly so many others; lines: each draws lots")
    axes.set_ylabel(label_with("payoff of one player", picture.unit))
    show_money(axes.yaxis, picture.unit)


def _draw_points(axes: Axes, rows: pd.DataFrame, colour: Any, marker: Any) -> None:
    reach = arms(rows, "mean") if {"low", "high"} <= set(rows) else None
    axes.errorbar(rows["share"], rows["mean"], yerr=reach, fmt=marker, color=colour, ms=4.5, capsize=2.5, lw=1.2)


def _draw_welfare(axes: Axes, picture: SharePicture, rows: pd.DataFrame) -> None:
    """Welfare with its band, and what it is at the marks."""
    axes.plot(rows["share"], rows["mean"], color=_WELFARE, lw=2.2)
    _band(axes, rows, _WELFARE)
    _draw_worths(axes, picture, rows)
    axes.set_ylabel(label_with("welfare: all accounts and funds together", picture.welfare_unit, 36))
    show_money(axes.yaxis, picture.welfare_unit)


def _draw_worths(axes: Axes, picture: SharePicture, rows: pd.DataFrame) -> None:
    """Welfare at the equilibria and at the optimum, in figures."""
    write = amount_of(picture.welfare_unit)
    marks = [(mark, EQUILIBRIUM, "o", "each for itself") for mark in picture.equilibria]
    if picture.optimum is not None:
        marks.append((picture.optimum, OPTIMUM, "D", "best for all together"))
    for mark, colour, marker, when in marks:
        worth = float(np.interp(mark.share, rows["share"], rows["mean"]))
        worth = 0.0 if abs(worth) < _NOTHING * np.ptp(rows["mean"]) else worth
        look: dict[str, Any] = {"marker": marker, "color": colour, "mec": "white", "ms": 9, "clip_on": False}
        # Between shares that were played it is read off a straight line.
        about = "" if np.abs(rows["share"] - mark.share).min() < _READ_OFF else "about "
        axes.plot([mark.share], [worth], ls="", zorder=5, label=f"{when}: {about}{write(worth)}", **look)


def _draw_marks(axes: Axes, picture: SharePicture, named: bool) -> None:
    for mark in picture.equilibria:
        draw_share(axes, mark, EQUILIBRIUM, "-", named)
    if picture.optimum is not None:
        draw_share(axes, picture.optimum, OPTIMUM, "--", named)


def _panel(picture: SharePicture, what: str) -> str:
    text = f"{picture.heading}: {what}" if picture.heading else what
    return text[0].upper() + text[1:]


def _draw_column(column: Sequence[Axes], picture: SharePicture, x: str) -> None:
    """One game: payoffs above, welfare below if it is known."""
    _draw_payoffs(column[0], picture)
    if len(column) > 1 and picture.welfare is not None:
        _draw_welfare(column[1], picture, picture.welfare)
        column[1].set_title(_panel(picture, "what it is worth to all together"))
    elif len(column) > 1:
        column[1].remove()
        column = column[:1]
    for axes in column:
        _draw_marks(axes, picture, named=axes is column[0])
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="best", framealpha=0.85, frameon=True, edgecolor="none")
    column[0].set_title(_panel(picture, "what each choice is worth to one"))
    column[-1].set_xlabel(picture.x or x)


def payoffs_by_share(pictures: Sequence[SharePicture], x: str, title: str | None = None) -> Figure:
    """Payoff of each strategy and welfare against the share of players who choose one of them.

    Where the lines of two strategies cross nobody gains by changing: the equilibrium. Where welfare is highest is what
    somebody who plans for all together would choose.

    Parameters
    ----------
    pictures : sequence of SharePicture
        One, or two side by side: the simulated game and the closed form.
    x : str
        What the share is of: "share of players at high leverage".
    title : str, optional
        In place of a sentence that says what is seen.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = 2 if any(picture.welfare is not None for picture in pictures) else 1
    with style():
        figure = Figure(figsize=(7.6 if len(pictures) == 1 else 11.5, 1.0 + 3.2 * rows), layout="constrained")
        grid = figure.subplots(rows, len(pictures), squeeze=False, sharex="col")
        for column, picture in enumerate(pictures):
            _draw_column([grid[row, column] for row in range(rows)], picture, x)
        headline(figure, title or "What each choice pays, by how many make it")
    return figure
