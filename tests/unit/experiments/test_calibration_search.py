"""The search of a calibration, on moments that are formulas."""

import numpy as np
import pytest
from scipy.stats import qmc

from cascade_sim.experiments.calibration.search import Search, design


def searched(moments, centre, first, budget, weight=None):
    """Search after a start, a design of eight points and some steps."""
    centre = np.asarray(centre, float)
    search = Search(moments, centre, np.ones(len(centre)) if weight is None else weight)
    for point in [np.asarray(first, float), *design(8, len(first))]:
        search.add(point)
    search.refine(budget)
    return search


def curved(point):
    """A bent valley: the residuals of Rosenbrock's function, its least square at (0.6, 0.36)."""
    return np.array([10 * (point[1] - point[0] ** 2), point[0], point[0] + point[1]])


def half(point):
    """Moments of one half of the cube; the other can't be run."""
    return point * (1.0 if point[0] < 0.5 else np.nan)


def test_the_design_fills_the_cube_and_repeats():
    points = design(64, 3)
    assert np.array_equal(points[:10], design(10, 3))
    assert qmc.discrepancy(points) < 0.3 * qmc.discrepancy(np.random.default_rng(0).random((64, 3)))


def test_the_objective_is_the_weighted_sum_of_squares():
    search = Search(
        lambda point: point * (1.0 if point[0] < 0.5 else np.nan), np.array([0.2, 0.9]), np.array([4.0, 3.0])
    )
    assert search.add(np.array([0.4, 0.4])) == pytest.approx(4 * 0.04 + 3 * 0.25)
    assert search.add(np.array([0.6, 0.4])) == np.inf
    assert search.best == 0


def test_it_finds_the_point_that_fits():
    search = searched(curved, [0.0, 0.6, 0.96], [0.1, 0.9], 20)
    assert search.points[search.best] == pytest.approx([0.6, 0.36], abs=0.01)
    assert len(search.points) <= 29


def test_weights_decide_between_facts_that_disagree():
    """Two values of one moment: the fit is their weighted mean."""
    search = searched(lambda point: np.array([point[0]] * 2), [0.2, 0.8], [0.5], 15, np.array([3.0, 1.0]))
    assert search.points[search.best][0] == pytest.approx(0.35, abs=0.01)


def test_it_stays_between_the_bounds():
    search = searched(lambda point: np.array([2 * point[0], point[1]]), [3.0, 0.5], [0.5, 0.5], 15)
    assert search.points[search.best] == pytest.approx([1.0, 0.5], abs=0.01)
    assert all(((point >= 0) & (point <= 1)).all() for point in search.points)


def test_points_without_moments_are_passed_by():
    """Half of the cube can't be run, and the best point lies at its edge."""
    search = searched(half, [0.45, 0.7], [0.1, 0.1], 20)
    assert np.isinf(search.objectives()).any()
    assert search.points[search.best] == pytest.approx([0.45, 0.7], abs=0.02)


def test_jumps_of_single_runs_do_not_stop_it():
    """A staircase of steps of 0.02, as counts of accounts make it."""
    search = searched(lambda point: np.round(point * 50) / 50, [0.3, 0.7], [0.9, 0.1], 20)
    assert search.points[search.best] == pytest.approx([0.3, 0.7], abs=0.03)
