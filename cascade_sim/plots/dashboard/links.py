"""Who brought down whom so far: a row a generation, time to the right."""

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.dashboard.sheet import letters, sheet, written
from cascade_sim.plots.dashboard.snapshot import Liquidations, Snapshot
from cascade_sim.plots.style import BLUE, GREY, VERMILION

__all__ = ["plot_links"]

_MOST_LINKS = 400
_LARGEST = 420.0  # points squared
_ROWS = 6


def _area(liquidations: Liquidations) -> NDArray[np.float64]:
    """Areas in proportion to notional, smaller where there are many."""
    crowd = min(1.0, (60 / max(len(liquidations), 1)) ** 0.5)
    area: NDArray[np.float64] = np.maximum(
        _LARGEST * crowd * liquidations.notional / max(liquidations.notional.max(), 1e-9), 9.0
    )
    return area


def _draw_links(axes: Any, liquidations: Liquidations, minutes: NDArray[np.float64]) -> None:
    """Each liquidation hangs from the one that cost it most; of very many the largest."""
    child = np.flatnonzero(liquidations.parent >= 0)
    child = child[np.argsort(-liquidations.notional[child])][:_MOST_LINKS]
    parent, rows = liquidations.parent[child], liquidations.generation
    ends = np.stack([np.column_stack([minutes[k], rows[k]]) for k in (parent, child)], axis=1)
    faint = 0.7 if len(child) < 60 else 0.3
    axes.add_collection(LineCollection(list(ends), colors=GREY, linewidths=1.2, alpha=faint, zorder=1))


def _rows(axes: Any, deepest: int) -> None:
    step = 1 + deepest // _ROWS
    rows = range(0, deepest + 1, step)
    axes.set_yticks(list(rows), ["news" if row == 0 else f"{row}" for row in rows])
    margin = max(0.6, 0.07 * deepest)
    axes.set_ylim(max(deepest, 1) + margin, -margin)


def plot_links(snapshot: Snapshot, used: Figure | None = None) -> Figure:
    """Liquidations through time, each hanging from the one whose forced trades cost it most.

    The first row came by news and trading alone; row k needed the forced trades of row k - 1. Area is notional.

    Parameters
    ----------
    snapshot : Snapshot
    used : Figure, optional
        An earlier picture of the same kind, which is wiped and drawn on: that is quicker.
    """
    liquidations = snapshot.liquidations
    with letters():
        figure, axes = sheet(5.5, 3.7, 0.85, 0.15, used)
        axes.set_title("Contagion: who brought down whom")
        if not len(liquidations):
            written(axes, "nobody was liquidated yet")
            return figure
        minutes = liquidations.time / 60
        _draw_links(axes, liquidations, minutes)
        area = _area(liquidations)
        for is_long, colour, label in ((True, VERMILION, "longs"), (False, BLUE, "shorts")):
            own = liquidations.is_long == is_long
            axes.scatter(
                minutes[own], liquidations.generation[own], area[own], color=colour, edgecolors="white", lw=0.7,
                alpha=0.9, zorder=2, marker="o" if is_long else "D",
            )  # fmt: skip
            axes.scatter([], [], 60, color=colour, marker="o" if is_long else "D", label=f"{own.sum():,} {label}")
        _rows(axes, int(liquidations.generation.max()))
        wide = max(snapshot.now / 60 - minutes.min(), 0.5)
        axes.set_xlim(minutes.min() - 0.06 * wide, minutes.min() + 1.06 * wide)
        axes.set_xlabel("minutes")
        axes.set_ylabel("generation")
        axes.legend(loc="lower left", frameon=True, framealpha=0.85, edgecolor="none", ncols=2, columnspacing=1.0)
    return figure
