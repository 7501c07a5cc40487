"""Tails against closed forms of the normal and Pareto laws, and against atoms by hand."""

import numpy as np
import pytest
from scipy import special, stats

from cascade_sim.experiments.statistics.tails import expected_shortfall, hill_estimates, value_at_risk


def test_normal_tail():
    losses = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    quantile = special.ndtri(0.95)
    assert value_at_risk(losses, 0.95).value == pytest.approx(quantile, abs=0.01)
    shortfall = expected_shortfall(losses, 0.95)
    assert shortfall.value == pytest.approx(stats.norm.pdf(quantile) / 0.05, abs=0.01)
    assert shortfall.low < shortfall.value < shortfall.high


def test_an_atom_counts_with_a_part_of_its_probability():
    losses = [0.0] * 6 + [10.0] * 3 + [20.0]
    # The worst quarter: the one 20, and one and a half of the tens.
    assert expected_shortfall(losses, 0.75).value == pytest.approx((20.0 + 1.5 * 10.0) / 2.5)
    assert value_at_risk(losses, 0.75).value == 10.0
    assert value_at_risk(losses, 0.6).value == 0.0
    assert value_at_risk(losses, 0.9).value == 10.0
    assert expected_shortfall(losses, 0.95).value == 20.0


def test_shortfall_is_the_minimum_of_rockafellar_and_uryasev():
    losses = np.random.default_rng(1).pareto(2.0, 301)
    at = losses[:, None]
    objective = losses + np.maximum(at.T - at, 0.0).mean(axis=1) / 0.1  # 2000, Journal of Risk 2, 21-41
    assert expected_shortfall(losses, 0.9).value == pytest.approx(objective.min())


def test_intervals_cover():
    rng = np.random.default_rng(1)
    risks = [expected_shortfall(rng.exponential(size=100), 0.7) for _ in range(100)]
    truth = 1.0 + np.log(1.0 / 0.3)
    assert np.mean([risk.low <= truth <= risk.high for risk in risks]) == pytest.approx(0.94, abs=0.06)


@pytest.mark.parametrize("losses", [[], [1.0], [1.0, np.nan]])
def test_too_few_losses(losses):
    assert np.isnan([*value_at_risk(losses, 0.9), *expected_shortfall(losses, 0.9)]).all()


def test_a_quantile_is_a_probability():
    with pytest.raises(ValueError, match=r"in \(0, 1\), got 95"):
        value_at_risk([1.0, 2.0], 95)


def test_hill_on_pareto_samples():
    rng = np.random.default_rng(1)
    estimates = [hill_estimates(rng.pareto(1.5, 2000) + 1.0, [400]).iloc[0] for _ in range(300)]
    indices = np.array([estimate["tail_index"] for estimate in estimates])
    # Of a Pareto law the estimate is alpha k / Gamma(k), whose mean is alpha k / (k - 1).
    assert indices.mean() == pytest.approx(1.5 * 400 / 399, abs=4 * 0.075 / np.sqrt(300))
    assert indices.std() == pytest.approx(estimates[0]["standard_error"], rel=0.2)


def test_hill_plot_data_by_hand():
    plot = hill_estimates([np.e**3, np.e, 1.0, np.inf, np.nan], [1, 2, 3, 0])
    np.testing.assert_allclose(plot["tail_index"], [0.5, 0.5, np.nan, np.nan])
    np.testing.assert_allclose(plot["threshold"], [np.e, 1.0, np.nan, np.nan])
    np.testing.assert_allclose(plot["standard_error"], [0.5, 0.5 / np.sqrt(2), np.nan, np.nan])


@pytest.mark.parametrize("values", [[], [2.0], [2.0, 2.0, 2.0], [3.0, 0.0], [3.0, -1.0]])
def test_where_hill_is_undefined(values):
    assert np.isnan(hill_estimates(values, [1])["tail_index"]).all()
