"""Small graphs are written as they are, of large ones the strongest edges."""

import networkx as nx

from cascade_sim.contagion.legible import legible


def chain(nodes):
    graph = nx.DiGraph(name="chain")
    graph.add_nodes_from(range(nodes), lost=1.0)
    graph.add_edges_from((k, k + 1, {"weight": float(k)}) for k in range(nodes - 1))
    return graph


def test_a_small_graph_is_itself():
    graph = chain(5)
    assert legible(graph, most=5) is graph


def test_the_strongest_edges_of_a_large_graph_are_kept():
    graph = chain(9)
    graph.remove_nodes_from([0, 1, 2])
    graph.add_edge(3, 8, weight=0.5)
    small = legible(graph, most=3)
    assert set(small.edges) == {(5, 6), (6, 7), (7, 8)}
    assert set(small) == {5, 6, 7, 8}
    assert small.graph == {"name": "chain", "nodes_left_out": 2, "edges_left_out": 3}
    assert small.nodes[6] == {"lost": 1.0}


def test_all_nodes_stay_as_long_as_they_are_few():
    graph = nx.complete_graph(4, nx.DiGraph)
    nx.set_edge_attributes(graph, 1.0, "weight")
    small = legible(graph, most=4)
    assert len(small) == 4
    assert small.number_of_edges() == 4
