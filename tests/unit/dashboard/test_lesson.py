"""What is seen of a run under way is what the run's own frames say."""

import mesa
import numpy as np
import pytest

from cascade_sim.dashboard import Desk, Lesson, snapshot_of
from cascade_sim.scenario.load import load_scenario

SHORT = (
    "duration=240",
    "burn_in=30",
    "news.0.at=20",
    "news.0.over=60",
    "news.0.move=-0.05",
    "agents.traders.crowd.count=300",
)
MARKET = "BTC-PERP"


def fallen():
    desk = Desk(load_scenario("one-market", SHORT), seed=3)
    desk.choices["leverage"] = 12
    lesson = Lesson(desk)
    for _ in range(60):
        lesson.step()
    return lesson


@pytest.fixture(scope="module")
def lesson():
    return fallen()


@pytest.fixture(scope="module")
def seen(lesson):
    return snapshot_of(lesson.cascade, MARKET, lesson.liquidations)


@pytest.fixture(scope="module")
def result(lesson):
    return lesson.cascade.result()


def test_prices_are_those_of_the_series(seen, result):
    series = result.market(MARKET)
    assert seen.now == series.index[-1] == 120
    for name in ("mid", "mark", "fundamental"):
        assert (getattr(seen, name) == series[name].to_numpy()).all()
    assert seen.fall == pytest.approx(result.summary["markets"][MARKET]["fall"])


def test_numbers_are_those_of_the_series(seen, result):
    last = result.market(MARKET).iloc[-1]
    assert last["liquidated"] > 0
    assert (seen.liquidated, seen.bad_debt, seen.fund) == tuple(last[["liquidated", "bad_debt", "insurance_fund"]])
    assert seen.branching == result.market(MARKET)["branching_down"].dropna().iloc[-1]


def test_map_and_book_are_the_last_on_record(seen, result):
    map_ = result.liquidation_map
    map_ = map_[
        (map_["time"] == map_["time"].max()) & (map_["price"] > seen.edges[0]) & (map_["price"] < seen.edges[-1])
    ]
    for side in ("longs", "shorts"):
        assert getattr(seen, side).sum() == pytest.approx(map_.loc[map_["side"] == side, "notional"].sum())
    book = result.depth_profile
    book = book[(book["market"] == MARKET) & (book["time"] == book["time"].max())]
    assert (seen.distance == book["distance"].to_numpy()).all()
    assert seen.depth == pytest.approx(book["depth"].to_numpy(), rel=0.02)  # by the mid and not by the last trade


def test_traders_are_those_of_the_accounts(seen, result):
    traders = result.accounts[result.accounts["role"] == "trader"]
    assert seen.left == pytest.approx((traders["end"] / traders["start"]).to_numpy())
    assert (seen.was_liquidated == (traders["liquidations"] > 0).to_numpy()).all()
    assert 0 < seen.was_liquidated.sum() < len(seen.left)


def test_liquidations_are_those_of_the_graph(seen, result):
    graph, found = result.contagion(), seen.liquidations
    nodes = list(graph)
    assert len(found) == len(nodes) > 3
    assert found.time.tolist() == [graph.nodes[node]["time"] for node in nodes]
    assert found.generation.tolist() == [graph.nodes[node]["generation"] for node in nodes]
    for k, node in enumerate(nodes):
        weights = {u: data["weight"] for u, _, data in graph.in_edges(node, data=True)}
        assert (found.parent[k] == -1) == (not weights)
        assert not weights or weights[nodes[found.parent[k]]] == max(weights.values())
    sizes = result.events["exposure"].groupby("liquidation")["size"].sum()
    assert (found.is_long == (sizes.loc[nodes] >= 0).to_numpy()).all()


def test_the_same_desk_gives_the_same_run_again(lesson):
    other = fallen()
    assert other.cascade.simulation.records.digest() == lesson.cascade.simulation.records.digest()
    other.close()


def test_it_ends_with_its_scenario():
    short = Lesson(Desk(load_scenario("by-hand")))
    while not short.is_over:
        short.step()
    assert short.cascade.seconds == short.cascade.scenario.duration
    seen = snapshot_of(short.cascade, "X-PERP", short.liquidations)
    assert seen.fall == pytest.approx(0.07)
    assert len(seen.liquidations) == 4
    short.close()


def test_a_run_that_cannot_go_on_says_why():
    news = ("news.0.move=5", "news.0.over=1", "news.0.at=1", "burn_in=0", "duration=60")
    lesson = Lesson(Desk(load_scenario("one-market", news)))
    while not lesson.is_over:
        lesson.step()
    assert "outside the prices" in lesson.trouble


def test_nobody_keeps_a_closed_one():
    lesson = Lesson(Desk(load_scenario("by-hand")))
    cascade = lesson.cascade
    lesson.close()
    assert cascade not in getattr(mesa.Agent, "_ids", {})
    assert len(cascade.agents) == 0


def test_a_fresh_one_can_be_seen():
    lesson = Lesson(Desk(load_scenario("one-market", SHORT)))
    seen = snapshot_of(lesson.cascade, MARKET, lesson.liquidations)
    assert (seen.now, seen.fall, seen.liquidated, seen.bad_debt) == (0, 0, 0, 0)
    assert not len(seen.liquidations)
    assert np.isfinite(seen.left).all()
    lesson.close()
