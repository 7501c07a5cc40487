"""A graph of liquidations small enough for a file that other programs can open and people can read."""

import networkx as nx

__all__ = ["legible"]

MOST = 10_000


def legible(graph: "nx.DiGraph[int]", most: int = MOST) -> "nx.DiGraph[int]":
    """The graph itself, or its strongest edges where it is large.

    Parameters
    ----------
    graph : networkx.DiGraph
    most : int
        Edges that are kept: those of the largest weight. Where there are more nodes than that, those without any of
        these edges are left out too.

    Returns
    -------
    networkx.DiGraph
        With attributes ``nodes_left_out`` and ``edges_left_out`` of the graph if there are any; the attributes of its
        nodes still say what each of them lost to whom.
    """
    if max(len(graph), graph.number_of_edges()) <= most:
        return graph
    strongest = sorted(graph.edges(data=True), key=lambda edge: -edge[2]["weight"])[:most]
    small: nx.DiGraph[int] = nx.DiGraph(**graph.graph)
    touched = {node for edge in strongest for node in edge[:2]}
    small.add_nodes_from((node, data) for node, data in graph.nodes(data=True) if len(graph) <= most or node in touched)
    small.add_edges_from(strongest)
    small.graph |= {
        "nodes_left_out": len(graph) - len(small),
        "edges_left_out": graph.number_of_edges() - small.number_of_edges(),
    }
    return small
