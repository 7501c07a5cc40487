"""Which of several means may be the largest."""

import numpy as np

from cascade_sim.experiments.statistics.best import may_be_best
from cascade_sim.experiments.statistics.bootstrap import bootstrap


def kept(values):
    """Of columns of runs."""
    return may_be_best(values.mean(axis=0), bootstrap(lambda several: several.mean(axis=1), values, resamples=400))


def test_the_best_one_is_kept_as_often_as_promised_whatever_its_rivals():
    rng = np.random.default_rng(5)
    many, scale = 300, np.array([1.0, 2.0, 1.0, 0.5])
    for truth in ([0.0, 0.0, 0.0, 0.0], [0.0, 0.2, 0.2, -1.0]):
        best = int(np.argmax(truth))
        held = np.mean([kept(truth + scale * rng.standard_normal((40, 4)))[best] for _ in range(many)])
        assert held > 0.95 - 3 * np.sqrt(0.95 * 0.05 / many)  # three standard errors of a share


def test_what_is_far_behind_is_out():
    rng = np.random.default_rng(1)
    values = np.array([0.0, 1.0, 1.01, -1.0]) + 0.2 * rng.standard_normal((50, 4))
    assert kept(values).tolist() == [False, True, True, False]


def test_luck_that_all_share_hides_nothing():
    rng = np.random.default_rng(2)
    common = 100.0 * rng.standard_normal((30, 1))
    assert kept(common + np.array([0.0, 1.0]) + 0.1 * rng.standard_normal((30, 2))).tolist() == [False, True]


def test_differences_without_luck_decide():
    values = np.array([[1.0, 2.0, 2.0]] * 5)
    assert kept(values).tolist() == [False, True, True]
