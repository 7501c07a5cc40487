"""Paired comparisons against the closed forms of the bivariate normal law."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.statistics.paired import effects_along, paired_effect


def normal_pairs(pairs, correlation, seed=1):
    rng = np.random.default_rng(seed)
    first, other = rng.normal(size=(2, pairs))
    return 1.0 + first, correlation * first + np.sqrt(1.0 - correlation**2) * other


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.9])
def test_variance_reduction_of_normal_pairs(correlation):
    found = paired_effect(*normal_pairs(2000, correlation))
    error = np.sqrt(2.0 * (1.0 - correlation) / 2000)
    assert found.effect == pytest.approx(1.0, abs=4.0 * error)
    assert found.high - found.low == pytest.approx(2.0 * 1.96 * error, rel=0.1)
    assert found.correlation == pytest.approx(correlation, abs=0.05)
    assert found.variance_reduction == pytest.approx(1.0 / (1.0 - correlation), rel=0.1)


def test_intervals_cover():
    cases = [paired_effect(*normal_pairs(60, 0.8, seed)) for seed in range(100)]
    effect = np.mean([case.low <= 1.0 <= case.high for case in cases])
    reduction = np.mean([case.variance_reduction_low <= 5.0 <= case.variance_reduction_high for case in cases])
    assert effect == pytest.approx(0.95, abs=0.06)
    assert reduction == pytest.approx(0.93, abs=0.07)


def test_a_constant_difference_needs_one_pair():
    found = paired_effect([1.0, 2.0, 4.0], [0.0, 1.0, 3.0])
    assert (found.effect, found.low, found.high, found.correlation) == pytest.approx((1.0, 1.0, 1.0, 1.0))
    assert found.variance_reduction == found.variance_reduction_high == np.inf


def test_what_does_not_vary_has_no_correlation():
    found = paired_effect([1.0, 1.0, np.nan, 1.0], [0.0, 0.0, 0.0, np.nan])
    assert (found.effect, found.pairs) == (1.0, 2)
    assert np.isnan([found.correlation, found.variance_reduction, found.variance_reduction_low]).all()


@pytest.mark.parametrize(("values", "effect", "pairs"), [([], np.nan, 0), ([3.0], 2.0, 1)])
def test_too_few_pairs(values, effect, pairs):
    found = paired_effect(values, np.ones(len(values)))
    assert found.pairs == pairs
    np.testing.assert_equal([found.effect, found.low, found.variance_reduction], [effect, np.nan, np.nan])


@pytest.fixture
def runs():
    grid = pd.MultiIndex.from_product([[2.0, 5.0], ["a", "b"], range(10)], names=["leverage", "venue", "seed"])
    frame = grid.to_frame(index=False)
    luck = np.random.default_rng(1).normal(size=10)
    frame["cell"] = np.arange(len(frame)) // 10
    frame["fall"] = frame["leverage"] * (1.0 + (frame["venue"] == "b")) + luck[frame["seed"]]
    return frame


def test_effects_along_an_axis(runs):
    effects = effects_along(runs, "fall", "leverage", 2.0, ["leverage", "venue"])
    assert effects[["cell", "leverage", "venue"]].to_numpy().tolist() == [[2, 5.0, "a"], [3, 5.0, "b"]]
    np.testing.assert_allclose(effects["effect"], [3.0, 6.0])
    assert (effects["variance_reduction"] > 1e6).all()


def test_effects_along_the_only_axis(runs):
    effects = effects_along(runs[runs["venue"] == "a"], "fall", "leverage", 5.0, ["leverage"])
    assert effects[["cell", "leverage", "effect"]].to_numpy().tolist() == [[0, 2.0, pytest.approx(-3.0)]]


def test_a_reference_that_is_not_there_is_refused(runs):
    with pytest.raises(ValueError, match=r"leverage must take 3.0 and another value, it takes \[2.0, 5.0\]"):
        effects_along(runs, "fall", "leverage", 3.0, ["leverage", "venue"])
    with pytest.raises(ValueError, match=r"it takes \[2.0\]"):
        effects_along(runs[runs["leverage"] == 2.0], "fall", "leverage", 2.0, ["leverage", "venue"])
    with pytest.raises(ValueError, match=r"no cell with leverage = 2.0 at {'venue': 'b'}"):
        effects_along(runs.drop(index=range(10, 20)), "fall", "leverage", 2.0, ["leverage", "venue"])
