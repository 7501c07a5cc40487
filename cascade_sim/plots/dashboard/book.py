"""What stands in the book now, at each distance from the price."""

import numpy as np
from matplotlib.figure import Figure

from cascade_sim.plots.dashboard.sheet import letters, sheet, written
from cascade_sim.plots.dashboard.snapshot import Snapshot
from cascade_sim.plots.dashboard.stamp import stamp_legend
from cascade_sim.plots.style import BLUE, VERMILION, money

__all__ = ["plot_book"]

_FURTHEST = 0.05


def plot_book(snapshot: Snapshot, used: Figure | None = None) -> Figure:
    """Bids and asks added up from the price outwards.

    Parameters
    ----------
    snapshot : Snapshot
    used : Figure, optional
        An earlier picture of the same kind, which is wiped and drawn on: that is quicker.
    """
    with letters():
        figure, axes = sheet(5.5, 3.7, 0.85, 0.15, used)
        axes.set_title("Depth: what the book can absorb")
        if not len(snapshot.depth):
            written(axes, "not measured yet: press Step or play")
            return figure
        for sign, colour, label, hatch in (
            (-1, BLUE, "bids: buyers waiting", ""),
            (1, VERMILION, "asks: sellers waiting", "//"),
        ):
            own = (np.sign(snapshot.distance) == sign) & (np.abs(snapshot.distance) <= _FURTHEST)
            order = np.argsort(np.abs(snapshot.distance[own]))
            far = np.append(0.0, snapshot.distance[own][order]) * 100
            usd = np.append(0.0, np.cumsum(snapshot.depth[own][order]))
            axes.fill_between(
                far, usd, step="mid", facecolor=colour, alpha=0.45, hatch=hatch, edgecolor=colour, label=label
            )
        axes.set_xlim(-100 * _FURTHEST, 100 * _FURTHEST)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda value, _: money(value))
        axes.set_ylabel("USD up to there")
        axes.set_xlabel("distance from the price (%)")
        stamp_legend(
            axes, loc="upper center", frameon=True, framealpha=0.85, edgecolor="none", ncols=2, columnspacing=1.0
        )
        axes.set_ylim(top=axes.get_ylim()[1] * 1.18)
    return figure
