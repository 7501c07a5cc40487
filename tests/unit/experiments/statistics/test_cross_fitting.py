"""What the best of several is worth, measured with runs that did not choose it."""

import numpy as np
import pytest

from cascade_sim.experiments.statistics.cross_fitting import cross_fitted


def worth(found, truth):
    """True mean of what the halves chose."""
    return np.mean([truth[k] for k in found.chosen])


def test_by_hand():
    found = cross_fitted([[0.0, 3.0], [5.0, 1.0], [2.0, 5.0], [1.0, 1.0]])
    assert found.chosen == (1, 0)  # means of the first half: 1, 4; of the second: 3, 1
    assert found.value == pytest.approx((1.0 + 1.0) / 2.0)
    assert found.low < found.value < found.high


def test_no_luck_no_interval():
    found = cross_fitted([[1.0, 2.0]] * 6)
    assert (found.value, found.low, found.high) == (2.0, 2.0, 2.0)


def test_too_few_runs_have_no_interval():
    assert np.isnan(cross_fitted([[1.0, 2.0], [2.0, 3.0]]).low)


@pytest.mark.parametrize("truth", [[0.0, 0.0], [0.0] * 6, [0.0, -0.05, -0.1]])
def test_unbiased_and_covered_as_often_as_promised_where_the_largest_mean_is_neither(truth):
    rng = np.random.default_rng(8)
    many, runs = 400, 40
    errors, held, naive = [], [], []
    for _ in range(many):
        values = np.array(truth) + rng.standard_normal((runs, len(truth)))
        found = cross_fitted(values, resamples=200)
        errors.append(found.value - worth(found, truth))
        held.append(found.low <= worth(found, truth) <= found.high)
        naive.append(values.mean(axis=0).max() - max(truth))
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(many)
    assert np.mean(naive) > 4 * np.std(naive) / np.sqrt(many)  # the winner's curse is there to be lifted
    assert abs(np.mean(held) - 0.95) < 3.5 * np.sqrt(0.95 * 0.05 / many)


def test_the_interval_does_not_hang_on_the_scale():
    values = np.random.default_rng(3).standard_normal((20, 3))
    one, other = cross_fitted(values), cross_fitted(1000.0 * values - 5.0)
    assert other.high == pytest.approx(1000.0 * one.high - 5.0)
