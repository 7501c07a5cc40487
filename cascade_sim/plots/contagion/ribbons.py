"""Bands whose width is an amount, from a stack of bars on one side to a stack on the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

__all__ = ["Floats", "bar", "ribbon", "spread", "stacked"]

Floats = NDArray[np.float64]


def stacked(heights: Sequence[float] | Floats, gap: float, total: float) -> Floats:
    """Lower edges of bars stacked from the top of a height down, the first one highest, in its middle.

    Parameters
    ----------
    heights : sequence of float
    gap : float
        Between two bars.
    total : float
        Height in whose middle the stack stands.
    """
    sizes = np.asarray(heights, dtype=np.float64)
    top = total / 2 + (sizes.sum() + gap * (len(sizes) - 1)) / 2
    lower: Floats = top - np.cumsum(sizes) - gap * np.arange(len(sizes))
    return lower


def spread(heights: Floats, least: float, lowest: float) -> Floats:
    """Heights of labels moved apart where they would cover each other.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        From the top down.
    least : float
        Distance between two of them.
    lowest : float
        The last label does not stand below it, nor the others below their distance from it.

    Examples
    --------
    >>> spread(np.array([3.0, 2.9, 1.0]), 0.5, 0.0).tolist()
    [3.0, 2.5, 1.0]
    """
    moved = np.array(heights, dtype=np.float64)
    for k in range(1, len(moved)):
        moved[k] = min(moved[k], moved[k - 1] - least)
    floor = lowest + least * np.arange(len(moved))[::-1]
    apart: Floats = np.maximum(moved, floor)
    return apart


def bar(axes: Any, x: float, lower: float, height: float, width: float, colour: str) -> None:
    """One bar of a stack."""
    axes.add_patch(Rectangle((x, lower), width, height, color=colour, lw=0, zorder=3))


def ribbon(
    axes: Any, x: tuple[float, float], lower: tuple[float, float], height: float | tuple[float, float], **look: Any
) -> None:
    """Band from one side to the other.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x : (float, float)
        Where it begins and ends.
    lower : (float, float)
        Its lower edge on both sides.
    height : float or (float, float)
    **look
        Of the patch: colour, alpha, hatch.
    """
    left, right = height if isinstance(height, tuple) else (height, height)
    middle = (x[0] + x[1]) / 2
    corners = [
        (x[0], lower[0]),
        (middle, lower[0]),
        (middle, lower[1]),
        (x[1], lower[1]),
        (x[1], lower[1] + right),
        (middle, lower[1] + right),
        (middle, lower[0] + left),
        (x[0], lower[0] + left),
        (x[0], lower[0]),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(corners, codes), lw=0, **look))
