"""Pareto frontiers by hand and against the definition."""

import numpy as np
import pytest

from cascade_sim.experiments.statistics.pareto import pareto_frontier


def test_by_hand():
    efficiency = [5.0, 4.0, 3.0, 5.0, 1.0, np.nan]
    bad_debt = [9.0, 3.0, 4.0, 9.0, 1.0, 0.0]
    assert pareto_frontier(efficiency, bad_debt, ("max", "min")).tolist() == [0, 3, 1, 4]
    assert pareto_frontier(efficiency, bad_debt, ("min", "max")).tolist() == [4, 2, 0, 3]


def test_against_a_sweep_line():
    first, second = np.random.default_rng(1).random((2, 300))
    order = np.argsort(-first)
    records = order[second[order] >= np.maximum.accumulate(second[order])]
    np.testing.assert_array_equal(pareto_frontier(first, second, ("max", "max")), records)


def test_nothing():
    assert pareto_frontier([], [], ("min", "min")).tolist() == []


def test_senses_are_checked():
    with pytest.raises(ValueError, match="'max' or 'min', got 'up'"):
        pareto_frontier([1.0], [1.0], ("up", "min"))
