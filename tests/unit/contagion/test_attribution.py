"""Who consumed whose buffer: worked by hand, on a made mark path, and as a graph of a run."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion import attribution
from cascade_sim.contagion.attribution import attribute, losses_of
from cascade_sim.contagion.graph import branching_ratio, contagion_graph
from cascade_sim.contagion.mark_path import MarkPath
from cascade_sim.contagion.paths import market_flows
from cascade_sim.contagion.refill import HORIZON, Moves, net_of_refill
from cascade_sim.contagion.sources import Sources


def test_by_hand(by_hand):
    # The sale takes the last price from 100 to 98, then the liquidations one after the other to 97, 96, 95, 93.
    # 12 longs breach at 98, 12 more at 98, 9 at 97 and 20 at 95.
    parts = attribute(by_hand)
    found = parts.groupby(["liquidation", "source"])["amount"].sum().to_dict()
    sale = {(1, 0): 24, (2, 0): 24, (3, 0): 18, (4, 0): 40}
    assert found == pytest.approx(sale | {(3, 1): 9, (4, 1): 20, (4, 2): 20, (4, 3): 20})
    assert set(parts.loc[parts["source"] == 0, "category"]) == {"custom agents"}
    assert set(parts.loc[parts["source"] > 0, "category"]) == {"liquidations"}


def test_by_hand_graph(by_hand):
    graph = by_hand.contagion()
    weights = {(1, 3): 9, (1, 4): 20, (2, 4): 20, (3, 4): 20}
    assert nx.get_edge_attributes(graph, "weight") == pytest.approx(weights)
    assert graph.edges[1, 3]["share"] == pytest.approx(1 / 3)
    assert graph.edges[2, 4]["cross"] == 0
    assert [graph.nodes[n]["lost"] for n in (1, 2, 3, 4)] == pytest.approx([24, 24, 27, 100])
    assert branching_ratio(graph) == pytest.approx(1431 / 5125)


def test_nobody_liquidated(calm):
    assert attribute(calm).empty
    assert len(calm.contagion()) == 0
    assert np.isnan(branching_ratio(calm.contagion()))


def test_every_liquidation_has_a_cause(crash):
    parts, breaches = attribute(crash), crash.events["breach"]
    assert set(parts["liquidation"]) == set(breaches["liquidation"])
    assert (parts["amount"] != 0).all()
    account = dict(zip(breaches["liquidation"], breaches["account"], strict=True))
    assert (parts["liquidation"].map(account) == parts["account"]).all()


def test_amounts_are_what_the_positions_lost(crash):
    marks = {name: rows.set_index("number")["mark"] for name, rows in crash.events["mark"].groupby("market")}
    starts = crash.events["breach"].set_index("liquidation")["reference"]
    parts = attribute(crash)
    parts = parts[parts["category"] != "funding"].groupby(["liquidation", "market"])["amount"].sum()
    lost = {}
    for item in crash.events["exposure"].itertuples():
        path = marks[item.market]
        # Everybody's reference is the first mark on record, or the own last change of the position.
        reference = max(starts[item.liquidation], path.index[0])
        lost[item.liquidation, item.market] = -item.size * (path[item.mark_number] - path[reference])
    assert parts.to_dict() == pytest.approx({key: lost[key] for key in parts.index}, abs=1e-6)
    assert all(abs(amount) < 1e-9 for key, amount in lost.items() if key not in parts.index)


def test_nobody_is_brought_down_by_what_comes_later(crash):
    graph = crash.contagion()
    assert graph.number_of_edges() > 20
    assert nx.is_directed_acyclic_graph(graph)
    times = dict(graph.nodes(data="time"))
    for source, target, data in graph.edges(data=True):
        assert times[source] <= times[target]
        assert data["delay"] == pytest.approx(times[target] - times[source])
        assert data["weight"] > 0
        assert 0 <= data["cross"] <= data["weight"]


def test_nodes_are_the_liquidations(crash):
    graph, breaches = crash.contagion(), crash.events["breach"].set_index("liquidation")
    assert set(graph) == set(breaches.index)
    assert dict(graph.nodes(data="notional")) == pytest.approx(breaches["notional"].to_dict())
    assert {data for _, data in graph.nodes(data="market")} <= set(crash.scenario.markets)


def path(rule, window, part, mark, index=100.0, moves=()):
    """A mark path of one publication a second, numbered from 1, after a long time of the same."""
    number, cause, category, mid, last = (np.array(column) for column in zip(*moves)) if moves else [np.empty(0)] * 5
    source = np.arange(len(number))
    return MarkPath(
        rule=rule,
        window=window,
        first=window,
        age=1e6,
        time=np.arange(1.0, len(mark) + 1),
        mark=np.asarray(mark, float),
        index=np.broadcast_to(np.asarray(index, float), len(mark)).copy(),
        part=np.broadcast_to(np.asarray(part, np.int64), len(mark)).copy(),
        sources=Sources(cause.astype(np.int64), category.astype(object)),
        mid=Moves(number.astype(np.int64) + window - 1, source, mid.astype(float)),
        last=Moves(number.astype(np.int64) + window - 1, source, last.astype(float)),
    )


def made(path, was, now):
    """What each source made of the mark between two rows, USD."""
    where = path.window_of(np.array([was]), np.array([now]))
    _, source, amount = path.made_by_sources(where, np.array([-1.0]), np.zeros(1))
    by_source = np.bincount(source, amount, len(path.sources))
    # Both ways to ask agree: source by source, and all together.
    everyone = np.ones(len(path.sources), bool)
    assert path.made_together(everyone, where)[0] == pytest.approx(by_source.sum())
    return by_source.tolist()


def test_the_last_trade_arrives_at_once():
    moves = [(2, 7, "liquidations", -9.0, -3.0), (3, 0, "quotes", 5.0, 1.0)]
    own = path("last", 1, 0, [100, 97, 98], moves=moves)
    assert made(own, 0, 1) == [-3, 0]
    assert made(own, 0, 2) == [-3, 1]
    assert made(own, 1, 2) == [0, 1]


def test_a_mean_of_four_samples_arrives_in_quarters():
    own = path("median", 4, 1, [100, 99, 98, 97, 96, 96], moves=[(2, 7, "liquidations", -4.0, 0.0)])
    assert [made(own, 0, row)[0] for row in range(6)] == [0, -1, -2, -3, -4, -4]
    # What had arrived before an account's reference is not its loss.
    assert made(own, 2, 5) == [-2]


def test_a_window_that_is_not_full_yet_is_a_mean_of_what_is_in_it():
    own = path("median", 4, 1, [100, 99, 98, 97, 96, 96], moves=[(2 - 3, 7, "liquidations", -4.0, 0.0)])
    own.first = 1  # the first mark on record is the first sample; the move comes in the second
    assert [made(own, 0, row)[0] for row in range(6)] == pytest.approx([0, -2, -8 / 3, -3, -4, -4])


@pytest.mark.parametrize(("part", "memory"), [(0, 150), (2, 30)])
def test_an_exponential_mean_arrives_as_in_the_exchange(part, memory):
    own = path("hyperliquid", 1, part, [100] * 200, moves=[(2, 7, "liquidations", -10.0, 0.0)])
    # The sample at mark 2 enters with the second since mark 1, and so on.
    arrived = [made(own, 0, row)[0] for row in range(200)]
    assert arrived == pytest.approx(-10 * (1 - np.exp(-np.arange(200) / memory)))


@pytest.mark.parametrize("age", [1.0, 40.0, 1e6])
def test_arrival_is_that_of_the_means_themselves(age):
    rng = np.random.default_rng(3)
    seconds = 80
    number = np.sort(rng.integers(2, seconds + 1, 30))
    size = rng.normal(0, 1, 30)
    moves = [(int(n), 1 + k % 4, "liquidations", x, 0.0) for k, (n, x) in enumerate(zip(number, size, strict=True))]
    own = path("hyperliquid", 1, 2, [100] * seconds, moves=moves)
    own.age = age
    # Samples of one second each, those before the record included, forgotten at 1 / 30 s.
    before = int(min(age, 2000))
    price = np.concatenate([np.zeros(before - 1), np.cumsum(np.bincount(number - 1, size, seconds))])
    for row in (1, 20, 79):
        weights = np.exp(-np.arange(before + row)[::-1] / 30)
        mean = np.average(price[: before + row], weights=weights)
        assert sum(made(own, 0, row)) == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize(("mark", "by"), [(98, -2), (94, -6), (97, -4)])
def test_a_mark_that_changes_its_component_is_explained_by_the_one_that_explains_it_or_by_both(mark, by):
    # The move takes the mean down by 2 and the last trade by 6; the mark was the one and is the other.
    own = path("median", 4, [1, 1, 2], [100, 99, mark], moves=[(2, 7, "liquidations", -4.0, -6.0)])
    assert made(own, 0, 2) == [by]


def test_the_index_moves_the_mean_basis_only_as_far_as_it_runs_ahead():
    # The mark is index plus mean basis; the mid stays, so the basis makes up for the index within its window.
    own = path("median", 4, 1, [100] * 6, index=[100, 90, 90, 90, 90, 90])
    done = own.made_by_index(own.window_of(np.zeros(5, np.int64), np.arange(1, 6)))
    assert done.tolist() == pytest.approx([-5, -10 / 3, -2.5, 0, 0])


SOURCES = [(0, "quotes"), (0, "trading"), (3, "liquidations"), (4, "liquidations"), (7, "liquidations")]


def net(rows, by_quotes):
    """Moves of (time, cause, category, size), all before one mark, with rebounds booked."""
    time, cause, category, size = (np.array(column) for column in zip(*rows))
    source = np.array([SOURCES.index((int(c), str(name))) for c, name in zip(cause, category, strict=True)])
    moves = Moves(np.arange(len(rows)), source, size.astype(float))
    return net_of_refill(time.astype(float), moves, category == "quotes", by_quotes)


def booked(*rows, by_quotes=True):
    """What is booked to each cause and category."""
    found = net(rows, by_quotes)
    sums = np.bincount(found.source, found.size, len(SOURCES))
    return {who: amount for who, amount in zip(SOURCES, sums.tolist(), strict=True) if amount != 0}


def test_quotes_that_come_back_undo_the_trade():
    assert booked((1, 7, "liquidations", -10), (3, 0, "quotes", 6)) == {(7, "liquidations"): -4}


def test_quotes_that_go_further_are_their_own():
    assert booked((1, 7, "liquidations", -10), (3, 0, "quotes", 14)) == {(0, "quotes"): 4}


def test_a_refill_is_shared_in_proportion():
    found = booked((1, 7, "liquidations", -9), (1, 0, "trading", -3), (2, 0, "quotes", 4))
    assert found == pytest.approx({(7, "liquidations"): -6, (0, "trading"): -2})


def test_of_what_comes_back_whole_nothing_is_left():
    rows = [(1, 7, "liquidations", -0.1), (1, 3, "liquidations", -0.7), (1, 0, "trading", -0.1)]
    assert booked(*rows, (2, 0, "quotes", 1.0)) == pytest.approx({(0, "quotes"): 0.1})


def test_what_comes_late_is_no_refill():
    late = (1 + HORIZON + 0.1, 0, "quotes", 6)
    assert booked((1, 7, "liquidations", -10), late) == {(7, "liquidations"): -10, (0, "quotes"): 6}


def test_quotes_in_the_same_direction_are_no_refill():
    found = booked((1, 7, "liquidations", -10), (2, 0, "quotes", -1))
    assert found == {(7, "liquidations"): -10, (0, "quotes"): -1}


def test_the_next_trade_undoes_the_bounce_of_the_last_price():
    rows = (1, 7, "liquidations", -2), (2, 0, "trading", 2)
    assert booked(*rows, by_quotes=False) == {}
    assert booked(*rows) == {(7, "liquidations"): -2, (0, "trading"): 2}


@pytest.mark.parametrize("by_quotes", [True, False])
def test_booking_keeps_the_sum_at_every_mark(by_quotes):
    rng = np.random.default_rng(8)
    picks = [SOURCES[k] for k in rng.integers(0, 4, 300)]
    times, sizes = np.sort(rng.uniform(0, 100, 300)), rng.normal(0, 1, 300)
    rows = [(time, *who, size) for time, who, size in zip(times, picks, sizes, strict=True)]
    found = net(rows, by_quotes)
    for mark in (30, 150, 299):
        assert found.size[found.number <= mark].sum() == pytest.approx(sizes[: mark + 1].sum())


def test_what_a_source_made_of_a_mark_is_one_row():
    moves = Moves(np.array([1, 1, 1, 2, 2]), np.array([2, 1, 0, 2, 0]), np.array([-8.0, -8.0, 6.0, -1.0, 2.0]))
    found = net_of_refill(np.arange(5.0), moves, np.array([False, False, True, False, True]), by_quotes=True)
    pairs = list(zip(found.number.tolist(), found.source.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    # 3 of the 6 that come back are each seller's; of the 2 that follow, in proportion to the 5, 5 and 1 still out.
    assert dict(zip(pairs, found.size.tolist(), strict=True)) == pytest.approx(
        {(1, 2): -5, (1, 1): -5, (2, 2): -1 + 2 * 6 / 11, (2, 1): 2 * 5 / 11}
    )


def test_losses_at_hand_are_not_looked_for_again(crash, calm, monkeypatch):
    losses, graph, flows = losses_of(crash), contagion_graph(crash), market_flows(crash)
    assert losses_of(calm) is None
    monkeypatch.setattr(attribution, "mark_paths", None)
    pd.testing.assert_frame_equal(market_flows(crash, losses), flows)
    found = contagion_graph(crash, losses)
    assert dict(found.nodes(data=True)) == dict(graph.nodes(data=True))
    assert list(found.edges(data=True)) == list(graph.edges(data=True))
    with pytest.raises(TypeError):
        contagion_graph(crash)
