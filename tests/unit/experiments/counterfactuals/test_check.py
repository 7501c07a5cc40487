"""Attribution held against counterfactuals, on runs whose answer is known and on a small crash."""

import dataclasses

import numpy as np
import pytest

from cascade_sim.experiments.counterfactuals.check import check_attribution
from cascade_sim.intervention import InterventionError
from cascade_sim.results import ResultError
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from tests.unit.conftest import SMALL_CRASH


def test_by_hand(by_hand):
    # In the run nobody of long-2 to long-4 has anything left. Without the sale of any one before it, the price ends at
    # 96 and long-4 keeps 99.55 - 20 * 4; the others are bankrupt all the same.
    found = check_attribution(by_hand, lucks=2, workers=1)
    effects = found.effects.set_index("liquidation")
    assert effects["passed_on"].to_dict() == pytest.approx({1: 29, 2: 20, 3: 20, 4: 0})
    assert effects["effect"].to_dict() == pytest.approx({1: 19.55, 2: 19.55, 3: 19.55, 4: 0})
    # Nothing there is left to luck.
    assert (effects["low"] == effects["effect"]).all()
    assert len(found.placebos) == 0
    assert found.effects["floor"].isna().all()
    assert not found.detected.any()


@pytest.fixture(scope="module")
def checked(crash):
    """Eight liquidations of the small crash and a placebo beside each."""
    return check_attribution(crash, count=8, lucks=2, placebos=6, workers=1)


def test_small_crash(crash, checked):
    assert len(checked.effects) == 8
    assert checked.placebos["liquidation"].tolist() == checked.effects["liquidation"].tolist()
    assert checked.placebos["time"].tolist() == checked.effects["time"].tolist()
    numbers = ["passed_on", "effect", "low", "high"]
    assert np.isfinite(checked.effects[numbers]).all(axis=None)
    assert np.isfinite(checked.placebos).all(axis=None)
    assert (checked.effects["passed_on"] >= 0).all()
    # Eight placebos are fewer than nineteen, so that all of them are near to each.
    assert (checked.effects["floor"] == checked.placebos["effect"].abs().max()).all()
    assert (checked.effects["floor"] > 0).all()
    assert (checked.placebos["effect"] != 0).any()  # the orders came after the fork, and were missed
    assert (checked.effects["passed_on_later"] >= 0).all()
    graph = crash.contagion()
    for row in checked.effects.itertuples():
        parts = [
            d["weight"]
            for _, j, d in graph.out_edges(row.liquidation, data=True)
            if graph.nodes[j]["account"] != row.account
        ]
        assert row.passed_on + row.passed_on_later == pytest.approx(sum(parts))
    known = crash.events["breach"].set_index("liquidation")
    for row in checked.effects.itertuples():
        assert known.loc[row.liquidation, "account"] == row.account
        assert known.loc[row.liquidation, "notional"] == row.notional
    agreement = checked.agreement()
    assert agreement.index.tolist() == ["all", "detected", "largest", "book", "outside"]
    assert agreement.loc["all", "count"] == 8


def test_detected_is_beyond_the_floor_and_without_zero(checked):
    effects = checked.effects.assign(
        effect=[9.0, 9.0, -9.0, 0.1, 0, 0, 0, 0],
        low=[1.0, -1, -10, 0.05, 0, 0, 0, 0],
        high=[17.0, 19, -8, 0.2, 0, 0, 0, 0],
        floor=1.0,
    )
    found = dataclasses.replace(checked, effects=effects)
    assert found.detected.tolist() == [True, False, True, False, False, False, False, False]
    later = dataclasses.replace(checked, effects=effects.assign(floor=[10.0, 1, 1, 0, 0, 0, 0, np.nan]))
    assert later.detected.tolist() == [False, False, True, True, False, False, False, False]


def test_refused(crash, calm):
    with pytest.raises(InterventionError, match="nobody was liquidated"):
        check_attribution(calm)
    with pytest.raises(ValueError, match="at least 2"):
        check_attribution(crash, lucks=1)
    other = dataclasses.replace(crash, manifest=crash.manifest | {"event_digest": "0" * 32})
    with pytest.raises(ResultError, match="can't be repeated"):
        check_attribution(other)


def whale_crash():
    """The small crash with an account of 20 M USD that is sold into the book at any price."""
    fewer = ("news.0.move=-0.06", "news.0.at=5", "burn_in=10", "agents.traders.crowd.count=60")
    scenario = load_scenario("flash-crash", [*SMALL_CRASH, *fewer])
    given = scenario.model_dump(mode="json")
    rules = given["venues"]["perps"]["rules"]
    rules["liquidation"] |= {"rule": "full", "limit": "none", "slippage": 0.25, "window": 0}
    rules["waterfall"] |= {"adl": "none", "fund_capacity": 0}
    price, usd = given["assets"]["BTC"]["price"], 20e6
    size = round(usd / price, 3)
    holds = {"BTC-PERP": {"size": size, "entry": price}}
    given["accounts"] = {
        "whale": {"venue": "perps", "deposit": 0.05 * usd, "leverage": 25, "positions": holds},
        "other": {"venue": "perps", "deposit": 10 * usd, "positions": {"BTC-PERP": {"size": -size, "entry": price}}},
    }
    return run(Scenario.model_validate(given), seed=1, counterfactual=False, summary=False)


def test_what_a_huge_liquidation_does_is_seen():
    result = whale_crash()
    found = check_attribution(result, lucks=3, placebos=6, workers=1)
    whale = int(result.accounts.index[result.accounts["cohort"] == "whale"][0])
    effects = found.effects[found.detected]
    assert whale in set(effects["account"])
    assert found.effects.set_index("account")["effect"].idxmax() == whale
    assert found.effects.set_index("account")["passed_on"][whale] > 0
