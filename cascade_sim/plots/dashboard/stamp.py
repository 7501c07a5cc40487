"""Legends that are the same in every picture, drawn once and then stamped: letters take most of a picture's time."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.legend import Legend

__all__ = ["stamp_legend"]


class _Stamp(Artist):
    """An artist's dots, kept from the first time it is drawn; it may not move or change afterwards."""

    def __init__(self, legend: Legend) -> None:
        super().__init__()
        self.set_zorder(legend.get_zorder())
        self._legend = legend
        self._image: Any = None
        self._at = (0, 0)

    def _keep(self, like: Any) -> None:
        alone: Any = type(like)(like.width, like.height, like.dpi)
        self._legend.draw(alone)
        dots = np.asarray(alone.buffer_rgba())
        rows, columns = (np.flatnonzero(dots[..., 3].any(axis)) for axis in (1, 0))
        self._image = dots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1][::-1].copy()
        self._at = int(columns[0]), int(like.height) - int(rows[-1]) - 1

    def draw(self, renderer: Any) -> None:
        """Draw, or stamp."""
        if self._image is None:
            self._keep(renderer)
        renderer.draw_image(renderer.new_gc(), *self._at, self._image)


def stamp_legend(axes: Any, **look: Any) -> None:
    """Legend of axes, kept on their figure by its words and look.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        What has the same words looks the same in them at all times.
    **look
        Of `matplotlib.axes.Axes.legend`.
    """
    kept: dict[tuple[Any, ...], _Stamp] = axes.figure.__dict__.setdefault("stamps", {})
    own = axes.figure.axes.index(axes), *axes.get_legend_handles_labels()[1], *look.values()
    if own not in kept:
        legend = axes.legend(**look)
        legend.remove()
        kept[own] = _Stamp(legend)
    axes.add_artist(kept[own])
