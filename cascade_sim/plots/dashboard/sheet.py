"""What the live figures share: a small sheet with large letters, and its picture as bytes.

Places are fixed and not found by a layout engine, for that takes longer than drawing.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import AutoLocator, ScalarFormatter

from cascade_sim.plots.style import GREY

__all__ = ["DOTS", "as_png", "blank", "letters", "sheet", "written"]

Place = tuple[float, float, float, float]

DOTS = 100  # an inch

# Read when this is imported, for a page's server replaces the class that makes numbers of a style sheet's words.
_STYLE = dict(
    mpl.rc_params_from_file(str(files("cascade_sim.plots").joinpath("cascade.mplstyle")), use_default_template=False)
)
_LETTERS = _STYLE | {
    "font.size": 12,
    "axes.labelsize": 12,
    "axes.titlesize": 14,
    "axes.titley": 1.02,  # a given place; else it is looked for, which takes as long as the drawing
    "legend.fontsize": 11,
    "lines.linewidth": 2.0,
    "text.hinting": "none",  # a sixth of the time of a picture
}


@contextmanager
def letters() -> Iterator[None]:
    """The package's style in a size that is read from the back of a room."""
    with mpl.rc_context(_LETTERS):
        yield


def sheet(width: float, height: float, left: float, right: float, used: Figure | None) -> tuple[Figure, Any]:
    """Figure with one pair of axes.

    Parameters
    ----------
    width, height : float
        Inches.
    left, right : float
        Margins, inches.
    used : Figure or None
        An earlier one, which is wiped; else a new one.
    """
    low, high = 0.62, 0.42
    place = (left / width, low / height, 1 - (left + right) / width, 1 - (low + high) / height)
    figure = blank((width, height), [place], used)
    return figure, figure.axes[0]


def blank(size: tuple[float, float], places: list[Place], used: Figure | None) -> Figure:
    """Figure with axes at given places, which share their vertical axis; nothing is drawn in them.

    Parameters
    ----------
    size : (float, float)
        Inches.
    places : list of (float, float, float, float)
        Left, bottom, width and height, as shares of the figure.
    used : Figure or None
        One that was made by the same call: it is wiped, which takes a third of the time of a new one and its ticks.
    """
    if used is not None:
        for axes in used.axes:
            _wipe(axes)
        return used
    figure = Figure(figsize=size)
    for place in places:
        figure.add_axes(place, sharey=figure.axes[0] if figure.axes else None)
    return figure


def _wipe(axes: Any) -> None:
    """Take everything off axes but the ticks that they have; limits and places of ticks are found anew."""
    legend = axes.get_legend()
    drawn = [*axes.lines, *axes.collections, *axes.patches, *axes.texts, *axes.artists, *([legend] if legend else [])]
    for artist in drawn:
        artist.remove()
    axes.relim()
    axes.set_autoscale_on(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(AutoLocator())
        axis.set_major_formatter(ScalarFormatter())
        axis.set_label_text("")


def written(axes: Any, text: str) -> None:
    """Words in place of a picture that has nothing to show yet."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=axes.transAxes)


def as_png(figure: Figure) -> bytes:
    """Picture of a figure; it belongs to no window and is gone with its last reference."""
    buffer = io.BytesIO()
    with letters():  # ticks are made, and letters set, when they are drawn
        figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    return buffer.getvalue()
