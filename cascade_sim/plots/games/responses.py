"""Best replies of two mixing players as two curves in the unit square; where they meet, nobody regrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.games.names import shortened
from cascade_sim.plots.style import BLUE, VERMILION, style
from cascade_sim.plots.sweeps.words import explain, headline, wrapped

__all__ = ["Responses", "best_responses"]

_NEVER = 1e-12
_MEETING: dict[str, Any] = {"marker": "o", "ms": 8, "mfc": "white", "mec": "black", "mew": 2.0, "ls": ""}


@dataclass(frozen=True)
class Responses:
    """What two players gain by their first strategy over their second one, over a grid of what both do.

    Attributes
    ----------
    shares : ndarray of float64, shape (n,)
        Chances with which a player chooses its first strategy.
    first, second : ndarray of float64, shape (n, n)
        What the first and the second player (or players of the role) gain by it; rows: chance of the first player,
        columns: chance of the second.
    names : tuple of str
        Of the players.
    strategies : tuple of str
        First strategy of each.
    """

    shares: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    names: tuple[str, str]
    strategies: tuple[str, str]


def _draw_first(axes: Axes, found: Responses) -> None:
    """Best reply of the first player, on the horizontal axis, to the second, on the vertical one."""
    shares, gain = found.shares, found.first
    always, never = gain[-1] >= -_NEVER, gain[0] <= _NEVER
    axes.plot(np.where(always, 1.0, np.nan), shares, color=BLUE, lw=3.2, clip_on=False)
    axes.plot(np.where(never, 0.0, np.nan), shares, color=BLUE, lw=3.2, clip_on=False)
    if gain.min() < 0 < gain.max():
        axes.contour(shares, shares, gain.T, levels=[0.0], colors=BLUE, linewidths=3.2)


def _draw_second(axes: Axes, found: Responses) -> None:
    """Best reply of the second player to the first."""
    shares, gain = found.shares, found.second
    always, never = gain[:, -1] >= -_NEVER, gain[:, 0] <= _NEVER
    look: dict[str, Any] = {"color": VERMILION, "lw": 3.2, "ls": (0, (3, 1.2)), "clip_on": False}
    axes.plot(shares, np.where(always, 1.0, np.nan), **look)
    axes.plot(shares, np.where(never, 0.0, np.nan), **look)
    if gain.min() < 0 < gain.max():
        axes.contour(shares, shares, gain.T, levels=[0.0], colors=VERMILION, linewidths=3.2, linestyles=[(0, (3, 1.2))])


def _draw_crossings(axes: Axes, crossings: Sequence[tuple[float, float]]) -> None:
    for x, y in crossings:
        axes.plot([x], [y], clip_on=False, zorder=6, **_MEETING | {"ms": 12})
        right, up = (10 if x < 0.6 else -10), (9 if y < 0.6 else -9)
        axes.annotate(
            f"{100 * x:.3g} %, {100 * y:.3g} %", (x, y), xytext=(right, up), textcoords="offset points", zorder=7,
            ha="left" if right > 0 else "right", va="bottom" if up > 0 else "top", fontsize=9,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85},
        )  # fmt: skip


def best_responses(found: Responses, crossings: Sequence[tuple[float, float]] = (), title: str | None = None) -> Figure:
    """Two curves of best replies and where they cross.

    Parameters
    ----------
    found : Responses
    crossings : sequence of (float, float)
        Equilibria: chances with which the first and the second player choose their first strategy.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    first, second = (shortened(name) for name in found.names)
    with style():
        figure = Figure(figsize=(6.4, 6.6), layout="constrained")
        axes = figure.subplots()
        _draw_first(axes, found)
        _draw_second(axes, found)
        _draw_crossings(axes, crossings)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_xlabel(wrapped(f"{first}: chance of {shortened(found.strategies[0])}", 60), color=BLUE)
        axes.set_ylabel(wrapped(f"{second}: chance of {shortened(found.strategies[1])}", 60), color=VERMILION)
        axes.plot([], [], color=BLUE, lw=3.2, label=f"best for {first}, by what {second} does")
        axes.plot([], [], color=VERMILION, lw=3.2, ls=(0, (3, 1.2)), label=f"best for {second}, by what {first} does")
        if crossings:
            axes.plot([], [], label="the lines meet: nobody gains by choosing otherwise", **_MEETING)
        figure.legend(loc="outside lower left")
        explain(figure, axes, "Each line: how often one should, by how often the other does.")
        headline(figure, title or "What is best for each, by what the other does")
    return figure
