"""10 October 2025: depth through the evening, and how near a simulated day comes."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, VERMILION, style

__all__ = ["plot_depth_of_the_day", "plot_scores"]


def plot_depth_of_the_day(bids: pd.Series) -> Figure:
    """What buyers offered near the price, by the clock.

    Parameters
    ----------
    bids : Series
        Million USD, indexed by the time of day in words.
    """
    with style():
        figure = Figure(figsize=(8.0, 3.4), layout="constrained")
        axes = figure.subplots()
        at = np.arange(len(bids))
        axes.bar(at, bids, color=[VERMILION if value == bids.min() else BLUE for value in bids])
        for k, value in enumerate(bids):
            axes.text(k, value, f" {value:g} M", ha="center", va="bottom", fontsize=9)
        axes.set_xticks(at, list(bids.index))
        axes.set_yscale("log")
        axes.set_ylim(2, 2000)
        axes.set_yticks([10, 100, 1000], ["10 M", "100 M", "1,000 M"])
        axes.minorticks_off()
        axes.set_ylabel("USD, logarithmic")
        axes.set_xlabel("time of day (UTC); the price was lowest at 21:20")
        axes.set_title("What buyers offered within 5 % below the price, 10 October 2025")
    return figure


def plot_scores(scores: pd.DataFrame) -> Figure:
    """Simulated over real: the median and nine runs in ten, beside the band of what was seen.

    Parameters
    ----------
    scores : DataFrame
        ``label``, ``real_low``, ``real_high``, ``median``, ``low``, ``high``, ``met``, as
        `cascade_sim.experiments.replay.score` gives.
    """
    with style():
        figure = Figure(figsize=(8.4, 0.45 * len(scores) + 1.6), layout="constrained")
        axes = figure.subplots()
        for k, row in enumerate(scores.to_dict("records")):
            high = row["real_high"] if np.isfinite(row["real_high"]) else 20 * row["real_low"]
            middle = np.sqrt(row["real_low"] * min(high, 20 * row["real_low"]))
            axes.barh(k, (high - row["real_low"]) / middle, left=row["real_low"] / middle, height=0.7, color="#dcdcdc")
            axes.plot([row["real_low"] / middle] * 2, [k - 0.35, k + 0.35], color="black", lw=1)
            colour = VERMILION if row["met"] == "no" else BLUE
            reach = [[(row["median"] - row["low"]) / middle], [(row["high"] - row["median"]) / middle]]
            marker = "X" if row["met"] == "no" else "o"
            axes.errorbar(row["median"] / middle, k, xerr=reach, fmt=marker, color=colour, capsize=3)
        axes.set_yticks(range(len(scores)), list(scores["label"]))
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10], ["1/10", "1/5", "1/2", "1", "2", "5", "10"])
        axes.minorticks_off()
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("simulated over real (grey: the band of what was seen; cross: outside it)")
        axes.set_title("How near does a simulated day come?")
    return figure
