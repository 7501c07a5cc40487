"""Where hunters need each other: what they choose, by the depth of the book and the size of the cluster."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cascade_sim.plots.style import BLUE, ORANGE, SKY, VERMILION, style

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "plot_hunts"]

Cell = dict[Hashable, Any]

KINDS = ("nobody hunts", "both or nobody", "one of the two", "both hunt")
_NOTE = "in per cent: how sure of the other's company a hunter must be; ?: within the error of the runs"
_COLOURS = ("#f0f0f0", SKY, ORANGE, VERMILION)


def _kind(alone: float, both: float) -> int:
    """Which of `KINDS` two attackers' payoffs make, against 0 for who waits."""
    if both > 0.0:
        return 3 if alone > 0.0 else 1
    return 2 if alone > 0.0 else 0


def _word(alone: Cell, both: Cell) -> str:
    """Chance of company from which attacking pays, where both or nobody attack; a ? where an interval holds 0."""
    needed = f"{alone['mean'] / (alone['mean'] - both['mean']):.0%}" if _kind(alone["mean"], both["mean"]) == 1 else ""
    unsure = any(row["low"] < 0.0 < row["high"] for row in (alone, both))
    return f"{needed} ?".strip() if unsure else needed


def plot_hunts(payoffs: "pd.DataFrame", price: float = 100_000.0) -> Figure:
    """Draw what two hunters choose, a cell a depth and a cluster.

    Parameters
    ----------
    payoffs : DataFrame
        Of `cascade_sim.experiments.games.playing.hunts.hunts_table`.
    price : float
        USD a unit.
    """
    rows = payoffs[payoffs["strategy"] == "attack"].to_dict("records")
    found = {(row["size"], row["depth"], row["profile"]): row for row in rows}
    sizes, depths = (sorted(payoffs[name].unique()) for name in ("size", "depth"))
    cells = [[(found[s, d, "1-1"], found[s, d, "2-0"]) for d in depths] for s in sizes]
    kinds = np.array([[_kind(alone["mean"], both["mean"]) for alone, both in row] for row in cells])
    with style():
        figure = Figure(figsize=(7.6, 4.6), layout="constrained")
        axes = figure.subplots()
        axes.grid(visible=False)
        axes.imshow(kinds, ListedColormap(_COLOURS), BoundaryNorm(range(5), 4), origin="lower", aspect="auto")
        for i, row in enumerate(cells):
            for j, (alone, both) in enumerate(row):
                axes.text(j, i, _word(alone, both), ha="center", va="center", fontsize=9, color="black")
        axes.set_xticks(range(len(depths)), [f"{depth:g}" for depth in depths])
        axes.set_yticks(range(len(sizes)), [f"{size * price / 1e6:g}" for size in sizes])
        axes.set_xlabel("depth of the book, million USD a side")
        axes.set_ylabel("position in danger, million USD")
        axes.set_title("Who hunts, by depth of the book and size of the position in danger")
        handles = [Patch(facecolor=colour, edgecolor=BLUE, label=kind) for colour, kind in zip(_COLOURS, KINDS)]
        figure.legend(
            handles=handles, loc="outside lower center", ncols=4, frameon=False, title=_NOTE, title_fontsize=8
        )
    return figure
