"""Intervals against closed forms."""

import numpy as np
import pytest

from cascade_sim.experiments.statistics.intervals import interval_of_mean, interval_of_median, range_of_runs


def test_interval_of_a_mean_is_the_normal_one_for_many_values():
    values = np.random.default_rng(1).normal(3.0, 2.0, 2000)
    mean, low, high = interval_of_mean(values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert mean == pytest.approx(values.mean())
    assert (mean - low, high - mean) == pytest.approx((half, half), rel=0.08)


def test_interval_of_a_median_is_the_binomial_one_for_many_values():
    values = np.sort(np.random.default_rng(1).exponential(1.0, 2001))
    median, low, high = interval_of_median(values)
    half = 1.96 * np.sqrt(len(values)) / 2  # ranks: binomial with probability one half
    assert median == values[1000]
    assert (low, high) == pytest.approx((values[round(1000 - half)], values[round(1000 + half)]), rel=0.05)


def test_range_of_runs_counts_what_never_came():
    assert range_of_runs([1.0, 2.0, 3.0, np.inf, np.inf], level=0.9) == (3.0, 1.0, np.inf)


@pytest.mark.parametrize("values", [[], [np.nan]])
def test_nothing_in_nothing_out(values):
    assert np.isnan([*interval_of_mean(values), *range_of_runs(values)]).all()
