"""What a run leaves behind, in memory and on disk."""

import errno
import json
import os

import networkx as nx
import pandas as pd
import pytest

from cascade_sim.results import Result, ResultError
from cascade_sim.scenario.load import load_scenario

FRAMES = ("series", "trades", "moves", "liquidation_map", "depth_profile", "accounts", "without_impact")


@pytest.fixture(scope="module")
def loaded(crash_folder):
    """The flash crash as read from its folder."""
    return Result.load(crash_folder)


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_back_as_they_were(crash, loaded, name):
    before, after = getattr(crash, name), getattr(loaded, name)
    assert len(before) > 0
    pd.testing.assert_frame_equal(before, after)
    assert before.attrs == after.attrs


def test_events_come_back_as_they_were(crash, loaded):
    assert {"breach", "exposure", "closed", "mark", "index", "liquidation_order"} <= set(crash.events)
    assert set(loaded.events) == set(crash.events)
    for kind, frame in crash.events.items():
        pd.testing.assert_frame_equal(frame, loaded.events[kind])


def test_the_rest_comes_back_as_it_was(crash, loaded):
    assert loaded.scenario == crash.scenario
    assert loaded.summary == crash.summary
    assert loaded.manifest == crash.manifest
    assert loaded.seed == crash.seed == 1
    assert dict(loaded.contagion().edges) == dict(crash.contagion().edges)


def test_the_manifest_says_how_to_repeat_the_run(crash, crash_folder):
    manifest = json.loads((crash_folder / "manifest.json").read_text())
    assert (manifest["scenario"], manifest["seed"], manifest["seconds"]) == ("flash-crash", 1, 150.0)
    assert manifest["scenario_digest"] == crash.scenario.digest()
    assert len(manifest["event_digest"]) == 32
    assert manifest["libraries"]["pandas"] == pd.__version__
    assert set(manifest) >= {"python", "platform"}
    assert load_scenario(str(crash_folder / "scenario.yaml")).digest() == manifest["scenario_digest"]


def test_any_parquet_reader_can_use_the_tables(crash, crash_folder):
    series = pd.read_parquet(crash_folder / "series.parquet", columns=["time", "market", "mid"])
    assert len(series) == 121 * 6  # a row a second and market
    assert sorted(series["market"].unique()) == sorted(crash.scenario.markets)
    breaches = pd.read_parquet(crash_folder / "events" / "breach.parquet")
    assert len(breaches) == crash.summary["liquidations"]["liquidations"]


def test_the_graph_is_readable_by_networkx(crash, crash_folder):
    graph = nx.read_graphml(crash_folder / "contagion.graphml", node_type=int)
    own = crash.contagion()
    assert set(graph) == set(own) == set(crash.events["breach"]["liquidation"])
    assert dict(graph.nodes(data="notional")) == dict(own.nodes(data="notional"))
    assert {edge[:2]: edge[2]["weight"] for edge in graph.edges(data=True)} == nx.get_edge_attributes(own, "weight")


def test_market_by_name(crash):
    assert crash.market("BTC-PERP").index.tolist() == [float(second) for second in range(121)]
    with pytest.raises(KeyError, match=r"'BTC' is not one of .*BTC-PERP"):
        crash.market("BTC")


def test_an_existing_folder_is_left_alone(by_hand, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "diary.txt").write_text("mine")
    with pytest.raises(ResultError, match="old exists already; choose another"):
        by_hand.save(tmp_path / "old")
    assert [file.name for file in (tmp_path / "old").iterdir()] == ["diary.txt"]


@pytest.mark.parametrize("when", [1, 4, 9])
def test_nothing_half_written_when_the_disk_is_full(by_hand, tmp_path, monkeypatch, when):
    written = []
    to_parquet = pd.DataFrame.to_parquet

    def fail_late(frame, path, *args, **kwargs):
        written.append(path)
        if len(written) == when:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        to_parquet(frame, path, *args, **kwargs)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail_late)
    with pytest.raises(ResultError, match="can't be written: No space left on device; nothing was changed there"):
        by_hand.save(tmp_path / "new", figures=False)
    assert len(written) == when
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written_when_interrupted(by_hand, tmp_path, monkeypatch):
    def interrupt(result, folder, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("cascade_sim.plots.save_figures", interrupt)
    with pytest.raises(KeyboardInterrupt):
        by_hand.save(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_folders_that_hold_no_results(crash_folder, tmp_path):
    with pytest.raises(ResultError, match="is not a folder of results"):
        Result.load(tmp_path)
    (tmp_path / "manifest.json").write_text("{damaged")
    with pytest.raises(ResultError, match="missing or damaged"):
        Result.load(tmp_path)
    (tmp_path / "manifest.json").write_bytes((crash_folder / "manifest.json").read_bytes())
    with pytest.raises(ResultError, match=r"missing or damaged: .*scenario.yaml"):
        Result.load(tmp_path)
