"""Predictive power over seeds: means of the single runs, paired with the best of the benchmarks."""

import numpy as np
import pytest

from cascade_sim.contagion.systemic import prediction
from cascade_sim.experiments.predictive_power import predictive_power
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

SETTINGS = (
    "duration=90",
    "burn_in=20",
    "news.0.at=20",
    "news.0.over=20",
    "news.0.move=-0.1",
    "agents.traders.crowd.count=200",
)


@pytest.fixture(scope="module")
def table():
    """Three seeds of a small crash."""
    return predictive_power(seeds=range(3), settings=SETTINGS, workers=1)


def test_means_of_single_runs(table):
    scenario = load_scenario("flash-crash", list(SETTINGS))
    keys, single = ["measure", "outcome", "among"], []
    for seed in range(3):
        result = run(scenario, seed, counterfactual=False, summary=False)
        single.append(prediction.predictive_power(result).set_index(keys)["correlation"])
    for key in (("fire_sale", "liquidated", "all"), ("debtrank", "passed_on", "liquidated")):
        values = [float(found[key]) for found in single]
        row = table.loc[key]
        assert row["correlation"] == pytest.approx(np.mean(values))
        assert row["low"] < row["correlation"] < row["high"]
        best = [float(found[(row["benchmark"], *key[1:])]) for found in single]
        assert row["beyond"] == pytest.approx(np.mean(values) - np.mean(best))
        assert row["seeds"] == 3


def test_the_best_benchmark_is_not_beyond_itself(table):
    for (measure, _, _), row in table.iterrows():
        if measure == row["benchmark"]:
            assert row["beyond"] == row["beyond_low"] == row["beyond_high"] == 0
        elif measure in prediction.BENCHMARKS:
            assert row["beyond"] <= 0
