"""Where a population goes that copies what pays: arrows on a line, in a square, in a triangle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.games.marks import RestMark, draw_rest, rest_keys
from cascade_sim.plots.games.names import shortened
from cascade_sim.plots.style import BLUE, SKY, VERMILION, style
from cascade_sim.plots.sweeps.words import explain, headline, wrapped

__all__ = ["CORNERS", "Flow", "phase_line", "phase_square", "phase_triangle"]

Floats = NDArray[np.float64]
_COPYING = (
    "Now and then somebody looks at another player and copies who gets more (replicator dynamics). "
    "Arrows: where the shares then move."
)
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3.0) / 2.0]])  # of the triangle of three shares


@dataclass(frozen=True)
class Flow:
    """How shares change.

    Attributes
    ----------
    at : ndarray of float64, shape (n, d)
        States: the share of one strategy (d 1), of one strategy of each of two roles (d 2), or of three
        strategies (d 3).
    velocity : ndarray of float64, shape (n, d)
    rest : list of RestMark
    paths : sequence of ndarray of float64, shape (steps, d)
        Populations through time, drawn over the arrows.
    """

    at: Floats
    velocity: Floats
    rest: list[RestMark]
    paths: Sequence[Floats] = ()


def _arrows(axes: Axes, at: Floats, velocity: Floats, length: float) -> None:
    """Arrows of one length, the darker the faster, so that slow places still show where they lead."""
    speed = np.hypot(*velocity.T)
    fastest = speed.max() or 1.0
    moving = speed > 1e-9 * fastest
    if not moving.any():
        return
    ends = length * velocity[moving] / speed[moving, None]
    shade = 0.25 + 0.75 * np.sqrt(speed[moving] / fastest)
    axes.quiver(
        *at[moving].T, *ends.T, angles="xy", scale_units="xy", scale=1.0, pivot="mid", color=BLUE, alpha=shade,
        width=0.0042, headwidth=4.5, headlength=5.0,
    )  # fmt: skip


def _draw_paths(axes: Axes, paths: Sequence[Floats]) -> None:
    for path in paths:
        axes.plot(*path.T, color=VERMILION, lw=1.6, alpha=0.9)
        axes.plot(*path[0], marker="s", ms=4.5, color=VERMILION)


def _finish(figure: Figure, flow: Flow, title: str | None) -> None:
    """Keys, headline, and what moves here and why."""
    keys = rest_keys(flow.rest)
    if flow.paths:
        from matplotlib.lines import Line2D

        keys.append(Line2D([], [], color=VERMILION, marker="s", ms=4.5, lw=1.6, label="one population, from its start"))
    figure.legend(handles=keys, loc="outside lower left", ncols=2)
    explain(figure, figure.axes[0], _COPYING)
    headline(figure, title or "Where a population goes that copies what pays")


def phase_line(flow: Flow, strategy: str, title: str | None = None) -> Figure:
    """How fast the share of one of two strategies grows, and the line along which it moves.

    Parameters
    ----------
    flow : Flow
        With d 1, ordered by share.
    strategy : str
        Whose share it is.
    title : str, optional
    """
    share, speed = flow.at[:, 0], flow.velocity[:, 0]
    name = shortened(strategy)
    with style():
        figure = Figure(figsize=(7.6, 3.9), layout="constrained")
        axes = figure.subplots()
        axes.axhline(0.0, color="black", lw=1.2)
        axes.fill_between(share, speed, 0.0, color=SKY, alpha=0.3, lw=0)
        axes.plot(share, speed, color=BLUE, lw=2.0)
        _draw_line_arrows(axes, share, speed)
        for mark in flow.rest:
            draw_rest(axes, mark.at[0], 0.0, mark.stability)
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_xlabel(f"share choosing '{name}'")
        axes.set_ylabel(wrapped("how fast the share grows (below 0: it falls)", 30))
        _finish(figure, flow, title)
    return figure


def _draw_line_arrows(axes: Axes, share: Floats, speed: Floats) -> None:
    """Arrowheads on the axis, to the right where the share grows."""
    for at in np.linspace(0.04, 0.96, 24):
        now = float(np.interp(at, share, speed))
        if abs(now) > 1e-9 * (np.abs(speed).max() or 1.0):
            axes.plot([at], [0.0], marker=">" if now > 0 else "<", ms=6, color="black", zorder=4)


def phase_square(flow: Flow, names: tuple[str, str], title: str | None = None) -> Figure:
    """Arrows in the unit square: two roles of two strategies each.

    Parameters
    ----------
    flow : Flow
        With d 2.
    names : tuple of str
        What the two shares are: "makers who quote deep", "hunters who attack".
    title : str, optional
    """
    with style():
        figure = Figure(figsize=(6.4, 6.8), layout="constrained")
        axes = figure.subplots()
        _arrows(axes, flow.at, flow.velocity, 0.042)
        _draw_paths(axes, flow.paths)
        for mark in flow.rest:
            draw_rest(axes, mark.at[0], mark.at[1], mark.stability)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_xlabel(wrapped(names[0], 60))
        axes.set_ylabel(wrapped(names[1], 60))
        _finish(figure, flow, title)
    return figure


def phase_triangle(flow: Flow, strategies: Sequence[str], title: str | None = None) -> Figure:
    """Arrows in the triangle of three shares: at a corner everybody chooses the same.

    Parameters
    ----------
    flow : Flow
        With d 3.
    strategies : sequence of str
        Three names.
    title : str, optional
    """
    with style():
        figure = Figure(figsize=(7.0, 6.8), layout="constrained")
        axes = figure.subplots()
        axes.fill(*CORNERS.T, facecolor="none", edgecolor="black", lw=1.4)
        _arrows(axes, flow.at @ CORNERS, flow.velocity @ CORNERS, 0.045)
        _draw_paths(axes, [path @ CORNERS for path in flow.paths])
        for mark in flow.rest:
            x, y = np.array(mark.at) @ CORNERS
            draw_rest(axes, float(x), float(y), mark.stability)
        for corner, name, up, ha in zip(CORNERS, strategies, (-1, -1, 1), ("left", "right", "center"), strict=True):
            text = wrapped(f"all {shortened(name)}", 28)
            axes.annotate(
                text, corner, xytext=(0, 14 * up), textcoords="offset points", ha=ha, fontsize=10,
                va="bottom" if up > 0 else "top", fontweight="bold",
            )  # fmt: skip
        axes.set(xlim=(-0.06, 1.06), ylim=(-0.09, 0.98), aspect="equal")
        axes.axis("off")
        _finish(figure, flow, title)
    return figure
