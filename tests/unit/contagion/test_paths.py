"""What markets carried into each other: sums that must hold on a run, and cases on made tables."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.attribution import attribute
from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.paths import (
    NO_MARKET,
    carrier,
    cross_margin_paths,
    forced_flow,
    imported,
    market_flows,
)

MARKETS = ["BTC-PERP", "ETH-PERP", "SOL-PERP"]


@pytest.fixture(scope="module")
def flows(crash):
    return market_flows(crash)


def test_what_is_carried_into_a_market_is_its_forced_volume(crash, flows):
    closed = closed_positions(crash)
    flow = forced_flow(crash)
    assert list(flow.columns) == MARKETS
    volume = closed.groupby("market")["notional"].sum().reindex(MARKETS).fillna(0.0)
    assert flow.sum().to_dict() == pytest.approx(volume.to_dict())
    # Not only in all, but for every liquidation.
    carried = flows.groupby(["liquidation", "to_market"])["carried"].sum()
    assert carried.to_dict() == pytest.approx(closed.groupby(["liquidation", "market"])["notional"].sum().to_dict())


def test_ranges(flows):
    assert len(flows) > 50
    assert (flows[["loss", "forced_loss", "carried_forced"]] >= 0).all(axis=None)
    assert (flows[["sold", "carried"]] > 0).all(axis=None)
    assert (flows["forced_loss"] <= flows["loss"]).all()
    assert (flows["carried_forced"] <= flows["carried"] * (1 + 1e-12)).all()
    assert (flows["carried"] <= flows["sold"] * (1 + 1e-12)).all()
    assert flows["carried"].is_monotonic_decreasing
    assert not flows.duplicated(["liquidation", "from_market", "to_market"]).any()


def test_losses_are_those_of_the_attribution(crash, flows):
    lost = attribute(crash).groupby(["liquidation", "market"])["amount"].sum()
    own = flows[flows["from_market"] != NO_MARKET]
    for row in own.itertuples():
        assert row.loss == pytest.approx(lost[row.liquidation, row.from_market])
    # Where nothing was lost nothing is carried, and who lost is in the table if something of his was closed.
    carriers = set(zip(own["liquidation"], own["from_market"], strict=True))
    closed = set(closed_positions(crash)["liquidation"])
    assert carriers == {place for place, usd in lost.items() if usd > 0 and place[0] in closed}


def test_paths_lead_from_one_market_into_another(crash, flows):
    paths = cross_margin_paths(crash, flows)
    assert len(paths) > 10
    assert (paths["from_market"] != paths["to_market"]).all()
    pd.testing.assert_frame_equal(paths, cross_margin_paths(crash))
    several = crash.events["exposure"].groupby("liquidation")["market"].nunique()
    assert (several[paths["liquidation"]] > 1).all()
    breaches = crash.events["breach"].set_index("liquidation")["time"]
    assert (paths["time"] == breaches[paths["liquidation"]].to_numpy()).all()
    assert (paths["role"] == crash.accounts.loc[paths["account"], "role"].to_numpy()).all()


def test_imported_and_home_made_are_all(crash, flows):
    share = imported(forced_flow(crash, flows))
    assert (share["home_made"] + share["imported"] + share["no_market"]).to_numpy() == pytest.approx(share["forced"])
    assert share["share"].between(0, 1).all()
    by_hand = cross_margin_paths(crash, flows).groupby("to_market")["carried"].sum()
    assert share["imported"].to_dict() == pytest.approx(by_hand.reindex(MARKETS).fillna(0.0).to_dict())


def test_carriers_add_up_to_the_flow(crash, flows):
    flow, forced = forced_flow(crash, flows), forced_flow(crash, flows, "carried_forced")
    found = carrier(crash, "SOL-PERP", "BTC-PERP", flows)
    assert found["carried"].sum() == pytest.approx(flow.at["SOL-PERP", "BTC-PERP"])
    assert found["carried_forced"].sum() == pytest.approx(forced.at["SOL-PERP", "BTC-PERP"])
    assert found["carried"].is_monotonic_decreasing
    assert not found["account"].duplicated().any()
    assert found["share"].sum() == pytest.approx(1)


def test_unknown_market(crash, flows):
    with pytest.raises(ValueError, match="market must be one of BTC-PERP, ETH-PERP, SOL-PERP, got 'SOL'"):
        carrier(crash, "SOL", "BTC-PERP", flows)


def test_nobody_liquidated(calm):
    assert market_flows(calm).empty
    assert forced_flow(calm).to_numpy().tolist() == [[0.0]]
    assert np.isnan(imported(forced_flow(calm)).loc["X-PERP", "share"])
    assert carrier(calm, "X-PERP", "X-PERP").empty


def made(crash, monkeypatch, *parts):
    """Flows of one liquidation that lost `parts` (market, category, USD) and of which 300 in BTC, 700 in ETH closed."""
    columns = ["liquidation", "account", "market", "source", "category", "amount"]
    rows = [(1, 40, market, int(category == "liquidations"), category, usd) for market, category, usd in parts]
    closed = [(5.0, 1, 40, "BTC-PERP", 1.0, 300.0, "fund"), (6.0, 1, 40, "ETH-PERP", -1.0, 700.0, "deleveraged")]
    names = ["time", "liquidation", "account", "market", "size", "notional", "way"]
    monkeypatch.setattr("cascade_sim.contagion.paths.attribute", lambda *_: pd.DataFrame(rows, columns=columns))
    monkeypatch.setattr("cascade_sim.contagion.paths.closed_positions", lambda _: pd.DataFrame(closed, columns=names))
    wanted = ["loss", "forced_loss", "carried", "carried_forced"]
    return market_flows(crash).set_index(["from_market", "to_market"])[wanted]


def test_shares_of_losses_share_what_is_closed(crash, monkeypatch):
    parts = [("BTC-PERP", "trading", 10.0), ("BTC-PERP", "liquidations", 20.0), ("SOL-PERP", "oracle", 10.0)]
    flows = made(crash, monkeypatch, *parts)
    assert flows.loc[("BTC-PERP", "ETH-PERP")].tolist() == pytest.approx([30, 20, 525, 350])
    assert flows.loc[("SOL-PERP", "BTC-PERP")].tolist() == pytest.approx([10, 0, 75, 0])


def test_a_market_that_won_carries_nothing(crash, monkeypatch):
    flows = made(crash, monkeypatch, ("BTC-PERP", "trading", 10.0), ("ETH-PERP", "liquidations", -4.0))
    assert set(flows.index.get_level_values("from_market")) == {"BTC-PERP"}
    assert flows.loc[("BTC-PERP", "ETH-PERP"), "carried"] == 700


@pytest.mark.parametrize(("forced", "counted"), [(15.0, 10.0), (-5.0, 0.0)])
def test_forced_part_is_between_nothing_and_all(crash, monkeypatch, forced, counted):
    # Forced trades took more than was lost in the end, as others gave some back; or they gave back themselves.
    flows = made(crash, monkeypatch, ("BTC-PERP", "liquidations", forced), ("BTC-PERP", "quotes", 10.0 - forced))
    assert flows.loc[("BTC-PERP", "BTC-PERP"), ["loss", "forced_loss"]].tolist() == [10, counted]


def test_what_is_lost_in_no_market_is_imported_by_none(crash, monkeypatch):
    # A quarter went into fees, which belong to no market, and a quarter into collateral, traded in a spot market.
    flows = made(crash, monkeypatch, ("BTC-PERP", "trading", 2.0), ("", "fees", 1.0), ("BTC-SPOT", "trading", 1.0))
    assert flows["carried"].sum() == 1000
    flow = forced_flow(crash)
    assert list(flow.index) == [*MARKETS, "BTC-SPOT", NO_MARKET]
    assert imported(flow).loc["BTC-PERP"].tolist() == [300, 150, 75, 75, 0.25]
    assert set(cross_margin_paths(crash)["from_market"]) == {"BTC-PERP", "BTC-SPOT"}


def test_who_lost_nowhere_was_forced_by_no_market(crash, monkeypatch):
    flows = made(crash, monkeypatch, ("BTC-PERP", "trading", -1.0))
    assert flows.loc[(NO_MARKET, "ETH-PERP")].tolist() == [0, 0, 700, 0]
    flow = forced_flow(crash)
    assert flow.loc[NO_MARKET].tolist() == [300, 700, 0]
    assert imported(flow).loc["BTC-PERP"].tolist() == [300, 0, 0, 300, 0]
    assert cross_margin_paths(crash).empty
