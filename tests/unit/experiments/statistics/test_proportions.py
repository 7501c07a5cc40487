"""Intervals of probabilities against published numbers, exact coverage and the binomial law."""

import numpy as np
import pytest
from scipy import special, stats

from cascade_sim.experiments.statistics.proportions import exceeds, probability_of_event


@pytest.mark.parametrize(
    ("count", "runs", "low", "high"),  # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(count, runs, low, high):
    found = probability_of_event(count, runs)
    assert (found.probability, *np.round(found[1:], 4)) == (count / runs, low, high)


@pytest.mark.parametrize(
    ("count", "runs", "low", "high"),  # the same table, method 5
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_pearson_is_as_published(count, runs, low, high):
    assert tuple(np.round(probability_of_event(count, runs, method="clopper-pearson")[1:], 4)) == (low, high)


def test_shape_is_kept_and_ends_are_exact():
    for method in ("wilson", "clopper-pearson"):
        found = probability_of_event([[0, 10], [5, 0]], [[10, 10], [10, 0]], method=method)
        assert found.low[0, 0] == found.probability[0, 0] == 0.0 < found.high[0, 0]
        assert found.high[0, 1] == found.probability[0, 1] == 1.0 > found.low[0, 1]
        assert found.low[1, 0] < 0.5 < found.high[1, 0]
        assert np.isnan([part[1, 1] for part in found]).all()


def coverage(method, runs, probabilities):
    counts = np.arange(runs + 1)
    found = probability_of_event(counts, runs, method=method)
    covered = (found.low[:, None] <= probabilities) & (probabilities <= found.high[:, None])
    return (stats.binom.pmf(counts[:, None], runs, probabilities) * covered).sum(axis=0)


def test_exact_coverage():
    probabilities = np.linspace(0.005, 0.995, 199)
    assert coverage("clopper-pearson", 40, probabilities).min() >= 0.95
    assert coverage("wilson", 40, probabilities).mean() == pytest.approx(0.95, abs=0.005)


def test_clopper_pearson_ends_are_binomial_tails():
    found = probability_of_event(3, 20, 0.9, "clopper-pearson")
    assert special.bdtrc(2, 20, found.low) == pytest.approx(0.05)
    assert special.bdtr(3, 20, found.high) == pytest.approx(0.05)


def test_undefined_events_are_left_out():
    events = exceeds([[0.1, 0.3], [0.2, np.nan]], 0.15)
    np.testing.assert_array_equal(events, [[0, 1], [1, np.nan]])


def test_impossible_counts_and_unknown_methods_are_refused():
    with pytest.raises(ValueError, match="between 0 and the number of runs"):
        probability_of_event(3, 2)
    with pytest.raises(ValueError, match="got 'wald'"):
        probability_of_event(1, 2, method="wald")
