"""A commons: what a choice pays by how many make it, where all end up, and where they would be best off."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREEN, GREY, VERMILION, money, style

__all__ = ["plot_commons"]

Floats = npt.NDArray[np.float64]


class _Estimate(Protocol):
    value: float
    low: float
    high: float


class _Commons(Protocol):
    shares: Floats
    payoffs: Floats
    welfare: Floats
    private: Any
    planner: Any


def _mark(axes: Any, where: _Estimate, colour: str, words: str, height: float, side: int) -> None:
    """A share with its interval; its words to the left (-1) or right (1) of it."""
    axes.axvspan(100 * where.low, 100 * where.high, color=colour, alpha=0.15, lw=0)
    axes.axvline(100 * where.value, color=colour, lw=1.4, ls="--")
    at = (100 * where.value, height)
    place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    place |= {"xytext": (5 * side, 0), "ha": "left" if side > 0 else "right"}
    axes.annotate(f"{words}: {where.value:.0%}", at, color=colour, va="top", fontsize=9, fontweight="bold", **place)


def plot_commons(commons: _Commons, labels: Sequence[str]) -> Figure:
    """Payoffs of both choices and welfare over the share that makes the second.

    Parameters
    ----------
    commons : Commons
        What `cascade_sim.experiments.games.reporting.commons.commons_of` gives.
    labels : sequence of str
        Of the two choices.
    """
    with style():
        figure = Figure(figsize=(8.4, 6.0), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        share = 100 * commons.shares
        for values, label, colour, marker in zip(commons.payoffs, labels, (GREY, VERMILION), ("s", "o"), strict=True):
            upper.plot(share, values, color=colour, marker=marker, label=label)
        upper.axhline(0, color="black", lw=0.8)
        upper.set_ylabel("worth to one trader (USD)")
        upper.set_title("What each choice is worth to me")
        upper.legend(loc="upper right")
        lower.plot(share, commons.welfare, color=GREEN, marker="^")
        lower.set_ylabel("worth to all together (USD)")
        lower.set_xlabel(f"how many choose {labels[1]} (% of all)")
        lower.set_title("What it is worth to all")
        for axes in (upper, lower):
            axes.yaxis.set_major_formatter(lambda value, _: money(value))
            further = 1 if commons.private.value >= commons.planner.value else -1
            _mark(axes, commons.private, BLUE, "each for itself", 0.97, further)
            _mark(axes, commons.planner, GREEN, "best for all", 0.2, -further)
    return figure
