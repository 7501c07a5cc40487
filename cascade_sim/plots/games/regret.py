"""How sure one can be of an equilibrium as more seeds are played."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, VERMILION, style
from cascade_sim.plots.sweeps.words import headline

__all__ = ["regret_by_seeds"]


def regret_by_seeds(history: pd.DataFrame, target: float, title: str | None = None) -> Figure:
    """Regret of the reported equilibrium and how far it may be off, against the seeds that were played.

    Parameters
    ----------
    history : pandas.DataFrame
        Columns `seeds`, `regret` (what the best deviation would gain a player) and `sd` (its standard deviation), both
        as shares of the range of payoffs.
    target : float
        Standard deviation at which sampling stops, as such a share.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    seeds, sd = history["seeds"].to_numpy(float), history["sd"].to_numpy(float)
    with style():
        figure = Figure(figsize=(7.6, 3.9), layout="constrained")
        axes = figure.subplots()
        axes.axhspan(0.0, target, color=VERMILION, alpha=0.12, lw=0)
        axes.axhline(target, color=VERMILION, ls="--", label="known well enough: the solid line is below this one")
        axes.plot(
            seeds, sd, color=BLUE, marker="o", ms=5, label="give or take (its standard deviation over other draws)"
        )
        axes.plot(
            seeds, history["regret"], color="black", ls=":", marker="s", ms=4, mfc="white",
            label="most that one player would gain by choosing otherwise (regret)",
        )  # fmt: skip
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel("seeds played of every profile")
        axes.set_ylabel("share of the range of payoffs")
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.legend(loc="upper right", framealpha=0.85, frameon=True, edgecolor="none")
        reached = bool(np.isfinite(sd[-1]) and sd[-1] <= target)
        text = f"After {seeds[-1]:.0f} seeds the equilibrium is {'known well enough' if reached else 'still uncertain'}"
        headline(figure, title or text)
    return figure
