"""The largest chains against all paths of a graph, one by one."""

from itertools import pairwise, permutations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascade_sim.contagion.chains import LEAST, chains


def graph_of(edges, markets=()):
    """Graph of liquidations from (source, target, weight, share) and markets of edges and nodes."""
    graph = nx.DiGraph()
    markets = dict(markets)
    for edge in edges:
        for node in edge[:2]:
            graph.add_node(node, account=10 * node, role="trader", time=float(node), market=markets.get(node, "A"))
    for source, target, weight, share in edges:
        graph.add_edge(source, target, weight=weight, share=share, market=markets.get((source, target), "A"))
    return graph


def all_paths(graph):
    """What every path of an acyclic graph carries, by its nodes."""
    found = {}
    for source, target in permutations(graph, 2):
        for path in nx.all_simple_paths(graph, source, target):
            links = [graph.edges[link] for link in pairwise(path)]
            carried = links[-1]["weight"]
            for link in links[:-1]:
                carried *= min(link["share"], 1.0) if link["share"] > 0 else 0.0
            if carried > 0:
                found[tuple(path)] = carried
    return found


links = st.lists(
    st.tuples(
        st.integers(1, 7),
        st.integers(1, 7),
        st.sampled_from([0.001, 0.07, 3.0, 5.0, 8.0, 20.0]),
        st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 1.3, float("nan")]),
    ).filter(lambda link: link[0] < link[1]),
    max_size=16,
    unique_by=lambda link: link[:2],
)


@given(links, st.integers(1, 4))
def test_all_paths_in_order(edges, least):
    graph = graph_of(edges)
    every = all_paths(graph)
    floor = LEAST * max(every.values(), default=0.0)
    wanted = {path: carried for path, carried in every.items() if len(path) > least and carried >= floor}
    found = chains(graph, top=10_000, links=least)
    assert {chain.liquidations: chain.carried for chain in found} == pytest.approx(wanted)
    amounts = [chain.carried for chain in found]
    assert amounts == sorted(amounts, reverse=True)
    assert len(found) == len(wanted)
    assert [chain.carried for chain in chains(graph, top=3, links=least)] == amounts[:3]


def test_what_a_chain_says():
    markets = {(1, 2): "A", (2, 3): "B", 3: "B"}
    (chain,) = chains(graph_of([(1, 2, 10.0, 0.5), (2, 3, 8.0, 0.25)], markets), links=2)
    assert (chain.liquidations, chain.accounts, chain.times) == ((1, 2, 3), (10, 20, 30), (1, 2, 3))
    assert (chain.losses, chain.shares, chain.markets) == ((10, 8), (0.5, 0.25), ("A", "B", "B"))
    assert chain.carried == 4  # half of what the second took from the third


def test_only_crossing_ones():
    markets = {(1, 2): "A", (2, 3): "B", (4, 5): "A", 2: "A", 3: "B"}
    graph = graph_of([(1, 2, 10.0, 0.5), (2, 3, 8.0, 0.25), (4, 5, 99.0, 1.0)], markets)
    assert [chain.liquidations for chain in chains(graph, crossing=True)] == [(1, 2, 3)]
    assert [chain.liquidations for chain in chains(graph)] == [(4, 5), (1, 2), (2, 3)]


def test_accounts_that_brought_each_other_down_are_not_gone_round():
    graph = graph_of([(1, 2, 10.0, 1.0), (2, 1, 10.0, 1.0)])
    assert len(chains(graph, top=100)) == 2


def test_of_a_run(by_hand, crash, calm):
    assert chains(calm) == []
    assert [chain.carried for chain in chains(by_hand, top=10)] == pytest.approx([20, 20, 20, 9, 20 / 3])
    graph = crash.contagion()
    largest = chains(graph, top=20)
    assert largest == chains(crash, top=20)
    weights = sorted((weight for _, _, weight in graph.edges(data="weight")), reverse=True)
    assert largest[0].carried == weights[0]
    assert all(chain.times == tuple(sorted(chain.times)) for chain in largest)
