"""Time across a figure: quiet stretches are cut, and what happened at one moment stands in its order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

__all__ = ["Clock"]

_CUT = 0.03  # share of the width that a quiet stretch is drawn with
_LONG = 0.1  # share of the whole from which on it is cut
_USUAL = 20  # times the mean distance, so that a handful of liquidations is never cut

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clock:
    """Places of times on an axis.

    Attributes
    ----------
    seconds, places : ndarray of float64, shape (n,)
        Corners of the map from times to places; between them it is straight.
    quiet : ndarray of float64, shape (k, 2)
        Beginning and end of each stretch that was cut, seconds.
    width : float
    """

    seconds: Floats
    places: Floats
    quiet: Floats
    width: float

    @classmethod
    def of(cls, times: Floats, width: float) -> "Clock":
        """Clock for these times, on an axis of this width.

        Parameters
        ----------
        times : ndarray of float64, shape (n,)
            In order, seconds.
        width : float
        """
        corners = np.unique(times)
        gaps = np.diff(corners)
        span = corners[-1] - corners[0]
        cut = gaps >= max(_LONG * span, _USUAL * span / len(times))
        lengths = np.where(cut, _CUT * span, gaps)
        places = np.append(0.0, np.cumsum(lengths))
        quiet = np.column_stack([corners[:-1][cut], corners[1:][cut]])
        return cls(corners, places / max(places[-1], 1e-12) * width, quiet, width)

    def __call__(self, times: Floats) -> Floats:
        """Places of times; of one moment only, evenly spread in the order given."""
        if len(self.seconds) == 1:
            return (np.arange(len(times)) + 0.5) / len(times) * self.width
        places: Floats = np.interp(times, self.seconds, self.places)
        return places

    def label(self, axes: Any) -> None:
        """Write minutes below an axis, and what was cut."""
        minutes = self.seconds / 60
        if len(minutes) == 1:
            axes.set_xticks([])
            axes.set_xlabel(f"in order of breach, all at one moment, {minutes[0]:.3g} minutes after the start")
            return
        drawn = 1 - np.diff(self.quiet).sum() / 60 / (minutes[-1] - minutes[0])
        ticks = MaxNLocator(round(12 / drawn), steps=[1, 2, 2.5, 5, 10]).tick_values(minutes[0], minutes[-1])
        shown = [t for t in ticks if minutes[0] <= t <= minutes[-1] and not self._is_quiet(60 * t)]
        axes.set_xticks(np.interp(np.array(shown) * 60, self.seconds, self.places), [f"{t:g}" for t in shown])
        axes.set_xlabel("minutes")
        for start, end in self.quiet:
            low, high = np.interp([start, end], self.seconds, self.places)
            axes.axvspan(low, high, color="#f0f0f0", zorder=0, lw=0)
            text = f"{(end - start) / 60:.3g} quiet minutes"
            axes.text((low + high) / 2, axes.get_ylim()[0], text, rotation=90, ha="center", va="bottom", fontsize=7)

    def _is_quiet(self, time: float) -> bool:
        return bool(((self.quiet[:, 0] < time) & (time < self.quiet[:, 1])).any())
