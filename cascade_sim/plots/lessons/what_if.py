"""What one change does to a run, beside what chance does."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREY, VERMILION, style

__all__ = ["plot_what_if"]

_NAMES = {"liquidated": "liquidated (USD)", "liquidations": "liquidations", "bad_debt": "bad debt", "fall": "fall"}


def plot_what_if(table: pd.DataFrame, change: str) -> Figure:
    """Difference that a change makes, in per cent of what was: on this luck, and on others.

    Parameters
    ----------
    table : DataFrame
        Indexed by outcome: ``run``, ``difference``, ``floor``, ``mean``, ``low``, ``high``, as
        `cascade_sim.experiments.counterfactuals.what_if.WhatIf.table` gives.
    change : str
        In words, for the title.
    """
    rows = table.loc[[name for name in _NAMES if name in table.index and table.loc[name, "run"]]]
    percent = rows[["difference", "floor", "mean", "low", "high"]].div(rows["run"] / 100, axis=0)
    with style():
        figure = Figure(figsize=(8.4, 0.7 * len(rows) + 1.5), layout="constrained")
        axes, at = figure.subplots(), np.arange(len(rows))
        axes.barh(at, 2 * percent["floor"], left=-percent["floor"], height=0.6, color="#e6e6e6", label="chance alone")
        axes.plot(percent["difference"], at - 0.12, "D", color=BLUE, label="this run")
        if percent["mean"].notna().any():
            reach = [percent["mean"] - percent["low"], percent["high"] - percent["mean"]]
            label = "other lucks: mean, 95 % interval"
            axes.errorbar(percent["mean"], at + 0.12, xerr=reach, fmt="o", color=VERMILION, capsize=4, label=label)
        axes.axvline(0, color=GREY, lw=0.8)
        axes.set_yticks(at, [_NAMES[name] for name in rows.index])
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("change (% of what it was)")
        axes.set_title(change, pad=22)
        axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0))
    return figure
