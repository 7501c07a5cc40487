"""Sensitivity against the closed forms of Ishigami's function and of Sobol's g-function, and linear models."""

import sys

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.statistics.luck import share_of_luck
from cascade_sim.experiments.statistics.morris import morris_screening
from cascade_sim.experiments.statistics.sobol import sobol_indices

THREE = {"names": ["x", "y", "z"], "bounds": [(-np.pi, np.pi)] * 3}
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])
FOUR = {"names": ["a", "b", "c", "d"], "bounds": [(0.0, 1.0)] * 4}


def ishigami(points):
    """Ishigami and Homma (1990), a = 7, b = 0.1."""
    return np.sin(points[:, 0]) * (1.0 + 0.1 * points[:, 2] ** 4) + 7.0 * np.sin(points[:, 1]) ** 2


def g_function(points):
    """Saltelli and Sobol (1995)."""
    return ((np.abs(4.0 * points - 2.0) + WEIGHTS) / (1.0 + WEIGHTS)).prod(axis=1)


def sobol_sample(problem, size, second_order=True):
    sample = pytest.importorskip("SALib.sample.sobol").sample
    return sample({**problem, "num_vars": len(problem["names"])}, size, calc_second_order=second_order, seed=1)


def morris_sample(problem, trajectories):
    sample = pytest.importorskip("SALib.sample.morris").sample
    return sample({**problem, "num_vars": len(problem["names"])}, trajectories, seed=1)


def runs_of(points, problem, means, luck=0.0, seeds=2):
    """Runs whose averages over seeds are `means`, as luck cancels over each two."""
    cells = pd.DataFrame(points, columns=problem["names"]).assign(cell=range(len(points)), fall=means)
    signs = np.resize([1.0, -1.0], seeds)
    frames = [cells.assign(seed=seed, fall=means + sign * luck) for seed, sign in enumerate(signs)]
    return pd.concat(frames).sort_values(["cell", "seed"], ignore_index=True)


def test_ishigami():
    points = sobol_sample(THREE, 2048)
    found = sobol_indices(runs_of(points, THREE, ishigami(points)), "fall", THREE)
    first, square, tail = 0.5 * (1 + np.pi**4 / 50) ** 2, 49 / 8, np.pi**8 * 0.01 * (1 / 18 - 1 / 50)
    variance = first + square + tail
    np.testing.assert_allclose(found.axes["first_order"], np.array([first, square, 0]) / variance, atol=0.02)
    np.testing.assert_allclose(found.axes["total"], np.array([first + tail, square, tail]) / variance, atol=0.02)
    assert found.pairs[["first", "second"]].to_numpy().tolist() == [["x", "y"], ["x", "z"], ["y", "z"]]
    np.testing.assert_allclose(found.pairs["interaction"], np.array([0, tail, 0]) / variance, atol=0.03)
    assert found.luck == pytest.approx((0.0, 0.0), abs=1e-12)


def test_g_function_of_first_order_only():
    points = sobol_sample(FOUR, 2048, second_order=False)
    axes = sobol_indices(runs_of(points, FOUR, g_function(points)), "fall", FOUR)
    parts = 1.0 / 3.0 / (1.0 + WEIGHTS) ** 2
    variance = (1.0 + parts).prod() - 1.0
    np.testing.assert_allclose(axes.axes["first_order"], parts / variance, atol=0.02)
    np.testing.assert_allclose(axes.axes["total"], parts * (1 + parts).prod() / (1 + parts) / variance, atol=0.02)
    assert (axes.axes["total_low"] < axes.axes["total_high"]).all()
    assert axes.pairs.empty


