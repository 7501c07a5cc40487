"""Names of points, written only where they cover nothing."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

__all__ = ["name_points"]

_SIDES = ((5, 4, "left", "bottom"), (-5, 4, "right", "bottom"), (5, -4, "left", "top"), (-5, -4, "right", "top"))


def _boxes(axes: Axes, segments: Sequence[Sequence[tuple[float, float]]]) -> list[Bbox]:
    """Horizontal and vertical segments as boxes of pixels, two to each side."""
    ends = [np.sort(axes.transData.transform(np.array(segment, dtype=np.float64)), axis=0) for segment in segments]
    return [Bbox([low - 2, high + 2]) for low, high in ends]


def name_points(
    figure: Figure,
    axes: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    segments: Sequence[Sequence[tuple[float, float]]],
) -> list[str]:
    """Write names beside points, the first ones first, and leave out those for which there is no room.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
        With everything else drawn and its limits final.
    points : sequence of (float, float)
    names : sequence of str
    segments : sequence of ((float, float), (float, float))
        Horizontal and vertical lines that must not be covered.

    Returns
    -------
    list of str
        The names that were written.
    """
    figure.draw_without_rendering()
    taken, written = _boxes(axes, segments), []
    for point, name in zip(points, names, strict=True):
        for right, up, ha, va in _SIDES:
            note = axes.annotate(
                name, point, xytext=(right, up), textcoords="offset points", ha=ha, va=va, fontsize=7.5, zorder=6
            )
            box = note.get_window_extent()
            inside = axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 and axes.bbox.y0 < box.y0 and box.y1 < axes.bbox.y1
            if inside and not box.count_overlaps(taken):
                taken.append(box)
                written.append(name)
                break
            note.remove()
    return written
