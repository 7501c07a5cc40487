"""Liquidations as the figures see them: a frame of nodes, a frame of links, and what each hangs from."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MOST_GENERATIONS", "Wave", "wave_of"]

MOST_GENERATIONS = 6
_NODE = ["account", "role", "time", "notional", "market", "lost", "generation"]
_EDGE = ["weight", "market"]


@dataclass
class Wave:
    """Nodes in order of time, and the losses passed on between them.

    Attributes
    ----------
    nodes : DataFrame
        A row a liquidation, or a group of them: ``time`` (s), ``market``, ``notional`` (USD), ``generation`` and
        ``count``; for single liquidations ``account`` and ``role`` too. Rows are numbered from 0 in order of time.
    links : DataFrame
        ``source`` and ``target`` (rows of `nodes`), ``weight`` (USD) and ``market`` (the loss came through).
    """

    nodes: pd.DataFrame
    links: pd.DataFrame

    @cached_property
    def hangs_from(self) -> NDArray[np.int64]:
        """Row that cost each row most, among earlier ones; -1 for what would have happened anyway."""
        parents = np.full(len(self.nodes), -1)
        earlier = self.links[self.links["source"] < self.links["target"]]
        if len(earlier):
            best = earlier.loc[earlier.groupby("target")["weight"].idxmax()]
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

    def grouped(self, bins: int) -> "Wave":
        """The same with liquidations of one market, generation and stretch of time taken together.

        Parameters
        ----------
        bins : int
            Stretches of equal length.
        """
        nodes = self.nodes
        start, end = nodes["time"].min(), nodes["time"].max()
        width = max((end - start) / bins, 1e-9)
        stretch = np.minimum(((nodes["time"] - start) / width).astype(np.int64), bins - 1)
        generation = nodes["generation"].clip(upper=MOST_GENERATIONS - 1)
        groups = nodes.assign(stretch=stretch, generation=generation).groupby(
            ["stretch", "generation", "market"], sort=True
        )
        joined = groups.agg(notional=("notional", "sum"), count=("count", "sum")).reset_index()
        # Later generations stand a little later, so that lines within a stretch lean the way time runs.
        joined["time"] = start + (joined["stretch"] + (joined["generation"] + 0.5) / MOST_GENERATIONS) * width
        place = groups.ngroup().to_numpy()
        links = self.links.assign(source=place[self.links["source"]], target=place[self.links["target"]])
        links = links[links["source"] != links["target"]]
        whole = links.groupby(["source", "target", "market"], as_index=False)["weight"].sum()
        heaviest = whole.loc[whole.groupby(["source", "target"])["weight"].idxmax()]
        both = whole.groupby(["source", "target"])["weight"].sum()
        return Wave(joined, heaviest.assign(weight=both.to_numpy()).reset_index(drop=True))


def _generations(nodes: pd.DataFrame, links: pd.DataFrame) -> NDArray[np.int64]:
    """Generations where the graph has none: a root lost less than half to forced trades, the rest follow theirs."""
    forced = np.bincount(links["target"], links["weight"], len(nodes))
    pushed = forced > 0.5 * nodes["lost"].to_numpy()
    parents = Wave(nodes.assign(generation=np.where(pushed, 1, 0)), links).hangs_from
    generations = np.zeros(len(nodes), np.int64)
    for row, parent in enumerate(parents):
        if parent >= 0:
            generations[row] = generations[parent] + 1
    return generations


def wave_of(graph: "nx.DiGraph[int]") -> Wave:
    """Nodes and links of a contagion graph as frames.

    Parameters
    ----------
    graph : networkx.DiGraph
        Nodes with ``time``, ``notional``, ``market``, ``account``, ``role``, ``lost`` and, if known, ``generation``;
        edges with ``weight`` and ``market``.
    """
    data: list[dict[str, Any]] = [data for _, data in graph.nodes(data=True)]
    nodes = pd.DataFrame({name: [item.get(name) for item in data] for name in _NODE}, index=list(graph))
    nodes = nodes.assign(count=1).sort_values("time", kind="stable")
    place = dict(zip(nodes.index, range(len(nodes)), strict=True))
    rows = [(place[a], place[b], *(item[name] for name in _EDGE)) for a, b, item in graph.edges(data=True)]
    links = pd.DataFrame(rows, columns=["source", "target", *_EDGE])
    nodes = nodes.reset_index(names="liquidation")
    links = links.astype({"source": np.int64, "target": np.int64, "weight": float})
    if nodes["generation"].isna().any():
        nodes["generation"] = _generations(nodes, links)
    return Wave(nodes.astype({"generation": np.int64}), links)
