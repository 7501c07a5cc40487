"""Cells of payoff tables: triangles and squares in a player's hue, the darker the more it pays."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import NDArray

__all__ = ["FRAME", "draw_frame", "draw_heads", "draw_payoff", "fill_cell", "tints"]

FRAME = "#000000"
_MISSING = "#ffffff"


def tints(values: NDArray[np.float64], hue: str) -> NDArray[np.str_]:
    """Colour of each payoff: from almost white for the least to a light tone of the hue for the most.

    Parameters
    ----------
    values : ndarray of float64
        nan stays white.
    hue : str
    """
    scale = LinearSegmentedColormap.from_list("payoffs", ["#fafafa", hue])
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    width = (high - low) or 1.0
    colours = [to_hex(scale(0.5 * (v - low) / width)) if np.isfinite(v) else _MISSING for v in values.ravel()]
    return np.array(colours).reshape(values.shape)


def fill_cell(axes: Axes, row: int, column: int, colour: str, half: str = "") -> None:
    """Colour a cell, or its half below ("lower") or above ("upper") the diagonal."""
    left, right, top, bottom = column - 0.5, column + 0.5, row - 0.5, row + 0.5
    corners = [(left, top), (right, bottom), (left, bottom) if half == "lower" else (right, top)]
    if not half:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="white", lw=1.5))


def draw_payoff(
    axes: Axes, at: tuple[float, float], text: str, interval: str, colour: str, best: bool, size: float
) -> None:
    """A number with its interval below it; in a box if it is a best reply."""
    box: dict[str, Any] = {"boxstyle": "round,pad=0.28", "fc": "white", "ec": colour, "lw": 1.6}
    lift = 0.09 if interval else 0.0
    look: dict[str, Any] = {"ha": "center", "va": "center", "color": colour}
    axes.text(at[0], at[1] - lift, text, fontsize=size + 2, fontweight="bold", bbox=box if best else None, **look)
    if interval:
        axes.text(at[0], at[1] + lift + 0.05, interval, fontsize=0.72 * size, **look)


def draw_frame(axes: Axes, row: int, column: int) -> None:
    """The frame of an equilibrium."""
    inner = Rectangle((column - 0.485, row - 0.485), 0.97, 0.97, fill=False, ec=FRAME, lw=3.2, zorder=5)
    axes.add_patch(inner)


def draw_heads(axes: Axes, rows: list[str], columns: list[str], looks: tuple[str, str]) -> None:
    """Names of rows on the left and of columns above, and the limits that show all cells."""
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xticks(range(len(columns)), columns, color=looks[1], fontsize=10)
    axes.set_yticks(range(len(rows)), rows, color=looks[0], fontsize=10)
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
