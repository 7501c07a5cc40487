"""The cascade as a graph through time: liquidations from left to right, arrows for losses passed on."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from cascade_sim.plots.style import MARKS, money, style

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["plot_contagion"]

_MOST_NODES = 150
_MOST_EDGES = 250


def _largest(graph: "nx.DiGraph[int]") -> tuple["nx.DiGraph[int]", int]:
    """The liquidations that matter most, and how many are left out."""
    keep = sorted(graph, key=lambda n: graph.nodes[n]["notional"], reverse=True)[:_MOST_NODES]
    part = graph.subgraph(keep)
    edges = sorted(part.edges(data="weight"), key=lambda edge: edge[2], reverse=True)[:_MOST_EDGES]
    return part.edge_subgraph([edge[:2] for edge in edges]).copy() if edges else part, len(graph) - len(keep)


def _places(graph: "nx.DiGraph[int]", nodes: list[int]) -> dict[int, tuple[float, float]]:
    """Time across; down, a band for each market, and within it the order of breach, so that few overlap."""
    markets = sorted({graph.nodes[n]["market"] for n in nodes})
    places = {}
    for band, market in enumerate(markets):
        own = sorted((n for n in nodes if graph.nodes[n]["market"] == market), key=lambda n: graph.nodes[n]["time"])
        for k, n in enumerate(own):
            places[n] = (graph.nodes[n]["time"] / 60, band + 0.1 + 0.8 * ((k * 0.618034) % 1.0))
    return places


def _draw_edges(
    axes: Any, graph: "nx.DiGraph[int]", places: dict[int, tuple[float, float]], looks: dict[str, str]
) -> None:
    heaviest = max((weight for _, _, weight in graph.edges(data="weight")), default=1.0)
    for source, target, data in sorted(graph.edges(data=True), key=lambda edge: edge[2]["weight"]):
        share = data["weight"] / heaviest
        axes.add_patch(
            FancyArrowPatch(
                places[source],
                places[target],
                connectionstyle="arc3,rad=0.15",
                arrowstyle="-|>",
                mutation_scale=5 + 7 * share**0.5,
                lw=0.3 + 3.0 * share**0.5,
                color=looks.get(data["market"], "black"),
                alpha=0.15 + 0.6 * share**0.5,
                shrinkA=2,
                shrinkB=2,
            )
        )


def plot_contagion(result: "Result", graph: "nx.DiGraph[int] | None" = None) -> Figure:
    """Liquidations through time; size is notional, colour the market, arrows carry losses made by forced trades.

    Parameters
    ----------
    result : Result
    graph : networkx.DiGraph, optional
        Computed before, to save time.
    """
    graph = result.contagion() if graph is None else graph
    with style():
        figure = Figure(figsize=(10, 6), layout="constrained")
        axes = figure.subplots()
        if len(graph) == 0:
            axes.set_axis_off()
            axes.text(0.5, 0.5, "nobody was liquidated", ha="center", va="center", fontsize=12)
            return figure
        shown, left_out = _largest(graph)
        nodes = sorted(graph, key=lambda n: graph.nodes[n]["notional"], reverse=True)[:_MOST_NODES]
        markets = sorted({graph.nodes[n]["market"] for n in nodes})
        looks = {market: MARKS[k % len(MARKS)][0] for k, market in enumerate(markets)}
        places = _places(graph, nodes)
        _draw_edges(axes, shown, places, looks)
        largest = max(graph.nodes[n]["notional"] for n in nodes)
        axes.scatter(
            [places[n][0] for n in nodes],
            [places[n][1] for n in nodes],
            s=[8 + 500 * graph.nodes[n]["notional"] / largest for n in nodes],
            c=[looks[graph.nodes[n]["market"]] for n in nodes],
            edgecolors="white",
            linewidths=0.6,
            zorder=3,
        )
        axes.set_yticks(np.arange(len(markets)) + 0.5, markets)
        axes.set_ylim(-0.05, len(markets) + 0.05)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("minutes")
        passed = sum(weight for _, _, weight in graph.edges(data="weight"))
        cross = sum(amount for _, _, amount in graph.edges(data="cross"))
        axes.set_title(
            f"{len(graph)} liquidations; forced trades passed on {money(passed)} USD of loss, "
            f"{money(cross)} of it across markets"
        )
        handles = [
            Line2D([], [], marker="o", ls="", color="grey", markersize=(8 + 500 * f) ** 0.5, label=money(largest * f))
            for f in (1.0, 0.1)
        ]
        axes.legend(handles=handles, title="notional, USD", loc="upper left", labelspacing=1.2, borderpad=1.0)
        if left_out:
            axes.annotate(
                f"{left_out} smaller ones not drawn", (1, 0), xycoords="axes fraction", ha="right", va="bottom"
            )
    return figure
