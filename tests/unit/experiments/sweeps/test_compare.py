"""Two scenarios on equal luck."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cascade_sim.experiments.sweeps import outcomes, runner
from cascade_sim.experiments.sweeps.compare import compare, comparison
from cascade_sim.experiments.sweeps.errors import SweepError
from tests.unit.experiments.sweeps.conftest import small_question

SLOWER = "venues.exchange.rules.liquidation.latency=0.5"


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Run in this process."""
    monkeypatch.setattr(runner, "local_executor", ThreadPoolExecutor)


def test_nothing_to_compare():
    with pytest.raises(SweepError, match="nothing to compare"):
        comparison(small_question(), (), ())


def test_effects_are_differences_of_means(tmp_path, monkeypatch):
    def fake(scenario, seed, twin):
        return dict.fromkeys(outcomes.OUTCOMES, seed + scenario.venues["exchange"].rules.liquidation.latency)

    monkeypatch.setattr(outcomes, "measure", fake)
    table = compare(comparison(small_question(), (), (SLOWER,)), tmp_path / "out", workers=1)
    assert table.loc["fall", "effect"] == pytest.approx(table.loc["fall", "after"] - table.loc["fall", "before"])


def test_runs_that_fail_are_not_left_out_in_silence(tmp_path, monkeypatch):
    def fails(scenario, seed, twin):
        if seed == 1:
            raise RuntimeError("out of luck")
        return dict.fromkeys(outcomes.OUTCOMES, 1.0)

    monkeypatch.setattr(outcomes, "measure", fails)
    with pytest.raises(SweepError, match="out of luck"):
        compare(comparison(small_question(), (), (SLOWER,)), tmp_path / "out", workers=1)
