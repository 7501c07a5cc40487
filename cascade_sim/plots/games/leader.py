"""What follows each choice of a leader whom the others see: what it gets, and what they then do."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.games.marks import OPTIMUM
from cascade_sim.plots.games.names import label_with, shortened
from cascade_sim.plots.style import BLUE, style
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import explain, headline, show_money, wrapped

__all__ = ["leader_choices"]


def _draw_payoff(axes: Axes, rows: pd.DataFrame, leader: str, unit: str) -> None:
    place, best = np.arange(len(rows)), int(rows["payoff"].to_numpy().argmax())
    axes.axvspan(best - 0.4, best + 0.4, color=OPTIMUM, alpha=0.18, lw=0)
    reach = arms(rows, "payoff") if {"low", "high"} <= set(rows) else None
    axes.errorbar(place, rows["payoff"], yerr=reach, fmt="o", color=BLUE, ms=6, capsize=3, lw=1.8)
    axes.axhline(0.0, color="black", lw=0.9)
    axes.set_ylabel(label_with(f"what the {leader} gets", unit, 30))
    show_money(axes.yaxis, unit)


def _draw_shares(axes: Axes, shares: pd.DataFrame) -> None:
    """Bars of the followers' shares, stacked."""
    place, bottom = np.arange(len(shares)), np.zeros(len(shares))
    for number, name in enumerate(shares.columns):
        values = shares[name].to_numpy(float)
        colour = look_of(number % 6)["color"]
        axes.bar(place, values, bottom=bottom, width=0.7, color=colour, alpha=0.75, label=shortened(str(name)))
        bottom += values
    axes.set_ylim(0.0, 1.0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set_xticks(place, [wrapped(shortened(str(name)), 12) for name in shares.index])
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))


def leader_choices(
    rows: pd.DataFrame, followers: dict[str, pd.DataFrame], leader: str, unit: str = "", title: str | None = None
) -> Figure:
    """What a leader gets by its choice, over what its followers then choose.

    Parameters
    ----------
    rows : pandas.DataFrame
        A row a choice of the leader, by name: `payoff` and, if known, its interval `low`, `high`.
    followers : dict of str to pandas.DataFrame
        For each other role, a row a choice of the leader and a column a strategy: shares.
    leader : str
    unit : str
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        count = 1 + len(followers)
        figure = Figure(figsize=(max(7.6, 1.6 + 0.9 * len(rows)), 1.4 + 2.4 * count), layout="constrained")
        panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
        _draw_payoff(panels[0], rows, shortened(leader), unit)
        for axes, (role, shares) in zip(panels[1:], followers.items(), strict=True):
            _draw_shares(axes, shares)
            axes.set_ylabel(wrapped(f"share of {shortened(role)}s by what they choose", 26))
        panels[-1].set_xlabel(wrapped(f"what the {shortened(leader)} chooses (green: what pays it most)", 80))
        seen = f"The {shortened(leader)} chooses first; the others see it and choose what is best for them."
        explain(figure, panels[0], seen)
        headline(figure, title or f"What the {shortened(leader)} gets by each choice, and how the others answer it")
    return figure
