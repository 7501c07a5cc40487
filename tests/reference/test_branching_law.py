"""Cascades of equal positions scattered at random are families of a branching process."""

import numpy as np
import pytest

from cascade_sim.experiments.validation.branching_ladder import BranchingLadder
from cascade_sim.experiments.validation.branching_law import borel_at_least, extinction
from cascade_sim.experiments.validation.studies import run_study


def test_small_study():
    for line in run_study("branching-law", small=True):
        assert line.met, line


def test_published_values_of_the_laws():
    assert borel_at_least(0.5, 2) == pytest.approx(1 - 0.606531, abs=1e-6)
    assert borel_at_least(0.8, 10) == pytest.approx(0.122602, abs=1e-6)
    assert borel_at_least(0.95, 100) == pytest.approx(0.0412538, abs=1e-7)
    assert borel_at_least(1.0, 1000) == pytest.approx(0.0252369, abs=1e-7)
    assert [extinction(ratio) for ratio in (1.1, 1.5, 2)] == pytest.approx([0.823866, 0.417188, 0.203188], abs=1e-6)


def test_positions_further_apart_than_sales_reach_trigger_nobody():
    sizes = BranchingLadder(0.01, 100, np.random.default_rng(1)).sizes(500)
    assert sizes.mean() == pytest.approx(1 / 0.99, abs=0.02)


def test_what_reaches_the_wall_is_caught():
    sizes = BranchingLadder(2.0, 20, np.random.default_rng(1)).sizes(300)
    assert (sizes > 20).mean() == pytest.approx(1 - extinction(2.0), abs=0.07)
    assert sizes.max() < 200
