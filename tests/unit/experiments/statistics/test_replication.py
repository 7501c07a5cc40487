"""Stopping rules against the interval itself and their stated coverage."""

import numpy as np
import pytest

from cascade_sim.experiments.statistics.proportions import probability_of_event
from cascade_sim.experiments.statistics.replication import enough, half_width_of


def stop(values, half_width):
    """Seeds that a run of the rule takes, looking after every one."""
    return next(count for count in range(2, len(values)) if enough(values[:count], half_width))


def test_half_widths():
    values = [1.0, 2.0, 3.0, np.nan]
    assert half_width_of(values) == pytest.approx(4.302653 / np.sqrt(3))  # Student's, two degrees of freedom
    found = probability_of_event(2, 5)
    assert half_width_of([True, True, False, False, False]) == pytest.approx((found.high - found.low) / 2)
    assert half_width_of([]) == half_width_of([1.0, np.nan]) == half_width_of(np.empty(0, bool)) == np.inf


def test_never_before_the_least_number():
    assert not enough(np.ones(29), 1.0)
    assert enough(np.ones(30), 1.0)
    assert not enough([*np.ones(29), np.nan], 1.0)


def test_normal_values_stop_where_theory_says_and_cover():
    rng = np.random.default_rng(1)
    samples = rng.normal(0.0, 1.0, (200, 200))
    seeds = np.array([stop(sample, 0.25) for sample in samples])
    assert seeds.mean() == pytest.approx((1.96 / 0.25) ** 2, rel=0.05)
    covered = [abs(sample[:count].mean()) <= half_width_of(sample[:count]) for sample, count in zip(samples, seeds)]
    assert np.mean(covered) == pytest.approx(0.945, abs=0.05)
