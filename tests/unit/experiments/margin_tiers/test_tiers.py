"""Margin tiers: their shape, the days they are tried on, the search, and the whole through the exchange."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.integrate import quad

from cascade_sim.experiments.margin_tiers.asset import AssetFile, asset_names, read_asset
from cascade_sim.experiments.margin_tiers.brackets import LARGEST, closing_cost, rounded, tiers_of
from cascade_sim.experiments.margin_tiers.command import Found
from cascade_sim.experiments.margin_tiers.market import data_of, with_tiers
from cascade_sim.experiments.margin_tiers.problems import AssetError
from cascade_sim.experiments.margin_tiers.search import Answer, crossing_scale, find_scale
from cascade_sim.experiments.margin_tiers.severity import days_of
from cascade_sim.experiments.margin_tiers.shortfall import Days, Shortfall
from cascade_sim.experiments.margin_tiers.verify import stepped_up
from cascade_sim.experiments.margin_tiers.words import in_words
from cascade_sim.experiments.statistics.bootstrap import percentile_interval
from cascade_sim.market.constants import LEVELS

BTC = read_asset("btc-like")
SMALL = {"traders": 60, "runs": 24, "scales": (0.5, 16.0)}


def test_closing_costs_what_walking_the_book_does():
    """Depth within x grows as x ** 1.16: the mean distance of the units taken, by integration over the distance."""
    notional, depth = 2e6, 9e6
    last = 0.06 * (notional / depth) ** (1 / 1.16)
    within = quad(lambda x: x * depth * 1.16 * x**0.16 / 0.06**1.16, 0, last)[0]
    assert closing_cost(notional, depth) == pytest.approx(within / notional, rel=1e-6)


@pytest.mark.parametrize("name", asset_names())
def test_larger_positions_need_more(name):
    tiers = tiers_of(read_asset(name), 2.0)
    rates, floors = [tier.maintenance for tier in tiers], [tier.floor for tier in tiers]
    assert rates == sorted(rates)
    assert floors == sorted(set(floors))
    assert [tier.leverage for tier in tiers] == sorted((tier.leverage for tier in tiers), reverse=True)


def test_a_deeper_book_asks_less_of_the_same_position():
    thin, deep = (tiers_of(BTC.model_copy(update={"depth": depth}), 1.0) for depth in (1e6, 1e7))

    def asked(tiers, notional):
        return max(tier.maintenance for tier in tiers if tier.floor <= notional)

    assert asked(deep, 5e5) < asked(thin, 5e5)


def test_tiers_grow_with_the_scale_up_to_half_of_the_position():
    one, two, most = (tiers_of(BTC, scale) for scale in (1.0, 2.0, 1000.0))
    assert two[0].maintenance == pytest.approx(2 * one[0].maintenance)
    assert {tier.maintenance for tier in most} == {LARGEST}


def test_rounded_tiers_are_no_laxer():
    tiers = tiers_of(BTC, 1.37)
    for tier, round_ in zip(tiers, rounded(tiers), strict=True):
        assert tier.maintenance <= round_.maintenance <= 1.11 * tier.maintenance
        assert round_.leverage == int(round_.leverage) <= max(tier.leverage, 1)


@pytest.mark.parametrize("price", [3e-5, 0.85, 97.0, 121_700.0, 5e6])
def test_any_price_fits_the_ladder(price):
    asset = BTC.model_copy(update={"price": price})
    scenario = with_tiers(data_of(asset), tiers_of(asset, 1.0))
    market = scenario.markets["BTC-PERP"][1]
    assert price * scenario.ladder_range[1] / market.tick < LEVELS


def test_days_add_up_to_all_there_are():
    days = days_of(96, 0.99)
    assert sum(day.weight for day in days) == pytest.approx(1.0)
    assert len({day.seed for day in days}) == 96
    for stratum in range(5):
        own = [day for day in days if day.stratum == stratum]
        assert [day.rank for day in own] == sorted(day.rank for day in own)
    assert sum(day.weight for day in days if day.rank > 0.99) == pytest.approx(0.01)
    assert sum(day.rank > 0.99 for day in days) >= 40


def curve(scale):
    """Falls as one over the scale; resamples lie around it."""
    return 100.0 / scale, 100.0 / scale * np.linspace(0.8, 1.25, 101)


def test_the_smallest_scale_is_found_with_its_interval():
    found = find_scale(curve, 20.0, 0.5, 64.0)
    assert found.status == "found"
    assert 5.0 < found.scale < 5.0 * np.exp(0.05)
    assert found.low == pytest.approx(0.811 * 5.0, rel=0.05)
    assert found.high == pytest.approx(1.239 * 5.0, rel=0.05)


@pytest.mark.parametrize(("limit", "status"), [(0.0, "none suffices"), (1e9, "lowest suffices")])
def test_without_an_answer_it_says_which_end(limit, status):
    found = find_scale(curve, limit, 0.5, 64.0)
    assert found.status == status
    assert np.isnan(found.scale)
    assert found.scales[0] == 0.5
    assert found.scales[-1] == pytest.approx(64.0)


def test_a_curve_that_rises_has_no_smallest_scale():
    rng = np.random.default_rng(3)
    found = find_scale(lambda scale: (scale, scale + 0.1 * rng.standard_normal(500)), 5.0, 0.5, 64.0)
    assert found.status == "not monotone"


def test_noise_is_not_taken_for_a_rise():
    rng = np.random.default_rng(4)
    verdicts = []
    for _ in range(40):
        resamples = {}

        def flat(scale, drawn=resamples):
            drawn[scale] = 10.0 + rng.standard_normal()
            return drawn[scale], drawn[scale] + rng.standard_normal(400)

        verdicts.append(find_scale(flat, 0.0, 0.5, 64.0).status)
    assert verdicts.count("not monotone") <= 4


def test_crossings_end_at_the_range():
    scales = np.array([1.0, 2.0, 4.0])
    columns = np.array([[9.0, 9.0, 1.0], [9.0, 5.0, 0.5], [9.0, 3.0, 0.1]])
    assert crossing_scale(scales, columns, 4.0) == pytest.approx([4.0, 2**1.5, 1.0])


@pytest.fixture(scope="module")
def days():
    """A small market, with a thin fund, run as it is asked for."""
    return Days(BTC.model_copy(update=SMALL), workers=1)


def test_more_margin_is_less_bad_debt_in_the_market(days):
    found = [days.run(scale).value for scale in (0.5, 2.0, 16.0)]
    assert found[0] > 2 * found[1] > 4 * found[2]


def test_the_answer_depends_on_the_fund(days):
    def asked(fund):
        return find_scale(lambda scale: (days.run(scale).value, days.resampled(scale)), fund, 0.5, 16.0)

    assert asked(0.0).status == "none suffices"
    assert asked(1e9).status == "lowest suffices"
    some = asked(0.5 * days.run(0.5).value)
    assert some.status == "found"
    assert some.low <= some.scale * 1.05
    assert some.low < some.high


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("none suffices", "No margin looked at suffices: even at 16 times .* 10 USD .* it has 50 k USD"),
        ("lowest suffices", "The lowest margin looked at suffices: at 0.5 times .* give a fund below 9 k USD"),
        ("not monotone", r"does not bring less bad debt throughout.*p = 0.002"),
    ],
)
def test_without_an_answer_the_reason_is_said(status, said):
    answer = Answer(status, np.nan, np.nan, np.nan, 0.002, (0.5, 16.0))
    curve = pd.DataFrame({"scale": [0.5, 16.0], "shortfall": [9000.0, 10.0]})
    found = Found(BTC, answer, (), Shortfall(np.nan, np.nan, np.nan), (), {}, curve, curve)
    assert re.search(said, " ".join(in_words(found)))


class Imagined:
    """Days on which the expected shortfall is truly one over the scale, seen through exponential luck."""

    def __init__(self, rng, count):
        self.luck = rng.exponential(1.0, count)
        self.places = rng.integers(0, count, (400, count))

    def run(self, scale, tiers=None):
        resampled = self.luck[self.places].mean(axis=1) / scale
        return Shortfall(self.luck.mean() / scale, *percentile_interval(resampled))


def test_what_is_stepped_up_to_holds_where_the_smallest_does_not():
    """A margin at which some days say enough is too small half of the time; after stepping up, hardly ever."""
    rng, fund = np.random.default_rng(11), 1e3
    asset = BTC.model_copy(update={"fund": fund, "scales": (1e-6, 1e3)})
    searched, chosen = [], []
    for _ in range(120):
        days, others = Imagined(rng, 48), Imagined(rng, 96)
        searched.append(days.run(1.0).value / fund)  # the smallest scale that suffices on the days of the search
        steps = stepped_up(asset, others, days.run(1.0).high / fund)
        assert [step.holds for step in steps] == [False] * (len(steps) - 1) + [True]
        chosen.append(steps[-1].scale)
    true = 1.0 / fund  # the scale that truly suffices
    assert 0.35 < np.mean(np.array(searched) < true) < 0.7
    assert np.mean(np.array(chosen) < true) < 0.05


def test_where_nothing_holds_it_says_so():
    asset = BTC.model_copy(update={"fund": 1e-9, "scales": (0.5, 3.0)})
    steps = stepped_up(asset, Imagined(np.random.default_rng(1), 30), 2.0)
    assert [round(step.scale / 2.0, 3) for step in steps] == [1.0, 1.08, 1.166, 1.26, 1.36, 1.469]
    assert not any(step.holds for step in steps)
    answer = Answer("found", 1.5, 1.0, 2.0, 0.5, (1.0, 2.0))
    fresh = dict.fromkeys(("smallest", "chosen"), Shortfall(5.0, 4.0, 6.0))
    curve = pd.DataFrame({"scale": [1.0, 2.0], "shortfall": [9000.0, 10.0]})
    found = Found(asset, answer, steps[0].tiers, Shortfall(9.0, 8.0, 10.0), tuple(steps), fresh, curve, curve)
    assert found.chosen == ()
    text = " ".join(in_words(found))
    assert "No tiers in the range held" in text
    assert "clearly above the fund" in text


def test_the_same_days_give_the_same_again(days):
    again = replace(days, debts={}, frames=[])
    assert again.run(2.0) == days.run(2.0)


def test_every_problem_of_a_bad_file_is_named(tmp_path):
    data = yaml.safe_load(yaml.safe_dump(BTC.model_dump(mode="json")))
    data |= {"depth": -1, "fund": "much", "symbol": "btc", "dept": 3, "scales": [4, 1]}
    del data["price"]
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump(data))
    with pytest.raises(AssetError) as error:
        read_asset(str(file))
    text = str(error.value)
    for field in ("depth", "fund", "symbol", "dept: there is no such", "price: must be given"):
        assert field in text


def test_an_unknown_asset_says_which_there_are():
    with pytest.raises(AssetError, match="btc-like, thin-altcoin"):
        read_asset("nothing")
    assert AssetFile.model_validate(BTC.model_dump()) == BTC
