"""Graphs on disk are the graphs in memory, and every attribute says what it means."""

import json
import math

import networkx as nx
import pandas as pd
import pytest

from cascade_sim.contagion import export as module
from cascade_sim.contagion.attributes import ATTRIBUTES, meaning
from cascade_sim.contagion.export import export
from cascade_sim.contagion.exposure_network import exposure_network
from cascade_sim.contagion.unpaid_margin import worst_moment
from cascade_sim.folders import ResultError

TIME = 30.0


@pytest.fixture(scope="module")
def folder(crash, tmp_path_factory):
    """What is exported of the shipped crash."""
    return export(crash, tmp_path_factory.mktemp("export") / "graphs", time=TIME)


@pytest.fixture(scope="module")
def graphs(crash):
    """The same graphs, in memory."""
    return {"cascade": (crash.contagion(), int), "exposures": (exposure_network(crash, TIME), str)}


def numbers(data):
    """Attributes without those that are not finite."""
    return {name: value for name, value in data.items() if not isinstance(value, float) or math.isfinite(value)}


@pytest.mark.parametrize("name", ["cascade", "exposures"])
def test_graphml_reads_back_equal(folder, graphs, name):
    graph, node_type = graphs[name]
    back = nx.read_graphml(folder / f"{name}.graphml", node_type=node_type)
    assert dict(back.nodes(data=True)) == {node: numbers(data) for node, data in graph.nodes(data=True)}
    edges = {(a, b): numbers(data) for a, b, data in graph.edges(data=True)}
    assert {(a, b): data for a, b, data in back.edges(data=True)} == edges
    assert len(edges) > 20


@pytest.mark.parametrize("name", ["cascade", "exposures"])
def test_parquet_holds_the_same(folder, graphs, name):
    graph, _ = graphs[name]
    nodes, edges = (pd.read_parquet(folder / f"{name}-{part}.parquet") for part in ("nodes", "edges"))
    assert list(nodes.index) == list(graph)
    rows = edges.set_index(["source", "target"]).to_dict("index")
    for a, b, data in graph.edges(data=True):
        assert {key: value for key, value in rows[a, b].items() if pd.notna(value)} == numbers(data)


@pytest.mark.parametrize("name", ["cascade", "exposures"])
def test_every_attribute_is_documented(folder, name):
    for part in ("nodes", "edges"):
        columns = set(pd.read_parquet(folder / f"{name}-{part}.parquet").columns) - {"source", "target"}
        assert {column for column in columns if meaning(f"{name} {part}", column) is None} == set()
    assert meaning("exposures nodes", "colour") is None


def test_the_words_are_beside_the_numbers(folder):
    words = json.loads((folder / "attributes.json").read_text())
    assert words.keys() == ATTRIBUTES.keys()
    assert words["cascade edges"]["delay"] == {"meaning": "from breach to breach", "unit": "s"}


def test_without_a_time_exposures_are_those_of_the_worst_moment(by_hand, tmp_path):
    export(by_hand, tmp_path / "x")
    found = nx.read_graphml(tmp_path / "x" / "exposures.graphml")
    own = exposure_network(by_hand, worst_moment(by_hand))
    assert dict(found.nodes(data=True)) == dict(own.nodes(data=True))


def test_a_run_without_liquidations(calm, tmp_path):
    export(calm, tmp_path / "x")
    assert len(nx.read_graphml(tmp_path / "x" / "cascade.graphml")) == 0
    assert pd.read_parquet(tmp_path / "x" / "cascade-edges.parquet").empty


def test_all_files_or_none(by_hand, tmp_path, monkeypatch):
    write, written = nx.write_graphml, []

    def second_does_not_fit(graph, path):
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(graph, path)

    monkeypatch.setattr(module.nx, "write_graphml", second_does_not_fit)
    with pytest.raises(ResultError, match="No space left"):
        export(by_hand, tmp_path / "x")
    assert written
    assert list(tmp_path.iterdir()) == []
