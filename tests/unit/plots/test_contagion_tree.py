"""The tree of a cascade: every liquidation is in it, at its time, below the one that cost it most."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from cascade_sim.plots import plot_contagion
from cascade_sim.plots.contagion.clock import Clock
from cascade_sim.plots.contagion.swarm import fit
from cascade_sim.plots.contagion.wave import MOST_ROWS, wave_of


def drawn(figure):
    """The figure after it has been drawn; its headline and lines stay inside it, and names cover none of each other."""
    figure.draw_without_rendering()
    for text in [figure._suptitle, *figure.texts]:
        assert text.get_window_extent().x1 <= figure.bbox.x1
    return figure


def collections(figure):
    """Bubbles, and the paths of faint and of solid links."""
    axes = figure.axes[0]
    bubbles = next(item for item in axes.collections if len(item.get_offsets()) and item.get_zorder() == 3)
    links = {item.get_label(): item.get_paths() for item in axes.collections if item.get_label() in ("faint", "solid")}
    return bubbles, links.get("faint", []), links.get("solid", [])


def chain():
    """Anyway 1 and 2; 3 lost more to 2 than to 1, 4 to 3 alone; 1 also cost 2 something."""
    graph = nx.DiGraph()
    for k, generation in enumerate([0, 0, 1, 2], 1):
        graph.add_node(
            k, account=k, role="trader", time=60.0 * k, notional=100.0 * k, lost=10.0, market="A", generation=generation
        )
    for source, target, weight in ((1, 2, 1.0), (1, 3, 2.0), (2, 3, 3.0), (3, 4, 5.0)):
        graph.add_edge(source, target, weight=weight, share=weight / 10, market="A", cross=0.0, delay=60.0)
    return graph


def test_each_hangs_from_what_cost_it_most():
    wave = wave_of(chain())
    assert wave.hangs_from.tolist() == [-1, -1, 1, 2]
    assert wave.roots.tolist() == [0, 1, 1, 1]
    assert wave.links[wave.solid][["source", "target"]].to_numpy().tolist() == [[1, 2], [2, 3]]


def test_the_headline_counts_what_was_brought_down(by_hand):
    figure = drawn(plot_contagion(by_hand, chain()))
    assert figure.get_suptitle() == (
        "2 of 4 liquidations needed earlier ones to come when they did: 700 of 1 k USD held (70%)"
    )
    tree = "From account 2 (trader, 200 USD) hang 2 more liquidations, 700 USD."
    assert tree in [text.get_text() for text in figure.texts]
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert [row.rsplit("\n", 1)[1] for row in rows] == ["(2, 300 USD)", "(1, 300 USD)", "(1, 400 USD)"]
    _, faint, solid = collections(figure)
    assert (len(faint), len(solid)) == (2, 2)


@pytest.mark.parametrize("count", [1, 2, 5, 200])
def test_a_bubble_a_liquidation_while_there_is_room(by_hand, cascade_graph, count):
    graph = cascade_graph(count)
    bubbles, faint, solid = collections(drawn(plot_contagion(by_hand, graph)))
    assert len(bubbles.get_offsets()) == count
    wave = wave_of(graph)
    assert len(solid) == (wave.hangs_from >= 0).sum()
    assert len(faint) == min(len(wave.links) - len(solid), 150)


def test_bubbles_do_not_cover_each_other_and_are_in_proportion(by_hand, cascade_graph):
    graph = cascade_graph(200)
    bubbles, _, _ = collections(drawn(plot_contagion(by_hand, graph)))
    at, radius = np.array(bubbles.get_offsets()), np.sqrt(bubbles.get_sizes()) / 2
    apart = np.hypot(*(at[:, None] - at).T)
    assert (apart - radius - radius[:, None])[np.triu_indices(200, 1)].min() > 0
    notional = wave_of(graph).nodes["notional"].to_numpy()
    visible = radius > radius.min()
    per_usd = radius[visible] ** 2 / notional[visible]
    assert visible.sum() > 10
    assert per_usd == pytest.approx(np.full(visible.sum(), per_usd[0]))


def test_rows_are_generations(by_hand, cascade_graph):
    graph = cascade_graph(200)
    bubbles, _, _ = collections(drawn(plot_contagion(by_hand, graph)))
    nodes = wave_of(graph).nodes
    height = pd.Series(np.array(bubbles.get_offsets())[:, 1]).groupby(nodes["row"].to_numpy())
    assert (height.min().to_numpy()[:-1] > height.max().to_numpy()[1:]).all()
    later = nodes.groupby("row")["generation"]
    assert (later.max().to_numpy()[:-1] < later.min().to_numpy()[1:]).all()


def test_many_generations_share_rows(by_hand):
    graph = nx.path_graph(60, nx.DiGraph)
    for k, node in graph.nodes(data=True):
        node |= {"account": k, "role": "trader", "time": float(k), "notional": 1e3, "lost": 10.0, "market": "A"}
        node["generation"] = k
    nx.set_edge_attributes(graph, {edge: {"weight": 9.0, "market": "A"} for edge in graph.edges})
    rows = [label.get_text() for label in drawn(plot_contagion(by_hand, graph)).axes[0].get_yticklabels()]
    assert len(rows) == MOST_ROWS
    assert [row.replace("\n", " ").split(" (")[0] for row in rows[2:]] == [
        "2 to 16 forced trades in a row",
        "17 to 30 forced trades in a row",
        "31 to 45 forced trades in a row",
        "46 to 59 forced trades in a row",
    ]


def test_tens_of_thousands_of_liquidations_are_drawn_in_groups(by_hand, cascade_graph):
    figure = drawn(plot_contagion(by_hand, cascade_graph(30_000)))
    bubbles, _, solid = collections(figure)
    assert 100 < len(bubbles.get_offsets()) <= 30 * 3 * MOST_ROWS
    assert 0 < len(solid) < len(bubbles.get_offsets())
    assert any("bubbles: a market, generation and stretch of time each" in text.get_text() for text in figure.texts)


def test_groups_hold_everything(cascade_graph):
    wave = wave_of(cascade_graph(5_000))
    groups = wave.grouped(30)
    assert groups.nodes["count"].sum() == 5_000
    assert groups.nodes["notional"].sum() == pytest.approx(wave.nodes["notional"].sum())
    assert groups.nodes["time"].is_monotonic_increasing
    assert groups.links["weight"].sum() <= wave.links["weight"].sum()
    assert not groups.links.duplicated(["source", "target"]).any()


def test_a_group_hangs_from_where_its_members_hang():
    graph = chain()
    for k in (5, 6, 7):  # three more like the third; 2 cost each most, 1 and 8 together more
        graph.add_node(k, **graph.nodes[3] | {"account": k, "time": 180.0})
        graph.add_edge(2, k, weight=2.0, share=0.2, market="A", cross=0.0, delay=60.0)
    graph.add_node(8, **graph.nodes[1] | {"account": 8})
    for k in (3, 5, 6, 7):
        for source in (1, 8):
            graph.add_edge(source, k, weight=1.9, share=0.19, market="A", cross=0.0, delay=60.0)
    groups = wave_of(graph).grouped(6)
    children = groups.nodes.index[groups.nodes["count"] == 4]
    parent = groups.nodes.loc[groups.hangs_from[children]]
    assert parent[["count", "notional"]].to_numpy().tolist() == [[1, 200]]
    heaviest = groups.links[groups.links["target"] == children[0]].set_index("source")["weight"].idxmax()
    assert groups.nodes.loc[heaviest, "count"] == 2


def test_many_at_one_moment(by_hand, cascade_graph):
    bubbles, _, _ = collections(drawn(plot_contagion(by_hand, cascade_graph(300, span=0.0))))
    assert len(bubbles.get_offsets()) == 300


@pytest.mark.parametrize("change", [{"notional": 0.0}, {"market": ""}, {"generation": 3}])
@pytest.mark.parametrize("count", [1, 450])
def test_odd_liquidations(by_hand, cascade_graph, count, change):
    graph = cascade_graph(count)
    for _, node in graph.nodes(data=True):
        node |= change
    drawn(plot_contagion(by_hand, graph))
    graph.remove_edges_from(list(graph.edges))
    drawn(plot_contagion(by_hand, graph))


def test_shipped_runs(by_hand, crash, calm):
    for result in (by_hand, crash):
        graph = result.contagion()
        figure = drawn(plot_contagion(result, graph))
        assert len(collections(figure)[0].get_offsets()) == len(graph)
        assert f"of {len(graph)} liquidations" in figure.get_suptitle()
    assert plot_contagion(calm).axes[0].texts[0].get_text() == "nobody was liquidated"


def test_quiet_time_is_cut_and_order_is_kept():
    times = np.concatenate([np.linspace(0, 100, 60), np.linspace(5_000, 5_100, 60)])
    clock = Clock.of(times, 500.0)
    places = clock(times)
    assert clock.quiet.tolist() == [[100, 5_000]]
    assert (np.diff(places) > 0).all()
    assert places[-1] == 500
    assert places[60] - places[59] < 0.5 * 500


def test_one_moment_is_spread_in_order():
    assert Clock.of(np.full(4, 7.0), 8.0)(np.full(4, 7.0)).tolist() == [1, 3, 5, 7]


def test_no_room_is_said():
    assert fit(np.zeros(400), np.ones(400), np.zeros(400, int), 300.0) is None
