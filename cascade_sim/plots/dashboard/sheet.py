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

from cascade_sim.plots.style import GREY

__all__ = ["DOTS", "as_png", "letters", "sheet", "written"]

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
}


@contextmanager
def letters() -> Iterator[None]:
    """The package's style in a size that is read from the back of a room."""
    with mpl.rc_context(_LETTERS):
        yield


def sheet(width: float, height: float, left: float, right: float) -> tuple[Figure, Any]:
    """Figure with one pair of axes.

    Parameters
    ----------
    width, height : float
        Inches.
    left, right : float
        Margins, inches.
    """
    figure = Figure(figsize=(width, height))
    low, high = 0.62, 0.42
    place = (left / width, low / height, 1 - (left + right) / width, 1 - (low + high) / height)
    return figure, figure.add_axes(place)


def written(axes: Any, text: str) -> None:
    """Words in place of a picture that has nothing to show yet."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=axes.transAxes)


def as_png(figure: Figure) -> bytes:
    """Picture of a figure; it belongs to no window and is gone with its last reference."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    return buffer.getvalue()
