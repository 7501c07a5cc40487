"""Weights, intervals and tests of a calibration, against closed forms and repeated draws."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import chi2

from cascade_sim.experiments.calibration.distance import Facts, covariance, standard_errors, weights
from cascade_sim.experiments.calibration.facts import Fact
from cascade_sim.experiments.calibration.inference import (
    VAGUE,
    information,
    j_test,
    parameter_covariance,
    weak_directions,
)
from cascade_sim.experiments.calibration.scores import _of_event

RNG = np.random.default_rng(1)
MANY = 10**6  # runs: as good as a known covariance
SLOPES = np.array([[1.0, 0.0], [0.5, 1.0], [0.0, 2.0], [1.0, 1.0], [-1.0, 0.3]])


def known(*facts):
    return [Fact(quantity="fall", **fact) for fact in facts]


def some_covariance(size):
    root = RNG.normal(size=(size, size))
    return root @ root.T + np.eye(size)


def test_one_observed_event_has_the_luck_of_one_run():
    """Variance E^2 + s^2 (1 + 1 / S); a mean of n events has s^2 / n of its own."""
    moments = RNG.normal(size=(6, 3))
    facts = Facts.side_by_side([known({"value": 0.2}, {"value": 0.2, "error": 2.0}, {"value": 0.2, "events": 4})])
    luck = moments.var(axis=0, ddof=1)
    wanted = luck * (np.array([1.0, 1.0, 0.25]) + 1 / 6) + np.array([0.0, 4.0, 0.0])
    assert standard_errors(moments, facts) ** 2 == pytest.approx(wanted)
    assert weights(moments, facts) == pytest.approx(1 / wanted)


def test_events_share_the_seeds_and_not_the_luck():
    moments = RNG.normal(size=(5, 2))
    facts = Facts.side_by_side([known({"value": 0.1}), known({"value": 0.1})])
    assert covariance(moments, facts)[0, 1] == pytest.approx(np.cov(moments.T)[0, 1] / 5)


def test_a_band_is_a_uniform_law():
    fact = Fact(quantity="bids_collapse", low=20, high=244, log=True)
    assert fact.centre == pytest.approx(np.log(20 * 244) / 2)
    assert fact.spread == pytest.approx(np.log(244 / 20) / np.sqrt(12))
    assert fact.unscaled(fact.centre) == pytest.approx(np.sqrt(20 * 244))


def test_a_fact_may_weigh_more_and_one_without_error_and_luck_can_not_be_weighed():
    facts = Facts.side_by_side([known({"value": 1.0, "error": 1.0, "weight": 3.0}, {"value": 2.0})])
    assert weights(np.full((4, 2), 2.0), facts).tolist() == [3.0, np.inf]


def test_efficient_weights_give_the_inverse_of_the_curvature():
    variance = np.array([1.0, 4.0, 0.5, 2.0, 1.0])
    found = parameter_covariance(SLOPES, 1 / variance, np.diag(variance))
    assert found == pytest.approx(np.linalg.inv(SLOPES.T @ np.diag(1 / variance) @ SLOPES))


def test_the_sandwich_is_the_covariance_of_repeated_fits():
    spread, weight = some_covariance(5), np.array([1.0, 0.2, 0.5, 2.0, 1.0])
    draws = RNG.multivariate_normal(np.zeros(5), spread, 40_000)
    fits = np.linalg.solve(SLOPES.T @ (weight[:, None] * SLOPES), SLOPES.T @ (weight[:, None] * draws.T))
    assert parameter_covariance(SLOPES, weight, spread) == pytest.approx(np.cov(fits), rel=0.05, abs=0.02)


def test_with_efficient_weights_it_is_hansens_test():
    """Residuals of a weighted regression, in units of their errors, hold a chi-square with 3 degrees of freedom."""
    variance = np.array([1.0, 4.0, 0.5, 2.0, 1.0])
    distances = RNG.normal(size=5)
    root = 1 / np.sqrt(variance)
    _, least, *_ = np.linalg.lstsq(root[:, None] * SLOPES, root * distances)
    test = j_test(distances, SLOPES, 1 / variance, np.diag(variance), MANY)
    assert (test.statistic, test.freedom, test.restrictions) == pytest.approx((least[0], 3.0, 3))
    assert test.probability == pytest.approx(chi2.sf(least[0], 3), rel=1e-3)


def test_where_the_search_stopped_does_not_matter_to_it():
    spread, weight, distances = some_covariance(5), np.array([1.0, 0.2, 0.5, 2.0, 1.0]), RNG.normal(size=5)
    beside = distances + SLOPES @ np.array([0.7, -0.3])
    one, other = (j_test(found, SLOPES, weight, spread, 9) for found in (distances, beside))
    assert one.statistic == pytest.approx(other.statistic)
    assert one.probability == pytest.approx(other.probability)


def assert_rejects_as_often_as_it_says(tests):
    """Shares of a thousand true models, within 3.5 standard errors of the level."""
    p = np.array([test.probability for test in tests])
    for level in (0.05, 0.2, 0.5):
        assert (p < level).mean() == pytest.approx(level, abs=3.5 * np.sqrt(level * (1 - level) / len(p)))


def test_with_other_weights_it_rejects_a_true_model_as_often_as_it_says():
    spread, weight = some_covariance(5), np.array([1.0, 0.2, 0.5, 2.0, 1.0])
    draws = RNG.multivariate_normal(np.zeros(5), spread, 1000)
    assert_rejects_as_often_as_it_says([j_test(distances, SLOPES, weight, spread, MANY) for distances in draws])


def test_with_one_restriction_of_luck_alone_it_is_exact_for_few_runs():
    """Student's test whether one more draw is of the same law as six others."""
    facts, tests = Facts.side_by_side([known({"value": 0.0})]), []
    for moments, real in zip(RNG.normal(size=(1000, 6, 1)), RNG.normal(size=1000)):
        spread = covariance(moments, facts)
        tests.append(j_test(moments.mean(axis=0) - real, np.zeros((1, 0)), np.ones(1), spread, 6))
    assert_rejects_as_often_as_it_says(tests)


