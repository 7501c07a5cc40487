"""Chains of liquidations along which most loss travelled, found best first in the graph of liquidations.

An edge i -> j says how much of j's loss the forced trades of i made (its weight) and which share of j's loss that is.
Along a chain i -> j -> k the amount carried is the share of j's loss that i made, of the loss that j made k suffer::

    carried = weight of the last edge * product of the shares of the edges before it

Shares above one (where rebounds made the rest of the loss negative) count as one: nobody is brought down by more than
all of the loss. So a chain never carries more than its own end, and the search, which makes chains longer at
their beginning, meets them in order of what they carry.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice, pairwise
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["Chain", "chains"]


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


def _paths(graph: "nx.DiGraph[int]") -> Iterator[tuple[float, tuple[int, ...]]]:
    """All paths of the graph, what they carry and their nodes, from the largest on.

    A path waits in the queue together with its place among the paths that differ in their first node only, so that
    each one taken out puts at most two in.
    """

    @cache
    def before(node: int) -> list[tuple[float, int]]:
        return sorted(
            ((_share(share), i) for i, _, share in graph.in_edges(node, "share")), key=lambda x: (-x[0], x[1])
        )

    number = count()
    # What it carries (negative: the largest first), a number to tell equals apart, path, place, what its rest carries.
    queue = [(-weight, next(number), (i, j), -1, 0.0) for i, j, weight in graph.edges(data="weight")]
    heapq.heapify(queue)

    def put(carried: float, rest: tuple[int, ...], place: int) -> None:
        """Let the path wait that leads to `rest` from its `place`-th largest source."""
        while place < len(sources := before(rest[0])) and sources[place][1] in rest:
            place += 1
        if place < len(sources) and sources[place][0] > 0.0:
            share, source = sources[place]
            heapq.heappush(queue, (-carried * share, next(number), (source, *rest), place, carried))

    while queue:
        negative, _, path, place, carried_by_rest = heapq.heappop(queue)
        yield -negative, path
        put(-negative, path, 0)
        if place >= 0:
            put(carried_by_rest, path[1:], place + 1)


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
    """
    graph = source if isinstance(source, nx.DiGraph) else source.contagion()
    long = (_chain(graph, path, carried) for carried, path in _paths(graph) if len(path) > links)
    return list(islice((chain for chain in long if chain.crosses or not crossing), top))
