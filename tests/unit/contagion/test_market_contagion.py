"""How far a price is from forcing sales, and what is then sold in which market: against the exchange itself."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.margins import Exposures, tiers_of
from cascade_sim.contagion.market_contagion import market_contagion
from cascade_sim.market.constants import MAP_BINS, MAP_STEP

SOLD = {"full": 300.0, "partial": 1.0, "fraction": 60.0}  # B, at 50 USD


def test_the_fall_of_one_market_that_liquidates_an_account(cross_margin):
    exposures = Exposures.at(Holdings(cross_margin("full")), 0.5)
    # Equity 800 and maintenance 0.4 % of 25,000: (800 - 100) / (10,000 - 40) in A, (800 - 100) / (15,000 - 60) in B.
    assert exposures.falls()[exposures.accounts["cohort"] == "both"][0] == pytest.approx([700 / 9960, 700 / 14940])


@pytest.mark.parametrize("rule", SOLD)
def test_a_fall_in_one_market_forces_the_sale_in_another_that_the_exchange_makes(cross_margin, rule):
    result = cross_margin(rule)
    account = result.accounts.index[result.accounts["cohort"] == "both"][0]
    # At 92.98 the account stands, at 92.97 it breaches, and sells B, its largest position, and nothing else.
    table = market_contagion(result, 0.5, falls=(0.0702, 0.0703)).set_index(["from_market", "fall", "to_market"])
    assert table.loc["A-PERP", 0.0702]["forced"].tolist() == [0.0, 0.0]
    found = table.loc["A-PERP", 0.0703]
    # What restores margin is a whole number of lots in the exchange: 10 of 5 USD for 47 USD.
    assert found.loc["B-PERP", "forced"] == pytest.approx(47.0 if rule == "partial" else 50 * SOLD[rule])
    assert found.loc["B-PERP", ["account", "accounts"]].tolist() == [account, 1]
    assert found.loc["A-PERP", ["forced", "account"]].tolist() == [0.0, 0]
    breach, orders = result.events["breach"], result.events["liquidation_order"]
    assert breach["account"].tolist() == [account]
    assert breach["time"].tolist() == pytest.approx([2.0], abs=0.01)
    assert (orders["market"].tolist(), orders["size"].tolist()) == (["B-PERP"], [-SOLD[rule]])


def test_a_rise_forces_shorts(crash):
    table = market_contagion(crash, 1.0, falls=(0.2, -0.2)).set_index(["fall", "from_market", "to_market"])
    state = Holdings(crash).at(1.0)
    for fall, sign in ((0.2, 1), (-0.2, -1)):
        row = table.loc[fall, "BTC-PERP", "BTC-PERP"]
        assert row["forced"] >= row["carried"] > 0
        assert np.sign(state.loc[row["account"], "size_BTC-PERP"]) == sign


def pending(events: dict[str, pd.DataFrame], time: float) -> set[int]:
    """Accounts that are being liquidated at a time."""
    ends = pd.concat([events[kind] for kind in ("closed", "released") if kind in events])
    over = set(ends.loc[ends["time"] <= time, "liquidation"])
    breaches = events["breach"]
    return set(breaches.loc[(breaches["time"] <= time) & ~breaches["liquidation"].isin(over), "account"])


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
def test_liquidation_map_on_record(crash, share):
    times = crash.liquidation_map["time"].unique()
    time = times[int(share * len(times))]
    on_record = crash.liquidation_map[crash.liquidation_map["time"] == time]
    exposures = Exposures.at(Holdings(crash), time)
    falls = exposures.falls()
    free = ~exposures.accounts.index.isin(pending(crash.events, time))
    for k, market in enumerate(exposures.markets):
        for side, sign in (("longs", 1), ("shorts", -1)):
            drawn = on_record[(on_record["market"] == market) & (on_record["side"] == side)]
            bins = np.floor(drawn["distance"].abs() / MAP_STEP).astype(int)
            held = (np.sign(exposures.notional[:, k]) == sign) & free & (falls[:, k] < MAP_BINS * MAP_STEP)
            own = pd.Series(np.abs(exposures.notional[held, k])).groupby((falls[held, k] / MAP_STEP).astype(int)).sum()
            assert own.to_dict() == pytest.approx(drawn["notional"].groupby(bins).sum().to_dict(), abs=1e-6)


def test_margins_are_those_of_the_exchange_at_every_breach(crash):
    breach = crash.events["breach"].iloc[0]
    exposures = Exposures.at(Holdings(crash), breach["time"])
    row = exposures.accounts.index.get_loc(breach["account"])
    assert exposures.maintenance()[row].sum() == pytest.approx(breach["maintenance"], abs=1e-5)  # rounded up by market
    assert exposures.collateral[row] == pytest.approx(breach["equity"], abs=1e-6)
    assert np.abs(exposures.notional[row]).sum() == pytest.approx(breach["notional"], abs=1e-5)


def test_margin_is_continuous_across_tiers(crash):
    tiers = tiers_of(crash.scenario, "BTC-PERP")
    below, above = tiers.floor[1:], tiers.floor[1:] * (1 + 1e-12)
    assert tiers.maintenance_margin(below) == pytest.approx(tiers.maintenance_margin(above))
    assert tiers.maintenance_margin(np.array([0.0, 50_000.0, 600_000.0])) == pytest.approx([0, 200, 2950])
    # A fall through a floor: what is left at the trigger needs exactly what is there.
    size, free = np.array([620_000.0]), np.array([50_000.0])
    fall = tiers.fall(size, free)
    assert size * (1 - fall) < 600_000
    assert free - size * fall == pytest.approx(tiers.maintenance_margin(size * (1 - fall)))


def test_what_no_fall_can_liquidate_is_infinitely_far(crash):
    tiers = tiers_of(crash.scenario, "BTC-PERP")
    assert tiers.fall(np.array([1000.0]), np.array([2000.0])).tolist() == [np.inf]
