"""The loss spiral of holders whose venue keeps their leverage: who breached when, and through whom."""

import numpy as np
import pytest

from cascade_sim.experiments.validation.generations import spiral_ratio_before
from cascade_sim.experiments.validation.margin_spiral import ASSETS, branching_ratio, spiral

_TICK = 4e-6  # of the price


@pytest.fixture(scope="module")
def result():
    return spiral(8.0, 24)


def test_every_round_is_a_generation_with_a_liquidation_of_each_holder(result):
    nodes = dict(result.contagion().nodes(data=True))
    breaches = result.events["breach"]
    rounds = np.unique(breaches["time"], return_inverse=True)[1]
    assert [nodes[number]["generation"] for number in breaches["liquidation"]] == rounds.tolist()
    assert len({node["account"] for node in nodes.values()}) == 10
    assert not breaches.groupby("time")["account"].value_counts().ne(1).any()
    assert breaches.groupby("time").size().eq(10).all()


def test_a_generation_lost_to_the_one_before_and_to_nothing_else(result):
    graph = result.contagion()
    for number, data in graph.nodes(data=True):
        causes = {graph.nodes[cause]["generation"] for cause in graph.predecessors(number)}
        assert causes == ({data["generation"] - 1} if data["generation"] else set())
        taken = sum(edge["weight"] for _, _, edge in graph.in_edges(number, data=True))
        assert taken == pytest.approx(data["lost"] if causes else 0.0)


def test_each_liquidation_ends_before_the_next_mark_and_attempts_after_the_first_are_for_its_own_cost(result):
    sales = result.events["liquidation_order"]
    released = result.events["released"].set_index("liquidation")["time"]
    breached = result.events["breach"].set_index("liquidation")["time"]
    assert set(released.index) == set(breached.index)
    assert ((released - breached) < 0.2).all()  # marks come each second
    again = sales.groupby("liquidation").cumcount() > 0
    assert sales.loc[again, "notional"].sum() < 1e-3 * sales["notional"].sum()


def test_the_first_round_restores_leverage_and_all_of_them_end_where_theory_does(result):
    graph = result.contagion()
    first = sum(node["closed"] for _, node in graph.nodes(data=True) if node["generation"] == 0)
    assert first == pytest.approx(7 * ASSETS * 24 * _TICK, rel=1e-3)
    last = result.market("X")["last"].iloc[-1]
    assert 1 - last / 100 == pytest.approx(24 * _TICK / (1 - branching_ratio(8)))


def test_the_ratio_before_the_fact_is_of_what_is_on_record(result):
    assert spiral_ratio_before(result) == pytest.approx(0.7, rel=1e-6)
    assert spiral_ratio_before(spiral(5.0, 6)) == pytest.approx(0.4, rel=1e-6)
