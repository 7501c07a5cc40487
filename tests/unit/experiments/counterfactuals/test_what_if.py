"""What if: the same run again with one thing done differently, and the noise it is held against."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.counterfactuals.placebo import harmless_orders, noise_floor, orders_beside
from cascade_sim.experiments.counterfactuals.repeating import Original
from cascade_sim.experiments.counterfactuals.variants import Variant, run_variants
from cascade_sim.experiments.counterfactuals.what_if import _time_of, what_if
from cascade_sim.experiments.counterfactuals.wishes import read_wishes, spared
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.intervention import WISHES, Intervention, InterventionError
from cascade_sim.results import ResultError
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from tests.unit.conftest import SMALL_CRASH

COLUMNS = ["run", "changed", "difference", "floor", "seen", "mean", "low", "high", "shown"]


def test_nothing_gives_the_same_digest(crash):
    found = what_if(crash, Intervention(), workers=1)
    assert found.same_digest
    assert found.base["digest"][0] == crash.manifest["event_digest"]
    table = found.table()
    assert (table["difference"] == 0).all()
    assert not table["seen"].any()
    assert len(found.placebos) == 0


def test_table(crash):
    found = what_if(crash, spared(crash, 1), lucks=2, placebos=3, workers=1)
    table = found.table()
    assert list(table.columns) == COLUMNS
    assert {"fall", "liquidated", "liquidations", "bad_debt", "topped_up", "fall BTC-PERP"} <= set(table.index)
    assert table.loc["liquidations", "run"] == len(crash.events["breach"])
    noise = (found.placebos["liquidated"] - table.loc["liquidated", "run"]).abs().max()  # of three
    assert table.loc["liquidated", "floor"] == pytest.approx(noise)
    assert table["floor"].notna().all()
    assert (table["seen"] == (table["difference"].abs() > table["floor"])).all()
    both = (found.changed["liquidated"] - found.base["liquidated"]).astype(float)
    assert table.loc["liquidated", ["mean", "low", "high"]].tolist() == pytest.approx(student_interval(both[1:]))
    assert not found.same_digest


def test_everybody_topped_up_is_seen(crash):
    accounts = tuple(int(a) for a in crash.events["breach"]["account"].unique())
    table = what_if(crash, Intervention(guaranteed=accounts), placebos=5, workers=1).table()
    assert table.loc["liquidations", "changed"] < table.loc["liquidations", "run"] / 2
    assert table.loc["liquidations", "seen"]
    assert table.loc["topped_up", "run"] == 0
    assert table.loc["topped_up", "changed"] > 0
    assert table.loc["fall", "difference"] < 0


def test_top_ups_by_hand(by_hand):
    found = what_if(by_hand, Intervention(guaranteed=(3, 4)), workers=1)
    table = found.table()
    assert table.loc["topped_up", "changed"] == pytest.approx(17.91 + 5.97)
    assert table.loc["liquidations", ["run", "changed"]].tolist() == [4, 0]
    assert table.loc["liquidated", "changed"] == 0
    # No trader sends orders there: nothing to be a placebo, and nothing is claimed to be seen.
    assert table["floor"].isna().all()
    assert not table["seen"].any()


def test_own_deposits_are_no_top_ups():
    # Traders who guard their margin deposit from their wallets; who is guaranteed and never short is paid nothing.
    changes = ("agents.traders.crowd.guard_share=1", "agents.traders.crowd.interval=5", "news.0.move=-0.15")
    result = run(load_scenario("flash-crash", [*SMALL_CRASH, *changes]), 1, counterfactual=False, summary=False)
    transfers, breached = result.events["transfer"], set(result.events["breach"]["account"])
    guards = tuple(int(a) for a in sorted(set(transfers["account"]) - breached))
    assert len(guards) > 0
    found = run_variants(Original.of(result), [Variant(Intervention(guaranteed=guards))], workers=1)
    assert found["topped_up"][0] == 0
    assert found["digest"][0] == result.manifest["event_digest"]


def test_workers_and_order_change_nothing(crash):
    variants = [Variant(Intervention(accounts=(40,))), Variant(luck=1), Variant()]
    here = run_variants(Original.of(crash), variants, workers=1)
    there = run_variants(Original.of(crash), variants[::-1], workers=2)
    pd.testing.assert_frame_equal(here, there.iloc[::-1].reset_index(drop=True))
    assert here["digest"][2] == crash.manifest["event_digest"]


def test_a_run_that_comes_out_differently_is_refused(crash):
    other = dataclasses.replace(crash, manifest=crash.manifest | {"event_digest": "0" * 32})
    with pytest.raises(ResultError, match="can't be repeated here"):
        what_if(other, Intervention(), workers=1)


def test_errors_of_workers_come_back_in_words(crash):
    with pytest.raises(InterventionError, match="there is no account 9999"):
        what_if(crash, Intervention(accounts=(9999,)), placebos=0, workers=2)


def test_placebos_are_orders_that_traded_and_harmed_nobody(crash):
    chosen = harmless_orders(crash, 4)
    pairs = [each.orders[0] for each in chosen]
    assert len(set(pairs)) == 4
    assert chosen == harmless_orders(crash, 4)
    first = crash.events["breach"]["time"].min()
    taken = crash.trades.assign(at=((crash.trades["time"] + crash.scenario.burn_in) * 1e6).round().astype(np.int64))
    for account, time in pairs:
        own = taken[(taken["taker"] == account) & (taken["at"] == time)]
        assert len(own) > 0
        assert (own["time"] <= first).all()
        assert crash.accounts.loc[account, ["role", "liquidations"]].tolist() == ["trader", 0]
    variants = [Variant(each) for each in chosen[:2]]
    digests = run_variants(Original.of(crash), variants, workers=1)["digest"]
    assert crash.manifest["event_digest"] not in set(digests)


def test_placebos_stand_beside_what_they_are_held_against(crash):
    times = np.sort(crash.events["breach"]["time"].to_numpy())
    beside = orders_beside(crash, times.tolist(), 2)
    at = [[each.orders[0][1] / 1e6 - crash.scenario.burn_in for each in own] for own in beside]
    assert all(time - 1e-6 <= sent <= time + 30 for time, own in zip(times, at, strict=True) for sent in own)
    pairs = [each.orders for own in beside for each in own]
    assert len(pairs) == len(set(pairs)) > len(times) / 2
    assert max(len(own) for own in beside) == 2


def test_what_suppresses_a_liquidation_is_held_against_its_own_minute(crash):
    breach = crash.events["breach"].iloc[-1]
    first, last = _time_of(crash, spared(crash, int(breach["liquidation"])))
    assert (first, last - first) == (breach["time"], 60.0)
    both = Intervention(
        liquidations=(*spared(crash, int(breach["liquidation"])).liquidations, *spared(crash, 1).liquidations)
    )
    assert _time_of(crash, both)[0] == crash.events["breach"].set_index("liquidation").loc[1, "time"]
    assert _time_of(crash, Intervention(accounts=(40,))) == (0.0, None)


def test_fewer_placebos_than_wanted(by_hand, calm):
    assert harmless_orders(by_hand, 5) == []
    assert harmless_orders(calm, 5) == []


def test_noise_floor_is_what_nineteen_of_twenty_stay_below():
    placebos = pd.DataFrame({"x": 10.0 + np.arange(-10, 11)})
    assert noise_floor(pd.Series({"x": 10.0}), placebos)["x"] == pytest.approx(10.0)


def test_student_interval():
    # t with two degrees of freedom: 4.302652730 at 97.5 %; of 1, 2, 3 the standard error is 1 / sqrt(3).
    mean, low, high = student_interval([1.0, 2.0, np.nan, 3.0])
    assert (mean, high - mean, mean - low) == pytest.approx((2.0, 4.302652730 / 3**0.5, 4.302652730 / 3**0.5))
    assert student_interval([2.0, 2.0]) == (2.0, 2.0, 2.0)
    assert student_interval([5.0])[0] == 5.0
    assert all(math.isnan(x) for x in (*student_interval([5.0])[1:], *student_interval([])))


def test_wishes(crash):
    breach = crash.events["breach"].iloc[0]
    number, account = int(breach["liquidation"]), int(breach["account"])
    assert read_wishes(crash, ["nothing"]) == Intervention()
    assert not read_wishes(crash, [])
    assert read_wishes(crash, [f"liquidation={number}"]) == Intervention(liquidations=((account, 1),))
    wishes = ["account=40", "account=41", "link=42:ETH-PERP", "isolated=all", "isolated=43", "top-up=44"]
    assert read_wishes(crash, wishes) == Intervention(
        accounts=(40, 41), links=((42, "ETH-PERP"),), all_isolated=True, isolated=(43,), guaranteed=(44,)
    )
    hunters = crash.accounts.index[crash.accounts["cohort"] == "predators"]
    assert read_wishes(crash, ["cohort=predators"]).accounts == tuple(hunters)
    assert len(WISHES) == 8


def test_second_liquidation_of_an_account(crash):
    breaches = crash.events["breach"]
    again = breaches[breaches.duplicated("account")].iloc[0]
    assert spared(crash, int(again["liquidation"])).liquidations == ((int(again["account"]), 2),)


GARBAGE = {
    "": "is none of",
    "=": "is none of",
    "liquidation": "is not a number",
    "liquidation=": "is not a number",
    "liquidation=-1": "is not a number",
    "liquidation=\u00b2": "is not a number",
    "liquidation=0": "choose one from",
    "liquidation=99999": "choose one from",
    "liquidation=" + "9" * 5000: "is not a number",
    "account=x": "is not a number",
    "account=1.5": "is not a number",
    "account=40:BTC-PERP": "is not a number",
    "link=BTC-PERP": "is not a number",
    "isolated=All": "is not a number",
    "top-up=\u0661": "is not a number",
    "cohort=": "choose from",
    "cohort=nobody": "choose from.*crowd.*predators",
    "nothing=1": "is none of",
    "Account=40": "is none of",
}


@pytest.mark.parametrize("wish", GARBAGE, ids=lambda wish: wish[:20])
def test_wishes_that_mean_nothing(crash, wish):
    with pytest.raises(InterventionError, match=GARBAGE[wish]):
        read_wishes(crash, ["nothing", wish])


def test_nobody_to_spare(calm):
    with pytest.raises(InterventionError, match="nobody was liquidated"):
        read_wishes(calm, ["liquidation=1"])
