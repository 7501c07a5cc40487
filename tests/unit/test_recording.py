"""Series and event frames in human units, against numbers worked by hand."""

import numpy as np
import pytest

from cascade_sim.recording.series_units import SERIES_UNITS
from cascade_sim.runner import run
from cascade_sim.scenario.load import ScenarioError, load_scenario


def test_before_the_sale(by_hand):
    row = by_hand.market("X-PERP").loc[0.5]
    assert (row["bid"], row["mid"], row["last"], row["mark"], row["index"]) == (100, 100, 100, 100, 100)
    assert np.isnan(row["ask"])
    assert np.isnan(row["spread"])
    # Ten units at each of 100, 99, ..., valued at the mid of 100.
    depths = [row[f"bid_depth_{reach}"] for reach in ("10bp", "1pc", "5pc")]
    assert depths == [1_000, 2_000, 6_000]
    assert row["ask_depth_5pc"] == 0
    assert row["open_interest"] == 98 * 100


def test_after_the_cascade(by_hand):
    row = by_hand.market("X-PERP").iloc[-1]
    assert (row["bid"], row["last"], row["mark"]) == (93, 93, 93)
    # 78 of the 80 units from 100 to 93 are sold: two stand at 93, and ten each at 92, 91, 90 and 89.
    assert row["bid_depth_10bp"] == 2 * 93
    assert row["bid_depth_5pc"] == 42 * 93
    assert row["liquidated"] == 5_054
    assert row["bad_debt"] == row["socialised"] == pytest.approx(83.6825)
    assert row["open_interest"] == 123 * 93


def test_volume_is_counted_by_side_and_role(by_hand):
    total = by_hand.market("X-PERP").sum(numeric_only=True)
    # 10 at 100, 10 at 99 and 5 at 98 by the seller; what the liquidations sold is worked out in the reference test.
    assert total["sold_by_custom"] == 1_000 + 990 + 490
    assert total["forced_volume"] == total["sold_by_forced"] == 1169 + 1155 + 856 + 1874
    assert total["volume"] == 7_534
    assert by_hand.market("X-PERP").loc[1.0, "volume"] == 7_534


def test_trades(by_hand):
    trades = by_hand.trades
    assert (trades["size"] < 0).all()
    assert -trades["size"].sum() == 78
    assert -(trades["price"] * trades["size"]).sum() == 7_534
    assert trades.groupby("cause")["size"].sum().to_dict() == {0: -25, 1: -12, 2: -12, 3: -9, 4: -20}
    assert trades.loc[trades["cause"] == 0, "origin"].unique().tolist() == ["custom"]
    assert trades.loc[trades["cause"] > 0, "origin"].unique().tolist() == ["forced"]


def test_liquidation_orders(by_hand):
    orders = by_hand.events["liquidation_order"]
    assert orders["size"].tolist() == orders["filled"].tolist() == [-12, -12, -9, -20]
    assert orders["notional"].tolist() == [1169, 1155, 856, 1874]
    breaches = by_hand.events["breach"]
    # Equity at breach: deposit less what the position lost at marks of 98, 98, 97 and 95.
    assert breaches["equity"].tolist() == pytest.approx([11.97 - 24, 23.91 - 24, 26.8875 - 27, 99.55 - 100])
    assert breaches["maintenance"].tolist() == pytest.approx([0.005 * n for n in (12 * 98, 12 * 98, 9 * 97, 20 * 95)])


def test_series_have_units_and_one_row_a_sample_and_market(crash):
    assert crash.series.attrs["units"] == SERIES_UNITS
    named = set(crash.series.columns) - {"venue", "market"}
    assert {name for name in named if not name.startswith(("bought_by", "sold_by"))} == set(SERIES_UNITS)
    assert len(crash.series) == 121 * 6
    assert not crash.series.duplicated(["time", "market"]).any()


def test_time_starts_after_the_burn_in(crash):
    for frame in (crash.series, crash.trades, crash.moves, crash.events["breach"], crash.events["index"]):
        assert frame["time"].min() >= 0
        assert frame["time"].max() <= 120
        assert frame["time"].is_monotonic_increasing


def test_book_columns_agree_with_each_other(crash):
    rows = crash.series.dropna(subset=["bid", "ask"])
    assert len(rows) > 0.9 * len(crash.series)
    assert (rows["bid"] < rows["ask"]).all()
    assert rows["mid"].to_numpy() == pytest.approx(((rows["bid"] + rows["ask"]) / 2).to_numpy())
    assert rows["spread"].to_numpy() == pytest.approx(((rows["ask"] - rows["bid"]) / rows["mid"] * 1e4).to_numpy())
    for side in ("bid", "ask"):
        near, middle, far = (rows[f"{side}_depth_{reach}"] for reach in ("10bp", "1pc", "5pc"))
        assert ((near <= middle) & (middle <= far)).all()


def test_volume_is_what_was_traded(crash):
    for name in crash.scenario.markets:
        trades, series = crash.trades[crash.trades["market"] == name], crash.market(name)
        traded = trades["price"] * trades["size"].abs()
        assert series["volume"].sum() == pytest.approx(traded.sum())
        assert series["forced_volume"].sum() == pytest.approx(traded[trades["cause"] > 0].sum())
        # The row at 60 s holds what was traded in the second before.
        minute = (trades["time"] > 59) & (trades["time"] <= 60)
        assert series["volume"].loc[60.0] == pytest.approx(traded[minute].sum())


def test_moves_add_up_to_the_way_the_mid_and_the_last_trade_went(crash):
    for name, rows in crash.moves.groupby("market"):
        marks = crash.events["mark"]
        marks = marks[marks["market"] == name]
        if len(marks):
            last = marks["last"].to_numpy()
            own = rows[rows["mark_number"].between(marks["number"].iloc[0] + 1, marks["number"].iloc[-1])]
            assert own["last_move"].sum() == pytest.approx(last[-1] - last[0], abs=1e-6)


def test_liquidation_map_lies_on_the_right_sides(crash):
    rows = crash.liquidation_map
    assert set(rows["side"]) == {"longs", "shorts"}
    assert (rows.loc[rows["side"] == "longs", "distance"] < 0).all()
    assert (rows.loc[rows["side"] == "shorts", "distance"] > 0).all()
    assert (rows["notional"] > 0).all()


def test_what_happens_at_time_zero_is_recorded_where_there_is_no_burn_in():
    result = run(load_scenario("by-hand", ["orders.20.at=0"]), seed=1)
    assert result.summary["liquidations"]["accounts"] >= 4
    assert result.summary["liquidations"]["notional"] == pytest.approx(result.series["liquidated"].iloc[-1])


def test_a_series_must_begin_where_the_burn_in_ends():
    with pytest.raises(ScenarioError, match="burn_in: must be a whole number of sample intervals"):
        load_scenario("by-hand", ["burn_in=0.7", "sample_interval=2"])


def test_depth_is_there_at_every_map():
    result = run(load_scenario("by-hand", ["duration=5", "sample_interval=2", "map_interval=0.5"]), seed=1)
    profile = result.depth_profile.groupby("time")["depth"].sum()
    assert (profile.loc[1.0:] > 0).all()
    assert profile.index[-1] == 5.0
