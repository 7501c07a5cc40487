"""Resampling against the normal law, whatever the size of a block."""

import numpy as np
import pytest

from cascade_sim.experiments.statistics import bootstrap as module
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval


def means(resamples):
    return resamples.mean(axis=1)


def test_standard_error_of_a_mean():
    values = np.random.default_rng(1).normal(0.0, 3.0, 400)
    assert bootstrap(means, values).std() == pytest.approx(values.std() / 20.0, rel=0.05)


def test_blocks_change_nothing(monkeypatch):
    values = np.random.default_rng(1).normal(size=(7, 2))
    whole = bootstrap(means, values, 100)
    monkeypatch.setattr(module, "_NUMBERS_AT_ONCE", 3 * values.size)
    assert whole.shape == (100, 2)
    np.testing.assert_array_equal(bootstrap(means, values, 100), whole)


def test_undefined_resamples_are_left_out():
    resampled = np.array([[0.0, np.nan], [np.nan, np.nan], [1.0, np.nan]])
    np.testing.assert_allclose(percentile_interval(resampled, 0.5), [[0.25, np.nan], [0.75, np.nan]])
