"""A holder who keeps its leverage multiplies a shock as the loss and margin spirals say."""

import pytest

from cascade_sim.experiments.validation.leverage_targeting import branching_ratio, multiplier
from cascade_sim.experiments.validation.studies import run_study


def test_small_study():
    for line in run_study("leverage-targeting", small=True):
        assert line.met, line


def test_branching_ratios():
    ratios = [branching_ratio(leverage, 0) for leverage in (5, 8, 10, 11)]
    assert ratios == pytest.approx([0.4, 0.7, 0.9, 1.0])
    assert branching_ratio(5, 1) == pytest.approx(0.9)


def test_without_leverage_nothing_is_multiplied():
    assert multiplier(1.0) == pytest.approx(1.0, rel=0.01)
