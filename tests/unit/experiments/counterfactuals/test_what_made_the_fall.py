"""What made a fall: by hand, against whole runs with their twins, and in words."""

import pickle

import pandas as pd
import pytest

from cascade_sim.experiments.counterfactuals.fall_in_words import sentence
from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS
from cascade_sim.experiments.counterfactuals.what_made_the_fall import NOTHING, what_made_the_fall
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from tests.unit.conftest import SMALL_CRASH

SCENARIO = load_scenario("flash-crash", SMALL_CRASH)
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def found():
    """Three seeds of the small crash."""
    return what_made_the_fall(SCENARIO, SEEDS, workers=1)


def test_by_hand():
    """One sale takes the price from 100 to 98, liquidations take it to 93; nobody else is there."""
    parts = what_made_the_fall(load_scenario("by-hand"), [1, 2], workers=1).parts
    falls = parts[parts["measure"] == "fall"].set_index("seed")
    for part, share in {"news": 0.02, "liquidation_impact": 0.05, "whole": 0.07}.items():
        assert falls[part].to_list() == pytest.approx([share, share], abs=1e-14)
    assert (falls[["hunters", "withdrawal", "arbitrage", "fundamental"]] == 0.0).all(axis=None)


def test_parts_of_every_seed_add_up_exactly(found):
    assert len(found.parts) == 2 * len(SEEDS) * len(SCENARIO.markets)
    for row in found.parts.to_dict("records"):
        assert row["news"] + sum(row[name] for name in MECHANISMS) == row["whole"]


def test_falls_are_those_of_the_runs_themselves(found):
    summary = run(SCENARIO, 2).summary["markets"]
    worths = found.worths.query("measure == 'fall' and seed == 2").set_index("market")
    for market, numbers in summary.items():
        assert worths.loc[market, "+".join(MECHANISMS)] == pytest.approx(numbers["fall"], abs=1e-14)
        assert worths.loc[market, "hunters+withdrawal+arbitrage"] == pytest.approx(
            numbers["fall_without_impact"], abs=1e-14
        )
        assert worths.loc[market, "fundamental"] == pytest.approx(numbers["fall_of_fundamental"], abs=1e-14)


def test_gaps_are_measured_against_the_run_with_all_off(found):
    gaps = found.worths.query("measure == 'widest_gap'")
    assert (gaps[NOTHING] == 0.0).all()
    assert (gaps.drop(columns=["measure", "market", "seed", "fundamental"]) >= 0.0).all(axis=None)
    assert (gaps["liquidation_impact"] > 0.0).any()


def test_the_table_is_the_mean_over_seeds(found):
    table = found.table.set_index(["measure", "market", "part"])
    own = found.parts.query("measure == 'fall' and market == 'BTC-PERP'")
    for part in ("news", *MECHANISMS, "whole", "fundamental"):
        row = table.loc[("fall", "BTC-PERP", part)]
        assert row["mean"] == pytest.approx(own[part].mean())
        assert row["low"] <= row["mean"] <= row["high"]
    runs = found.worths.query("measure == 'fall' and market == 'BTC-PERP'")
    row = table.loc[("fall", "BTC-PERP", "withdrawal")]
    assert row["alone"] == pytest.approx((runs["withdrawal"] - runs[NOTHING]).mean())
    everybody = "+".join(MECHANISMS)
    assert row["last"] == pytest.approx((runs[everybody] - runs["liquidation_impact+hunters+arbitrage"]).mean())
    assert ("widest_gap", "BTC-PERP", "fundamental") not in table.index


def test_workers_can_be_sent_the_mechanisms():
    assert pickle.loads(pickle.dumps(MECHANISMS)) == MECHANISMS


def test_in_words():
    rows = {
        "news": (0.116, 0.11, 0.12),
        "liquidation_impact": (0.005, 0.003, 0.007),
        "hunters": (0.004, 0.001, 0.006),
        "withdrawal": (-0.002, -0.003, -0.001),
        "arbitrage": (0.001, -0.001, 0.003),
        "whole": (0.124, 0.12, 0.13),
    }
    table = pd.DataFrame([("fall", "BTC-PERP", part, *row) for part, row in rows.items()])
    table.columns = ["measure", "market", "part", "mean", "low", "high"]
    assert sentence(table, "BTC-PERP") == (
        "Of the 12.40 % fall of BTC-PERP, 11.60 points were news, 0.50 (0.30 to 0.70) liquidations' impact and "
        "0.40 (0.10 to 0.60) hunters; makers' withdrawal took 0.20 (0.10 to 0.30) off it; not to be told from zero: "
        "arbitrage feedback (0.10 (-0.10 to 0.30))."
    )
    gap = sentence(table.assign(measure="widest_gap"), "BTC-PERP", "widest_gap")
    assert gap.startswith("At the widest moment BTC-PERP was 12.40 points below its price with news alone: 0.50 (0.30")