def test_morris_of_a_linear_model_with_an_interaction():
    problem = {"names": ["x", "y", "z"], "bounds": [(10.0, 20.0), (0.0, 1.0), (0.0, 1.0)]}
    points = morris_sample(problem, 12)
    outcome = 0.3 * points[:, 0] + points[:, 1] * points[:, 2] - points[:, 1]
    axes = morris_screening(runs_of(points, problem, outcome), "fall", problem).axes.set_index("axis")
    assert axes.loc["x", ["mean_effect", "mean_absolute_effect", "spread"]].tolist() == pytest.approx([3.0, 3.0, 0.0])
    assert axes.loc["y", "mean_effect"] == pytest.approx(-axes.loc["y", "mean_absolute_effect"])
    assert axes.loc["z", "mean_effect"] == pytest.approx(axes.loc["z", "mean_absolute_effect"])
    assert (axes.loc[["y", "z"], "spread"] > 0.1).all()
    assert axes.loc["z", "low"] < axes.loc["z", "mean_absolute_effect"] < axes.loc["z", "high"]


def test_other_designs_are_refused():
    points, others = sobol_sample(THREE, 8), morris_sample(THREE, 8)
    runs, walks = (runs_of(sample, THREE, ishigami(sample)) for sample in (points, others))
    with pytest.raises(ValueError, match=r"not a sample of SALib.sample.sobol"):
        sobol_indices(walks, "fall", THREE)
    with pytest.raises(ValueError, match=r"not a sample of SALib.sample.morris with num_levels=4"):
        morris_screening(runs, "fall", THREE)
    with pytest.raises(ValueError, match="num_levels=6"):
        morris_screening(walks, "fall", THREE, levels=6)
    with pytest.raises(ValueError, match="two trajectories or more"):
        morris_screening(walks[walks["cell"] < 4], "fall", THREE)
    with pytest.raises(ValueError, match=r"not a sample"):
        sobol_indices(runs.assign(cell=63 - runs["cell"].to_numpy()), "fall", THREE)


def test_incomplete_sweeps_are_refused():
    points = sobol_sample(THREE, 8)
    runs = runs_of(points, THREE, ishigami(points))
    with pytest.raises(ValueError, match="cells are missing: 3;"):
        sobol_indices(runs[runs["cell"] != 3], "fall", THREE)
    with pytest.raises(ValueError, match="lack a seed that others have"):
        sobol_indices(runs[1:], "fall", THREE)
    with pytest.raises(ValueError, match="the sweep has no axis w"):
        sobol_indices(runs, "fall", {**THREE, "names": ["w", "y", "z"]})
    with pytest.raises(ValueError, match="outside the bounds"):
        sobol_indices(runs, "fall", {**THREE, "bounds": [(0.0, 1.0)] * 3})
    with pytest.raises(ValueError, match="fall is the same in all cells"):
        sobol_indices(runs.assign(fall=1.0), "fall", THREE)


@pytest.mark.parametrize("analysis", [sobol_indices, morris_screening])
def test_without_salib_the_extra_is_named(analysis, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(ModuleNotFoundError, match=r"cascade-sim\[analysis\]"):
        analysis(pd.DataFrame(), "fall", THREE)


def test_luck_is_what_it_was_made_of():
    rng = np.random.default_rng(1)
    cells, seeds, remainder = rng.normal(0, 3, (400, 1)), rng.normal(0, 2, (1, 400)), rng.normal(0, 1, (400, 400))
    parts = [part.var(ddof=1) for part in (cells, seeds, remainder)]
    luck = share_of_luck(cells + seeds + remainder)
    assert luck.of_one_run == pytest.approx((parts[1] + parts[2]) / sum(parts), rel=0.05)
    luck = share_of_luck((cells + seeds + remainder)[:, :4])
    assert luck.of_cell_means == pytest.approx(0.25 / (parts[0] + 0.25), rel=0.2)
    assert share_of_luck(remainder[:, :4]).of_cell_means == pytest.approx(1.0, abs=0.25)


def test_luck_needs_seeds_and_something_that_varies():
    assert np.isnan([*share_of_luck(np.ones((5, 1))), *share_of_luck(np.ones((5, 3)))]).all()
    assert share_of_luck([[1.0, 2.0], [1.0, 2.0]]).of_one_run == 1.0
