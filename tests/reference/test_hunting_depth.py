"""Where hunting stops to pay: the closed form with decay against its limits, and against the market."""

import pytest

from cascade_sim.experiments.validation.hunting_depth import Cluster, Impact, study, turning_depth, zero_of
from cascade_sim.experiments.validation.predation import break_even

CLUSTER = Cluster(0.00475, 20.0, {})


def impact(decay=0.0, back=1.0):
    return Impact(slope=50.0, left=50.0 * (1 - decay), back=50.0 * back, spread=0.0)


def test_without_decay_it_is_the_depth_at_which_the_cluster_is_the_break_even_one():
    depth = turning_depth(impact(), 9e6, CLUSTER)
    share = CLUSTER.push / 1000.0  # the closed form of predation has a price of 100
    assert break_even(share, 50.0 / 1000.0 * 9e6 / depth, 0.0005) == pytest.approx(CLUSTER.size)


def test_at_the_turning_depth_a_hunt_brings_nothing():
    for decay, back in ((0.3, 1.0), (0.5, 1.5)):
        depth = turning_depth(impact(decay, back), 9e6, CLUSTER)
        slope, d = 50.0 * 9e6 / depth, CLUSTER.push
        pushed, covered = 1e5 - d / 2, 1e5 - (1 - decay) * (d + slope * CLUSTER.size) + back * d / 2
        fees = 0.0005 * (2e5 - (1 - decay) * (d + slope * CLUSTER.size))
        assert pushed - covered - fees == pytest.approx(0.0, abs=0.02 * d)


def test_decay_of_the_own_push_protects_more_than_decay_of_the_cascade_alone():
    assert turning_depth(impact(0.5), 9e6, CLUSTER) < turning_depth(impact(0.5), 9e6, CLUSTER, own=0.0) / 2


def test_the_first_crossing_is_found_between_neighbours():
    assert zero_of([1.0, 2.0, 4.0], [3.0, 1.0, -1.0]) == pytest.approx(2.0 * 2**0.5)
    assert zero_of([1.0, 2.0], [1.0, 0.5]) != zero_of([1.0, 2.0], [1.0, 0.5])  # nowhere


def test_the_market_agrees():
    assert [line.quantity for line in study(small=True) if not line.met] == []
