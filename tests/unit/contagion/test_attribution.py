"""Who consumed whose buffer: worked by hand, on a made mark path, and as a graph of a run."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.attribution import attribute
from cascade_sim.contagion.graph import branching_ratio
from cascade_sim.contagion.mark_path import MarkPath
from cascade_sim.contagion.refill import HORIZON, net_of_refill


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
    """A mark path of one publication a second, numbered from 1."""
    columns = ["time", "number", "cause", "category", "mid_move", "last_move"]
    times = np.arange(1.0, len(mark) + 1)
    whole = np.broadcast_to(np.asarray(index, float), len(mark)).copy()
    parts = np.broadcast_to(np.asarray(part, np.int64), len(mark)).copy()
    return MarkPath(rule, window, 1, times, np.asarray(mark, float), whole, parts, pd.DataFrame(moves, columns=columns))


def test_the_last_trade_arrives_at_once():
    made = path(
        "last", 1, 0, [100, 97, 98], moves=[(1.5, 2, 7, "liquidations", -9.0, -3.0), (2.5, 3, 0, "quotes", 5.0, 1.0)]
    )
    assert made.made_by_moves(0, 1).tolist() == [-3, 0]
    assert made.made_by_moves(0, 2).tolist() == [-3, 1]
    assert made.made_by_moves(1, 2).tolist() == [0, 1]


def test_a_mean_of_four_samples_arrives_in_quarters():
    made = path("median", 4, 1, [100, 99, 98, 97, 96, 96], moves=[(1.5, 2, 7, "liquidations", -4.0, 0.0)])
    arrived = [float(made.made_by_moves(0, row)[0]) for row in range(6)]
    assert arrived == [0, -1, -2, -3, -4, -4]
    # What had arrived before an account's reference is not its loss.
    assert made.made_by_moves(2, 5).tolist() == [-2]


def test_an_exponential_mean_arrives_by_age():
    made = path("hyperliquid", 1, 0, [100] * 200, moves=[(1.0, 2, 7, "liquidations", -10.0, 0.0)])
    assert made.made_by_moves(0, 150)[0] == pytest.approx(-10 * (1 - np.exp(-1)))


def test_the_index_moves_the_mean_basis_only_as_far_as_it_runs_ahead():
    # The mark is index plus mean basis; the mid stays, so the basis makes up for the index within its window.
    made = path("median", 4, 1, [100] * 6, index=[100, 90, 90, 90, 90, 90])
    assert [made.made_by_index(0, row) for row in range(1, 6)] == pytest.approx([-5, -10 / 3, -2.5, 0, 0])


def moves(*rows):
    """Moves of the mid by (time, cause, category, size)."""
    columns = ["time", "number", "cause", "category", "mid_move", "last_move"]
    return pd.DataFrame(
        [(time, 1, cause, category, size, size) for time, cause, category, size in rows], columns=columns
    )


def booked(rows, column="mid_move"):
    """What is booked to each cause and category."""
    total = net_of_refill(rows).groupby(["cause", "category"])[column].sum()
    return {key: amount for key, amount in total.to_dict().items() if amount != 0}


def test_quotes_that_come_back_undo_the_trade():
    rows = moves((1, 7, "liquidations", -10), (3, 0, "quotes", 6))
    assert booked(rows) == {(7, "liquidations"): -4}


def test_quotes_that_go_further_are_their_own():
    rows = moves((1, 7, "liquidations", -10), (3, 0, "quotes", 14))
    assert booked(rows) == {(0, "quotes"): 4}


def test_a_refill_is_shared_in_proportion():
    rows = moves((1, 7, "liquidations", -9), (1, 0, "trading", -3), (2, 0, "quotes", 4))
    assert booked(rows) == pytest.approx({(7, "liquidations"): -6, (0, "trading"): -2})


def test_what_comes_late_is_no_refill():
    rows = moves((1, 7, "liquidations", -10), (1 + HORIZON + 0.1, 0, "quotes", 6))
    assert booked(rows) == {(7, "liquidations"): -10, (0, "quotes"): 6}


def test_quotes_in_the_same_direction_are_no_refill():
    rows = moves((1, 7, "liquidations", -10), (2, 0, "quotes", -1))
    assert booked(rows) == {(7, "liquidations"): -10, (0, "quotes"): -1}


def test_the_next_trade_undoes_the_bounce_of_the_last_price():
    rows = moves((1, 7, "liquidations", -2), (2, 0, "trading", 2))
    assert booked(rows, "last_move") == {}
    assert booked(rows, "mid_move") == {(7, "liquidations"): -2, (0, "trading"): 2}


def test_booking_keeps_the_sum_at_every_time():
    rng = np.random.default_rng(8)
    kinds = [(0, "quotes"), (0, "trading"), (3, "liquidations"), (4, "liquidations")]
    picks = [kinds[k] for k in rng.integers(0, 4, 300)]
    times = np.sort(rng.uniform(0, 100, 300))
    rows = moves(*((time, *kind, size) for time, kind, size in zip(times, picks, rng.normal(0, 1, 300), strict=True)))
    net = net_of_refill(rows)
    for column in ("mid_move", "last_move"):
        for time in (10, 50, 100):
            before = rows.loc[rows["time"] <= time, column].sum()
            assert net.loc[net["time"] <= time, column].sum() == pytest.approx(before)
