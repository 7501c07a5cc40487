"""The numbers of a run, read from the tables, are those that the summary gets from the frames."""

import math

import pytest

from cascade_sim.experiments.sweeps.outcomes import OUTCOMES, measure
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

SHOCK = ["news.0.at=20", "news.0.over=60", "news.0.move=-0.12"]
LIVELY = ["agents.traders.crowd.count=300", "duration=240", "burn_in=20", *SHOCK]


@pytest.mark.parametrize("source", ["flash-crash", "one-market"])
def test_against_the_summary(source):
    scenario = load_scenario(source, LIVELY)
    found = measure(scenario, 3, twin=True)
    result = run(scenario, 3)
    perpetuals = [name for name, (_, market) in scenario.markets.items() if market.kind == "perpetual"]
    markets = [result.summary["markets"][name] for name in perpetuals]
    assert found.keys() == OUTCOMES.keys()
    for ours, theirs in (
        ("fall", "fall"), ("cascade", "cascade"), ("widest_gap", "widest_gap"), ("fall_without_impact",) * 2,
    ):  # fmt: skip
        assert found[ours] == pytest.approx(sum(item[theirs] for item in markets) / len(markets), abs=1e-12)
    for name in ("liquidated", "volume"):
        assert found[name] == pytest.approx(sum(item[name] for item in markets), rel=1e-9)
    held = sum(item["open_interest_at_start"] for item in markets)
    assert found["liquidated_share"] == pytest.approx(found["liquidated"] / held, rel=1e-9)
    assert found["liquidations"] == result.summary["liquidations"]["liquidations"] > 0
    assert found["bad_debt"] == pytest.approx(result.summary["paid"]["bad_debt"], rel=1e-9, abs=1e-6)
    assert found["fund_change"] == pytest.approx(result.summary["paid"]["fund_change"], rel=1e-9)
    assert found["traders_profit"] == pytest.approx(result.summary["profit"]["trader"], rel=1e-9)
    traders = result.accounts[result.accounts["role"] == "trader"]
    assert found["capital_efficiency"] == pytest.approx(held / traders["start"].sum(), rel=1e-9)


def test_branching_is_longs_over_bids_within_five_per_cent():
    scenario = load_scenario("one-market", [*LIVELY, "sample_interval=5"])  # as often as the map
    found = measure(scenario, 1, twin=False)
    result = run(scenario, 1, counterfactual=False)
    near = result.liquidation_map.query("side == 'longs' and distance > -0.05")
    longs = near.groupby("time")["notional"].sum()
    series = result.market("BTC-PERP")
    until = series["mid"].idxmin()
    bids = series["bid_depth_5pc"] / series["mid"] * series["mark"]  # in lots times the mark, as the map is
    ratio = (longs.reindex(series.index).fillna(0.0) / bids).loc[5.0:until]
    assert found["branching_start"] == pytest.approx(ratio.iloc[0], rel=0.02)
    assert found["branching_largest"] == pytest.approx(ratio.max(), rel=0.02)


def test_the_twin_of_a_run_without_liquidations_is_the_run():
    scenario = load_scenario("one-market", ["news=[]", "duration=60", "burn_in=0", "agents.traders.crowd.count=100"])
    found = measure(scenario, 1, twin=True)
    assert found["liquidations"] == 0
    assert found["cascade"] == found["widest_gap"] == 0
    again = run(scenario, 1)
    assert again.summary["markets"]["BTC-PERP"]["fall_without_impact"] == pytest.approx(found["fall_without_impact"])


def test_without_a_twin_the_difference_is_not_known():
    found = measure(load_scenario("by-hand"), 1, twin=False)
    assert math.isnan(found["cascade"])
    assert math.isnan(measure(load_scenario("by-hand"), 1, twin=False)["widest_gap"])