def test_nothing_is_left_to_test_with_as_many_facts_as_parameters():
    test = j_test(np.zeros(2), SLOPES[:2], np.ones(2), np.eye(2), 8)
    assert test.restrictions == 0
    assert np.isnan(test.probability)


def test_a_parameter_that_moves_nothing_has_no_interval():
    slopes = np.column_stack([SLOPES, np.zeros(5)])
    variances = np.diag(parameter_covariance(slopes, np.ones(5), np.eye(5)))
    assert np.isfinite(variances[:2]).all()
    assert variances[2] == np.inf


def test_noise_in_the_slopes_is_not_taken_for_curvature():
    """Of a parameter without effect, differences of few runs show slopes; their curvature is noise on average."""
    noise = RNG.normal(size=(400, 8, 6, 2))  # repetitions, seeds, facts, parameters
    noise[..., 0] += 5.0
    found = np.mean([information(differences, np.ones(6)) for differences in noise], axis=0)
    assert found[1, 1] == pytest.approx(0.0, abs=0.1)
    assert found[0, 0] == pytest.approx(6 * 25.0, rel=0.02)


def test_a_flat_direction_is_told():
    along, across = np.array([1.0, -1.0]) / np.sqrt(2), np.array([1.0, 1.0]) / np.sqrt(2)
    curvature = 0.5 / VAGUE**2 * np.outer(along, along) + 100 / VAGUE**2 * np.outer(across, across)
    (direction,) = weak_directions(curvature)
    assert abs(direction @ along) == pytest.approx(1.0)


def test_intervals_of_simulated_means_are_students():
    """Of normal runs as few as eight they cover as often as they say; a resampling of them covers 0.89 of the time."""
    moments, facts, covered = RNG.normal(size=(1000, 8, 1)), known({"value": 0.0}), []
    for runs in moments:
        simulated = SimpleNamespace(moments=lambda *_, runs=runs: runs)
        row = _of_event(simulated, None, facts, {}, range(8)).iloc[0]
        covered.append(row["low"] <= 0.0 <= row["high"])
    assert np.mean(covered) == pytest.approx(0.95, abs=3.5 * np.sqrt(0.05 * 0.95 / 1000))
