"""A share on a horizontal axis with its interval, and where nobody wants to move."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle

from cascade_sim.plots.style import GREEN, PURPLE

__all__ = ["EQUILIBRIUM", "OPTIMUM", "RestMark", "ShareMark", "draw_rest", "draw_share", "rest_keys"]

EQUILIBRIUM, OPTIMUM = PURPLE, GREEN
_POINT = 0.005  # narrower intervals of a share are none in whole per cent


@dataclass(frozen=True)
class ShareMark:
    """A share of players, in [0, 1], with its 95 % interval where there is one."""

    share: float
    low: float = np.nan
    high: float = np.nan
    label: str = ""

    @property
    def words(self) -> str:
        """Label with the share and its interval in per cent."""
        known = np.isfinite(self.low) and np.isfinite(self.high)
        interval = f"{100 * self.low:.0f} to {100 * self.high:.0f}"
        interval = interval if self.high - self.low > _POINT else "no other in question"
        return f"{self.label} {100 * self.share:.0f} %{f' ({interval})' if known else ''}"


def draw_share(axes: Axes, mark: ShareMark, colour: str, dashes: Any, named: bool) -> None:
    """A vertical line at a share, over the band of its interval."""
    if np.isfinite(mark.low) and np.isfinite(mark.high):
        axes.axvspan(mark.low, mark.high, color=colour, alpha=0.18, lw=0)
    axes.axvline(mark.share, color=colour, ls=dashes, lw=2.0, label=mark.words if named else None, zorder=3)


@dataclass(frozen=True)
class RestMark:
    """A state at which nobody's share changes.

    Attributes
    ----------
    at : tuple of float
        Shares: of the first strategy, of each of three strategies, or of the first strategy of both roles.
    stability : str
        "stable", "unstable", "saddle" or "neutral".
    """

    at: tuple[float, ...]
    stability: str


_LOOKS: dict[str, tuple[Any, str]] = {
    "stable": ("full", "stable: small changes die out"),
    "unstable": ("none", "unstable: small changes grow"),
    "saddle": ("left", "saddle: stable from some sides only"),
    "neutral": ("top", "neutral: neither, the paths go round or stand still"),
}


def _look(stability: str) -> dict[str, Any]:
    fill = _LOOKS[stability][0]
    marker: Any = MarkerStyle("o", fillstyle=fill)
    return {"marker": marker, "ms": 11, "color": "black", "mfc": "white" if fill == "none" else "black",
            "markerfacecoloralt": "white", "mew": 1.6, "ls": "", "clip_on": False, "zorder": 6}  # fmt: skip


def draw_rest(axes: Axes, x: float, y: float, stability: str) -> None:
    """A rest point: full if stable, hollow if unstable, half full if a saddle."""
    axes.plot([x], [y], **_look(stability))


def rest_keys(marks: list[RestMark]) -> list[Any]:
    """Keys of the kinds of rest points that occur."""
    from matplotlib.lines import Line2D

    present = {mark.stability for mark in marks}
    return [
        Line2D([], [], label=text, **_look(kind) | {"ms": 8}) for kind, (_, text) in _LOOKS.items() if kind in present
    ]
