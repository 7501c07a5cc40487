"""Chains of liquidations along which most loss travelled, found best first in the graph of liquidations.

An edge i -> j says how much of j's loss the forced trades of i made (its weight) and which share of j's loss that is.
Along a chain i -> j -> k the amount carried is the share of j's loss that i made, of the loss that j made k suffer::

    carried = weight of the last edge * product of the shares of the edges before it

Shares above one (where rebounds made the rest of the loss negative) count as one: nobody is brought down by more than
all of the loss. So a chain never carries more than its own end, and the search, which makes chains longer at
their beginning, meets them in order of what they carry. It ends where they carry next to nothing, as there may be
more such chains than anybody could count.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice, pairwise
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["LEAST", "Chain", "chains"]

LEAST = 1e-4  # of what the largest carries; smaller ones are not looked for


@dataclass(frozen=True)
class Chain:
    """Liquidations each of which made a part of the next one's loss; all tuples in order, one entry a liquidation.

    Attributes
    ----------
    liquidations, accounts : tuple of int
    roles : tuple of str
    times : tuple of float
        Seconds, of the breaches.
    markets : tuple of str
        In which each one's forced trades hit the next; of the last one, the market of its largest position.
    losses : tuple of float
        USD of the next one's loss that each one's forced trades made; one entry less.
    shares : tuple of float
        The same as a share of the next one's loss.
    carried : float
        USD of the last one's loss that came along the whole chain.
    """

    liquidations: tuple[int, ...]
    accounts: tuple[int, ...]
    roles: tuple[str, ...]
    times: tuple[float, ...]
    markets: tuple[str, ...]
    losses: tuple[float, ...]
    shares: tuple[float, ...]
    carried: float

    @property
    def crosses(self) -> bool:
        """Whether somebody on it lost in one market and passed it on (or had its largest position) in another."""
        return any(before != after for before, after in pairwise(self.markets))


def _share(share: float) -> float:
    """Part of a loss that is passed on: between none and all of it; none where the loss is not one."""
    return 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)


class _Search:
    """All paths of a graph that carry enough, from the largest on: pairs of what is carried, and the nodes.

    A path waits together with its place among those that differ from it in their first node only, the largest of
    which goes first; so each one taken out puts at most two in.
    """

    def __init__(self, graph: "nx.DiGraph[int]") -> None:
        links = graph.edges(data="weight")
        self.graph = graph
        self.least = LEAST * max((weight for _, _, weight in links), default=0.0)
        self.sources: dict[int, list[tuple[float, int]]] = {}
        self.number = count()  # tells equals apart
        # What a path carries (negative: the largest first), number, nodes, place, what it carries without the first.
        self.queue = [(-usd, next(self.number), (i, j), -1, 0.0) for i, j, usd in links if usd >= self.least]
        heapq.heapify(self.queue)

    def _sources(self, node: int) -> list[tuple[float, int]]:
        """Share and liquidation of all that made a part of one's loss, the largest first."""
        if node not in self.sources:
            shares = [(_share(share), source) for source, _, share in self.graph.in_edges(node, "share")]
            self.sources[node] = sorted(shares, key=lambda item: (-item[0], item[1]))
        return self.sources[node]

    def _wait(self, carried: float, rest: tuple[int, ...], place: int) -> None:
        """Put in the path that leads to `rest` from its `place`-th largest source, unless that goes in a circle."""
        sources = self._sources(rest[0])
        while place < len(sources) and sources[place][1] in rest:
            place += 1
        if place < len(sources) and carried * sources[place][0] >= self.least:
            share, source = sources[place]
            heapq.heappush(self.queue, (-carried * share, next(self.number), (source, *rest), place, carried))

    def __iter__(self) -> Iterator[tuple[float, tuple[int, ...]]]:
        while self.queue:
            negative, _, path, place, carried_by_rest = heapq.heappop(self.queue)
            yield -negative, path
            self._wait(-negative, path, 0)
            if place >= 0:
                self._wait(carried_by_rest, path[1:], place + 1)


def _chain(graph: "nx.DiGraph[int]", path: tuple[int, ...], carried: float) -> Chain:
    """A path of the graph with what is known about it."""
    nodes, edges = [graph.nodes[n] for n in path], [graph.edges[edge] for edge in pairwise(path)]
    return Chain(
        liquidations=path,
        accounts=tuple(node["account"] for node in nodes),
        roles=tuple(node["role"] for node in nodes),
        times=tuple(node["time"] for node in nodes),
        markets=(*(edge["market"] for edge in edges), nodes[-1]["market"]),
        losses=tuple(edge["weight"] for edge in edges),
        shares=tuple(edge["share"] for edge in edges),
        carried=carried,
    )


def chains(source: "Result | nx.DiGraph[int]", top: int = 3, links: int = 1, crossing: bool = False) -> list[Chain]:
    """Chains of liquidations along which most loss travelled, the largest first.

    Parameters
    ----------
    source : Result or networkx.DiGraph
        A result, or its graph of liquidations.
    top : int
        How many at most.
    links : int
        Links that a chain has at least; as a chain never carries more than its last link, the largest are short.
    crossing : bool
        Only those that cross from one market into another.

    Returns
    -------
    list of Chain
        None that carries less than `LEAST` of what the largest link does.
    """
    graph = source if isinstance(source, nx.DiGraph) else source.contagion()
    long = (_chain(graph, path, carried) for carried, path in _Search(graph) if len(path) > links)
    return list(islice((chain for chain in long if chain.crosses or not crossing), top))
