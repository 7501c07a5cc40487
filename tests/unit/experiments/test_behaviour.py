"""The variants and measures that the table of behaviour is made of."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.stylised import calm_measures, depth_at_largest_move, minute_returns
from cascade_sim.experiments.variants import (
    with_depth,
    with_leverage,
    with_maintenance,
    with_shock,
    without_hunters,
    without_leverage,
)
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario


@pytest.fixture(scope="module")
def base():
    return load_scenario("flash-crash", ["agents.traders.crowd.count=150", "burn_in=20", "duration=660"])


@pytest.fixture(scope="module")
def result(base):
    return run(with_shock(base, 0.0), 1, counterfactual=False)


def test_variants_change_what_they_name_and_nothing_else(base):
    crowd = base.agents.traders["crowd"]
    assert with_leverage(base, 2).agents.traders["crowd"].leverage.median == 2 * crowd.leverage.median
    assert without_leverage(base).agents.traders["crowd"].leverage.value == 1.0
    deep = with_depth(base, 2).agents.makers["perp-makers"]
    assert deep.markets == {name: 2 * usd for name, usd in base.agents.makers["perp-makers"].markets.items()}
    assert without_hunters(base).agents.hunters == {}
    assert with_shock(base, -0.03).news[0].move == -0.03
    for variant in (with_leverage(base, 1), with_depth(base, 1), with_maintenance(base, 1, False)):
        assert variant.digest() == base.digest()


def test_maintenance_in_two_arms(base):
    fixed = with_maintenance(base, 2, caps_leverage=False).venues["perps"].rules.tiers["BTC"][0]
    capped = with_maintenance(base, 2, caps_leverage=True).venues["perps"].rules.tiers["BTC"][0]
    assert fixed.maintenance == capped.maintenance == 0.008
    assert (fixed.leverage, capped.leverage) == (125, 62.5)


def test_minute_returns_of_a_known_path():
    times = np.arange(0.0, 181.0)
    series = pd.DataFrame({"mid": 100.0 * np.exp(times / 6000)}, index=times)
    assert minute_returns(series).to_numpy()[:2] == pytest.approx([0.01, 0.01])


def test_calm_measures(result):
    found = calm_measures(result, "BTC-PERP")
    assert 0.5 < found["spread_drift"] < 2
    assert 0.5 < found["depth_drift"] < 2
    assert found["liquidated_share"] == pytest.approx(0.0, abs=0.01)


def test_depth_in_a_calm_run_is_what_it_was(result):
    found = depth_at_largest_move(result, "BTC-PERP")
    assert found["depth_factor"] == pytest.approx(1.0, abs=0.4)
    assert 0.3 < found["deviations"] < 6.0
