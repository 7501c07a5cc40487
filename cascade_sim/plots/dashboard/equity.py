"""How much of their money traders have left, and who of them was liquidated."""

import numpy as np
from matplotlib.figure import Figure

from cascade_sim.plots.dashboard.sheet import letters, sheet, written
from cascade_sim.plots.dashboard.snapshot import Snapshot
from cascade_sim.plots.style import BLUE, VERMILION

__all__ = ["plot_equity"]

_MOST = 2.0
_BANDS = np.linspace(-0.05, _MOST, 42)


def plot_equity(snapshot: Snapshot, used: Figure | None = None) -> Figure:
    """Traders by equity over equity at the start; the liquidated ones stand on top of the others.

    Parameters
    ----------
    snapshot : Snapshot
    used : Figure, optional
        An earlier picture of the same kind, which is wiped and drawn on: that is quicker.
    """
    with letters():
        figure, axes = sheet(5.5, 3.7, 0.85, 0.15, used)
        axes.set_title("What traders have left")
        if not len(snapshot.left):
            written(axes, "no traders in this scenario")
            return figure
        left = np.clip(snapshot.left, _BANDS[0], _MOST - 1e-9)
        gone = snapshot.was_liquidated
        all_, fallen = (np.histogram(each, _BANDS)[0] for each in (left, left[gone]))
        look = {"edges": 100 * _BANDS, "fill": True, "lw": 0}
        axes.stairs(all_, color=BLUE, label=f"never liquidated: {(~gone).sum():,}", **look)
        axes.stairs(all_, baseline=all_ - fallen, color=VERMILION, label=f"liquidated: {gone.sum():,}", **look)
        axes.axvline(100, color="black", lw=1, ls=":")
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(0, max(len(left), 10) * 1.6)
        axes.set_xlim(100 * _BANDS[0], 100 * _MOST)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.minorticks_off()
        axes.set_ylabel("traders (powers of ten)")
        axes.set_xlabel("equity now, % of the start (last: 200 and more)")
        axes.legend(loc="upper right", frameon=True, framealpha=0.85, edgecolor="none")
    return figure
