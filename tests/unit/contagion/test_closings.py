"""Every way of closing a position is counted once, by three ways of counting."""

import pytest

from cascade_sim.contagion.closings import closed_positions
from cascade_sim.runner import run, without_impact
from cascade_sim.scenario.load import load_scenario


def test_nobody_liquidated(calm):
    closed = closed_positions(calm)
    assert closed.empty
    assert list(closed) == ["time", "liquidation", "account", "market", "size", "notional", "way"]


def test_sums_are_the_venues_own_count(crash):
    closed = closed_positions(crash)
    assert {"book", "closer", "fund", "deleveraged"} <= set(closed["way"])
    by_market = closed.groupby("market")["notional"].sum()
    for name, notional in by_market.items():
        # The venue counts a deleveraged position at mark from its first to its last lot, as is done here.
        assert notional == pytest.approx(crash.market(name)["liquidated"].iloc[-1], abs=1e-3)
    assert closed["notional"].sum() == pytest.approx(crash.summary["liquidations"]["notional"])


def test_nobody_closes_more_than_he_had(crash):
    closed = closed_positions(crash).groupby(["liquidation", "market"])["size"].sum()
    held = crash.events["exposure"].set_index(["liquidation", "market"])["size"]
    held = held.reindex(closed.index)
    assert (closed.abs() <= held.abs() + 1e-9).all()
    assert (closed * held >= 0).all()
    assert closed_positions(crash)["time"].is_monotonic_increasing


def test_at_mark_without_impact():
    result = run(without_impact(load_scenario("by-hand")), seed=1, counterfactual=False)
    closed = closed_positions(result)
    # 12 longs at 98 and 12 more: the sale goes down to 98, and nobody's closing moves it.
    assert closed[["size", "notional", "way"]].to_numpy().tolist() == [[12, 1176, "absorber"], [12, 1176, "absorber"]]
