"""The cascade as a tree through time: who brought down whom, and how much hangs from whom."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path

from cascade_sim.plots.contagion.clock import Clock
from cascade_sim.plots.contagion.swarm import Swarm, fit
from cascade_sim.plots.contagion.tree_words import INSIDE, headline, mark_largest, row_names
from cascade_sim.plots.contagion.wave import Wave, wave_of
from cascade_sim.plots.style import GREY, colour_of, money, style

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["plot_contagion"]

_SIZE = (11.0, 6.6)  # inches
_PLACE = (0.125, 0.125, 0.865, 0.725)  # of the axes in it
_WIDTH, _HEIGHT = 72 * _SIZE[0] * _PLACE[2], 72 * _SIZE[1] * _PLACE[3]  # points
_MARGIN = 44.0
_MOST_NODES = 400
_BINS = 30
_MOST_FAINT = 150
_THICKEST = 7.0
_HIGHEST_ARCH = 60.0
_LARGEST_IN_KEY = 7.0


def _laid_out(wave: Wave) -> tuple[Wave, Swarm, Clock]:
    """The wave as it can be drawn, one by one if there is room or in groups, and where."""
    for drawn in (wave, wave.grouped(_BINS), wave.grouped(_BINS // 2)):
        clock = Clock.of(drawn.nodes["time"].to_numpy(float), _WIDTH - 2 * _MARGIN)
        rows = np.unique(drawn.nodes["row"], return_inverse=True)[1].astype(np.int64)
        x = clock(drawn.nodes["time"].to_numpy(float))
        if len(drawn.nodes) <= _MOST_NODES or drawn is not wave:
            swarm = fit(x, drawn.nodes["notional"].to_numpy(float), rows, _HEIGHT)
            if swarm is not None:
                return drawn, swarm, clock
    raise AssertionError("groups of a fifteenth of the time always have room")


def _curve(a: Any, b: Any, same_row: bool) -> Path:
    """Line from one bubble to another that leaves and arrives along the time axis; an arch within a row."""
    middle = (a[0] + b[0]) / 2
    lift = min(0.35 * abs(b[0] - a[0]), _HIGHEST_ARCH) if same_row else 0.0
    inner = [(middle, a[1] + lift), (middle, b[1] + lift)]
    return Path([a, *inner, b], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])


def _draw_links(axes: Any, wave: Wave, swarm: Swarm, colours: dict[str, str]) -> None:
    """Faint losses below, those that something hangs from above; width in proportion to the loss."""
    if wave.links.empty:
        return
    at = np.column_stack([swarm.x, swarm.y])
    heaviest = wave.links["weight"].max()
    faint = wave.links[~wave.solid].nlargest(_MOST_FAINT, "weight")
    row = wave.nodes["row"].to_numpy()
    thinnest = 0.8 if wave.solid.sum() < _MOST_NODES / 2 else 0.4
    for links, alpha, zorder in ((faint, 0.2, 1), (wave.links[wave.solid].sort_values("weight"), 0.75, 2)):
        axes.add_collection(
            PathCollection(
                [_curve(at[a], at[b], row[a] == row[b]) for a, b in zip(links["source"], links["target"], strict=True)],
                facecolors="none",
                edgecolors=[colours.get(market, GREY) for market in links["market"]],
                linewidths=np.maximum(_THICKEST * links["weight"] / heaviest, thinnest),
                alpha=alpha,
                zorder=zorder,
                label="solid" if zorder == 2 else "faint",
            )
        )


def _draw_bubbles(axes: Any, wave: Wave, swarm: Swarm, colours: dict[str, str]) -> None:
    known = wave.nodes["anyway"].ne(False)
    axes.scatter(
        swarm.x,
        swarm.y,
        s=(2 * swarm.radius) ** 2,
        c=[colours.get(market, GREY) for market in wave.nodes["market"]],
        edgecolors=["white" if anyway else "black" for anyway in known],
        linewidths=[0.5 if anyway else 1.4 for anyway in known],
        zorder=3,
    )
    for k, count in enumerate(wave.nodes["count"]):
        text = money(count).replace(" ", "")
        if count > 1 and 2 + 1.8 * len(text) < swarm.radius[k] <= INSIDE:
            axes.text(swarm.x[k], swarm.y[k], text, color="white", ha="center", va="center", fontsize=6.5, zorder=4)


def _rounded(amount: float) -> float:
    """The next lower amount of one figure."""
    unit = 10.0 ** np.floor(np.log10(max(amount, 1e-12)))
    return float(np.floor(amount / unit) * unit)


def _size_key(wave: Wave, swarm: Swarm) -> Line2D:
    """A bubble of a round amount that is small enough for a key."""
    k = int(wave.nodes["notional"].to_numpy().argmax())
    largest, radius = float(wave.nodes["notional"].iloc[k]), swarm.radius[k]
    amount = _rounded(largest * min(_LARGEST_IN_KEY / radius, 1.0) ** 2)
    size = 2 * radius * (amount / largest) ** 0.5
    return Line2D([], [], marker="o", ls="", color="#bbbbbb", markersize=size, label=f"{money(amount)} USD held")


def _key(figure: Figure, wave: Wave, swarm: Swarm, colours: dict[str, str]) -> None:
    """Colours of markets, and what a size and a width stand for."""
    handles = [Line2D([], [], marker="o", ls="", color=colour, label=name) for name, colour in colours.items()]
    if not set(wave.nodes["market"]) <= set(colours):
        handles.append(Line2D([], [], marker="o", ls="", color=GREY, label="no position"))
    if wave.nodes["anyway"].eq(False).any():
        ring: dict[str, Any] = {"marker": "o", "ls": "", "color": "white", "mec": "black", "mew": 1.4}
        handles.append(Line2D([], [], **ring, label="safe without forced trades"))
    if wave.nodes["notional"].max() > 0:
        handles.append(_size_key(wave, swarm))
    if len(wave.links):
        heaviest = float(wave.links["weight"].max())
        loss = _rounded(heaviest)
        look: dict[str, Any] = {"color": "#999999", "lw": _THICKEST * loss / heaviest}
        handles.append(Line2D([], [], **look, label=f"{money(loss)} USD of loss passed on"))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, 0.92), ncols=len(handles), fontsize=8)


def plot_contagion(result: "Result", graph: "nx.DiGraph[int] | None" = None) -> Figure:
    """Liquidations through time, each below what brought it down: a row a generation, the first by news alone.

    Area is notional and colour the market. Each liquidation hangs, by a solid line, from the earlier one whose forced
    trades cost it most; the heaviest of the other losses passed on are faint. Widths are in proportion to the loss, and
    colours say through which market it came. Where single liquidations have no room, those of one market and
    generation within a stretch of time are taken together, with their count.

    Parameters
    ----------
    result : Result
    graph : networkx.DiGraph, optional
        Computed before, to save time.
    """
    graph = result.contagion() if graph is None else graph
    with style():
        figure = Figure(figsize=_SIZE)
        if len(graph) == 0:
            axes = figure.subplots()
            axes.set_axis_off()
            axes.text(0.5, 0.5, "nobody was liquidated", ha="center", va="center", fontsize=12)
            return figure
        wave = wave_of(graph)
        drawn, swarm, clock = _laid_out(wave)
        names = [
            name for name in result.scenario.markets if name in set(wave.nodes["market"]) | set(wave.links["market"])
        ]
        colours = {name: look["color"] for name, look in colour_of(names).items()}
        axes = figure.add_axes(_PLACE, xlim=(-_MARGIN, _WIDTH - _MARGIN), ylim=(-_HEIGHT, 0))
        _draw_links(axes, drawn, swarm, colours)
        _draw_bubbles(axes, drawn, swarm, colours)
        row_names(axes, drawn, swarm)
        clock.label(axes)
        mark_largest(axes, drawn, swarm)
        headline(figure, wave, drawn)
        _key(figure, drawn, swarm, colours)
    return figure
