"""What accounts did adds up to the summary, and ranks taken before are held against it without looking ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.systemic import prediction
from cascade_sim.contagion.systemic.outcomes import outcomes
from cascade_sim.contagion.systemic.prediction import (
    BENCHMARKS,
    MEASURES,
    before_the_news,
    measures_by_account,
    predictive_power,
)


@pytest.fixture(scope="module")
def power(crash):
    """Predictive power of the small crash."""
    return predictive_power(crash).set_index(["measure", "outcome", "among"])


def test_outcomes_add_up_to_the_summary(crash):
    table = outcomes(crash)
    assert table["liquidated"].sum() == pytest.approx(crash.summary["liquidations"]["notional"])
    assert table["bad_debt"].sum() == pytest.approx(crash.summary["paid"]["bad_debt"], abs=1e-5)
    weights = sum(weight for _, _, weight in crash.contagion().edges(data="weight"))
    assert table["passed_on"].sum() == pytest.approx(weights)
    assert weights > 0


def test_outcomes_from_a_time_on(everything):
    whole, late = outcomes(everything), outcomes(everything, 25.0)
    assert (late <= whole + 1e-6).all().all()
    assert (late.sum() > 0).all()
    assert (late.sum() < whole.sum()).all()
    assert (outcomes(everything, 1e6) == 0).all().all()


def test_nobody_did_anything(calm):
    assert (outcomes(calm) == 0).all().all()
    assert predictive_power(calm)["correlation"].isna().all()


def test_when_the_news_begins(crash, by_hand):
    assert before_the_news(crash) == 20.0
    assert before_the_news(by_hand) == 0.0


def test_every_measure_of_everybody_who_can_be_liquidated(crash):
    table = measures_by_account(crash, 20.0)
    assert list(table.columns) == [*MEASURES, *BENCHMARKS]
    assert table.notna().all().all()
    held = Holdings(crash).at(20.0)
    sizes = held[[column for column in held if column.startswith("size_")]]
    watched = ~held["role"].isin(["fund", "absorber"]) & (held["collateral"] > 0)
    assert set(table.index) == set(held.index[(sizes != 0).any(axis=1) & watched])


def test_correlations_are_those_of_ranks(crash, power):
    said = measures_by_account(crash, 20.0)
    did = outcomes(crash, 20.0).loc[said.index]
    for name in ("debtrank", "fire_sale", "notional"):
        ranks = np.corrcoef(said[name].rank(), did["liquidated"].rank())[0, 1]
        assert power.loc[(name, "liquidated", "all"), "correlation"] == pytest.approx(ranks)
    some = did["liquidated"] > 0
    ranks = np.corrcoef(said["debtrank"][some].rank(), did["passed_on"][some].rank())[0, 1]
    assert power.loc[("debtrank", "passed_on", "liquidated"), "correlation"] == pytest.approx(ranks)
    assert (power.xs("liquidated", level="among")["accounts"] == some.sum()).all()


def test_what_is_known_afterwards_predicts_itself(crash, monkeypatch):
    # A measure that is the outcome has correlation one; one that is shuffled has none.
    told = outcomes(crash, 20.0)["liquidated"]
    said = measures_by_account(crash, 20.0).assign(debtrank=told)
    said["overlap"] = np.random.default_rng(1).permutation(said["overlap"])
    monkeypatch.setattr(prediction, "measures_by_account", lambda *_: said)
    found = predictive_power(crash).set_index(["measure", "outcome", "among"])
    assert found.loc[("debtrank", "liquidated", "all"), "correlation"] == pytest.approx(1)
    assert found.loc[("debtrank", "liquidated", "all"), "p_value"] < 1e-10
    assert abs(found.loc[("overlap", "liquidated", "all"), "correlation"]) < 0.2


def test_measures_do_not_look_ahead(crash):
    early = replace(
        crash,
        events={kind: frame[frame["time"] <= 20.0] for kind, frame in crash.events.items()},
        series=crash.series[crash.series["time"] <= 20.0],
        trades=crash.trades[crash.trades["time"] <= 20.0],
        depth_profile=crash.depth_profile[crash.depth_profile["time"] <= 20.0],
    )
    pd.testing.assert_frame_equal(measures_by_account(early, 20.0), measures_by_account(crash, 20.0))


def test_who_is_over_levered_goes_first(power):
    # In a fall, the margin rule itself must tell who is liquidated better than size does.
    assert power.loc[("fire_sale", "liquidated", "all"), "correlation"] > 0.5
    assert power.loc[("fire_sale", "liquidated", "all"), "p_value"] < 1e-6
    assert abs(power.loc[("notional", "liquidated", "all"), "correlation"]) < 0.3
