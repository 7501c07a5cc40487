"""Liquidations as the figures see them: a frame of nodes, a frame of links, and what each hangs from."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MOST_ROWS", "Wave", "wave_of"]

MOST_ROWS = 6
_NODE = ["account", "role", "time", "notional", "market", "generation", "anyway"]
_EDGE = ["weight", "market"]


@dataclass
class Wave:
    """Nodes in order of time, and the losses passed on between them.

    Attributes
    ----------
    nodes : DataFrame
        A row a liquidation, or a group of them: ``time`` (s), ``market``, ``notional`` (USD), ``generation`` (to
        ``last_generation``), ``row`` in which it is drawn, and ``count``; for single liquidations ``account`` and
        ``role`` too. Rows are numbered from 0 in order of time.
    links : DataFrame
        ``source`` and ``target`` (rows of `nodes`), ``weight`` (USD), ``market`` (the loss came through) and
        ``carries``: the part of the weight that decides what hangs from what, USD.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame

    @cached_property
    def hangs_from(self) -> NDArray[np.int64]:
        """Row that cost each row most, among earlier ones; -1 for what would have happened anyway."""
        parents = np.full(len(self.nodes), -1)
        earlier = self.links[(self.links["source"] < self.links["target"]) & (self.links["carries"] > 0)]
        if len(earlier):
            best = earlier.loc[earlier.groupby("target")["carries"].idxmax()]
            parents[best["target"].to_numpy(np.int64)] = best["source"]
        parents[self.nodes["generation"].to_numpy() == 0] = -1
        return parents

    @cached_property
    def roots(self) -> NDArray[np.int64]:
        """Row at the root of the tree in which each row hangs."""
        roots = np.arange(len(self.nodes))
        for row, parent in enumerate(self.hangs_from):
            if parent >= 0:
                roots[row] = roots[parent]
        return roots

    @cached_property
    def solid(self) -> NDArray[np.bool_]:
        """Which links are the ones that something hangs from."""
        found: NDArray[np.bool_] = self.hangs_from[self.links["target"]] == self.links["source"]
        return found

    def _edges(self, bins: int) -> NDArray[np.float64]:
        """Ends of stretches of time: half of it even in time, half even in liquidations, so that a rush is seen."""
        times = self.nodes["time"].to_numpy(float)
        span = max(times[-1] - times[0], 1e-9)
        passed = ((times - times[0]) / span + np.arange(1, len(times) + 1) / len(times)) / 2
        edges: NDArray[np.float64] = np.interp(np.linspace(0, 1, bins + 1), passed, times)
        return edges

    def grouped(self, bins: int) -> "Wave":
        """The same with liquidations of one market, generation and stretch of time taken together.

        A group hangs from the group from which its members hang with the largest part of their losses.

        Parameters
        ----------
        bins : int
            Stretches of time; shorter ones where more happens.
        """
        edges = self._edges(bins)
        stretch = np.clip(np.searchsorted(edges, self.nodes["time"], side="left") - 1, 0, bins - 1)
        groups = self.nodes.assign(stretch=stretch).groupby(["stretch", "row", "market"])
        nodes = groups.agg(
            notional=("notional", "sum"),
            count=("count", "sum"),
            anyway=("anyway", "all"),
            generation=("generation", "min"),
            last_generation=("last_generation", "max"),
        ).reset_index()
        # Later generations stand a little later, so that lines within a stretch lean the way time runs.
        within = (nodes["row"] + 0.5) / MOST_ROWS
        nodes["time"] = edges[nodes["stretch"]] + within * np.diff(edges)[nodes["stretch"]]
        return Wave(
            nodes, _joined(self.links.assign(carries=self.links["weight"].where(self.solid, 0.0)), groups.ngroup())
        )


def _joined(links: pd.DataFrame, group: "pd.Series[int]") -> pd.DataFrame:
    """Links between groups, each with the market through which most of it came."""
    place = group.to_numpy()
    links = links.assign(source=place[links["source"]], target=place[links["target"]])
    links = links[links["source"] != links["target"]]
    parts = links.groupby(["source", "target", "market"], as_index=False)[["weight", "carries"]].sum()
    pairs = parts.groupby(["source", "target"])
    sums = pairs[["weight", "carries"]].sum().reset_index()
    return sums.assign(market=parts.loc[pairs["weight"].idxmax(), "market"].to_numpy())


def _rows(generation: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row in which each generation is drawn: its own, or from the second on about equally many liquidations a row."""
    if generation.max() < MOST_ROWS:
        return generation
    later = generation[generation >= 2]
    cuts = np.unique(np.quantile(later, np.arange(1, MOST_ROWS - 2) / (MOST_ROWS - 2), method="inverted_cdf"))
    return np.where(generation < 2, generation, 2 + np.searchsorted(cuts, generation, side="left")).astype(np.int64)


def wave_of(graph: "nx.DiGraph[int]") -> Wave:
    """Nodes and links of a contagion graph as frames.

    Parameters
    ----------
    graph : networkx.DiGraph
        Nodes with ``time``, ``notional``, ``market``, ``account``, ``role``, ``generation`` and, if known, ``anyway``;
        edges with ``weight`` and ``market``.
    """
    data: list[dict[str, Any]] = [data for _, data in graph.nodes(data=True)]
    nodes = pd.DataFrame({name: [item.get(name) for item in data] for name in _NODE}, index=list(graph))
    nodes = nodes.assign(count=1).sort_values("time", kind="stable")
    place = dict(zip(nodes.index, range(len(nodes)), strict=True))
    rows = [(place[a], place[b], *(item[name] for name in _EDGE)) for a, b, item in graph.edges(data=True)]
    links = pd.DataFrame(rows, columns=["source", "target", *_EDGE]).assign(carries=[row[2] for row in rows])
    nodes = nodes.reset_index(names="liquidation")
    links = links.astype({"source": np.int64, "target": np.int64, "weight": float, "carries": float})
    generation = nodes["generation"].to_numpy(np.int64)
    return Wave(nodes.assign(generation=generation, last_generation=generation, row=_rows(generation)), links)
