"""Generations, branching and shares: on the cascade worked by hand, on a crash, and with small parts pooled."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion import attribution
from cascade_sim.contagion.attribution import POOLED, Losses, attribute, smallest_named
from cascade_sim.contagion.branching import a_priori, branching, generation_table
from cascade_sim.contagion.generations import generations, maintenance_margin
from cascade_sim.contagion.shares import SHARES, shares
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.venues import Tier


def test_by_hand(by_hand):
    # The sale leaves 98, where 1 and 2 breach. 3 needs 97.5, and 4 needs 95.5: 4.5 a unit, of which the sale and
    # generation 0 made 4, so it took 3 as well.
    assert dict(by_hand.contagion().nodes(data="generation")) == {1: 0, 2: 0, 3: 1, 4: 2}


def test_a_venue_may_name_the_brackets_of_its_assets_alone(by_hand):
    rules = by_hand.scenario.model_dump(mode="json")
    tiers = rules["venues"]["exchange"]["rules"]["tiers"]
    tiers["X"] = tiers.pop("default")
    found = run(load_scenario(rules, trust=True), seed=1).contagion()
    assert dict(found.nodes(data="generation")) == dict(by_hand.contagion().nodes(data="generation"))


def test_branching_by_hand(by_hand):
    found = branching(by_hand)
    # Average prices of the sales as in the table of the cascade by hand.
    notional = [12 * 97.41667 + 12 * 96.25, 9 * 95.11111, 20 * 93.7]
    assert found.generations["closed"].tolist() == pytest.approx(notional, rel=1e-4)
    assert found.generations["liquidations"].tolist() == [2, 1, 1]
    assert found.generations["ratio"].tolist()[1:] == pytest.approx(
        [notional[1] / notional[0], notional[2] / notional[1]]
    )
    assert found.ratio == pytest.approx(1 - notional[0] / sum(notional), rel=1e-4)
    assert found.amplification == pytest.approx(sum(notional) / notional[0], rel=1e-4)
    twin = found.against_twin.loc["X-PERP"]
    assert (twin["fall"], twin["fall_without_impact"]) == pytest.approx((0.07, 0.02))
    assert twin["amplification_of_fall"] == pytest.approx(3.5)


def test_nobody_liquidated(calm):
    found = branching(calm)
    assert found.generations.empty
    assert np.isnan(found.ratio)
    assert shares(calm).empty


def test_margin_is_continuous_across_brackets():
    tiers = [Tier(floor=floor, maintenance=rate, leverage=10) for floor, rate in ((0, 0.01), (100, 0.02), (300, 0.1))]
    assert maintenance_margin(tiers, np.array([0.0, 50, 100, 200, 300, 400])).tolist() == pytest.approx(
        [0, 0.5, 1, 3, 5, 15]
    )


def test_margin_at_the_breach_is_the_one_on_record(crash):
    exposures, breaches = crash.events["exposure"], crash.events["breach"].set_index("liquidation")
    tiers = {
        name: venue.rules.tiers.get(market.asset, venue.rules.tiers["default"])
        for venue in crash.scenario.venues.values()
        for name, market in venue.markets.items()
    }
    notional = (exposures["size"] * exposures["mark"]).abs()
    margin = [
        maintenance_margin(tiers[market], np.array([value]))[0]
        for market, value in zip(exposures["market"], notional, strict=True)
    ]
    own = pd.Series(margin).groupby(exposures["liquidation"]).sum()
    pd.testing.assert_series_equal(own, breaches["maintenance"], check_names=False, rtol=1e-6)


def test_generations_follow_their_definition(crash):
    """One liquidation after the other, from the parts by source."""
    graph, parts = crash.contagion(), attribute(crash)
    assert max(dict(graph.nodes(data="generation")).values()) > 3
    found = dict(graph.nodes(data="generation"))
    for number, own in parts.groupby("liquidation"):
        forced = own[own["source"] > 0].groupby("source")["amount"].sum()
        otherwise = own["amount"].sum() - forced.sum()
        of_source = forced.index.map(found)
        below = forced[of_source < found[number]].sum()
        lower = forced[of_source < found[number] - 1].sum()
        whole = own["amount"].sum()
        # What came from below sufficed, which needs at most the whole loss; without the last generation it did not.
        if found[number] > 0:
            assert otherwise + lower < whole
            assert below > lower


def test_pooling_keeps_sums_and_generations(crash, monkeypatch):
    named = Losses.of(crash)
    parts = named.parts
    monkeypatch.setattr(attribution, "smallest_named", lambda liquidations: 0.01)
    pooled = Losses.of(crash)
    fewer = pooled.parts
    assert len(fewer) < len(parts)
    for keys in (["liquidation", "market"], ["liquidation", "category"]):
        sums = [frame.groupby(keys)["amount"].sum() for frame in (parts, fewer)]
        both = pd.concat(sums, axis=1).fillna(0.0)
        assert both.iloc[:, 0].to_numpy() == pytest.approx(both.iloc[:, 1].to_numpy(), abs=1e-6)
    lost = fewer.groupby("liquidation")["amount"].sum()
    kept = fewer[fewer["source"] > 0]
    assert (kept["amount"].abs() >= 0.01 * kept["liquidation"].map(lost).abs() * (1 - 1e-9)).all()
    # Generations are found from the moves of the book where parts are pooled, and from the parts where none is.
    assert generations(crash, pooled, fewer).tolist() == generations(crash, named, parts).tolist()


def test_a_graph_with_small_sources_says_what_has_no_edge(crash, monkeypatch):
    whole = crash.contagion()
    monkeypatch.setattr(attribution, "smallest_named", lambda liquidations: 0.01)
    graph = crash.contagion()
    assert graph.number_of_edges() < whole.number_of_edges()
    assert set(graph.edges) <= set(whole.edges)
    parts = attribute(crash)
    for number, data in graph.nodes(data=True):
        own = parts[(parts["liquidation"] == number) & (parts["category"] == "liquidations")]
        named = own.loc[own["source"] != POOLED, "amount"].sum()
        assert named + data.get("lost_to_small_sources", 0.0) == pytest.approx(
            whole.nodes[number].get("lost_to_liquidations", 0.0), abs=1e-6
        )


def test_what_is_named():
    assert smallest_named(1_000) == 0
    assert [smallest_named(n) for n in (1_001, 5_000, 100_000)] == pytest.approx([0.001, 0.001, 0.02])


def test_shares_sum_to_one(crash):
    table = shares(crash)
    assert list(table.columns) == list(SHARES)
    assert set(attribute(crash)["category"]) <= set(SHARES)
    assert (table["fees"] == 0).all()
    lost = attribute(crash).groupby("liquidation")["amount"].sum()
    assert table.sum(axis=1)[lost > 0].to_numpy() == pytest.approx(1)
    assert table[lost <= 0].isna().all(axis=None)


def test_generations_of_a_graph_in_a_table():
    graph = nx.DiGraph()
    for number, (generation, notional) in enumerate([(0, 4.0), (0, 6.0), (1, 5.0), (2, 1.0)]):
        graph.add_node(number, generation=generation, closed=notional)
    table = generation_table(graph)
    assert table["ratio"].tolist()[1:] == [0.5, 0.2]
    assert table["ratio_of_counts"].tolist()[1:] == [0.5, 1.0]


def test_a_priori_ratios_are_those_of_the_map_and_the_book(crash):
    table = a_priori(crash)
    first = crash.events["breach"]["time"].min()
    assert (table["time"] <= max(first - 60, crash.liquidation_map["time"].min())).all()
    for market, row in table.iterrows():
        own = crash.liquidation_map
        own = own[(own["market"] == market) & (own["time"] == row["time"]) & (own["side"] == "longs")]
        series = crash.market(str(market)).loc[row["time"]]
        assert row["down"] == pytest.approx(series["branching_down"], nan_ok=True)
        near = own.loc[own["distance"] >= -0.05, "notional"].sum()
        assert row["down_5pc"] == pytest.approx(near / series["bid_depth_5pc"])
