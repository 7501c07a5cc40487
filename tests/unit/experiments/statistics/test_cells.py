"""Cells against statistics worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.statistics.cells import cells_by_seeds, mean_by_cell, probability_by_cell
from cascade_sim.experiments.statistics.proportions import exceeds, probability_of_event


@pytest.fixture
def runs():
    return pd.DataFrame(
        {
            "cell": [0, 0, 0, 1, 1, 1],
            "seed": [4, 5, 6, 4, 5, 6],
            "leverage": [2.0] * 3 + [8.0] * 3,
            "fall": [0.1, 0.2, 0.6, np.nan, 0.5, 0.7],
        }
    )


def test_means(runs):
    cells = mean_by_cell(runs, "fall", ["leverage"])
    assert cells.columns.tolist() == ["cell", "leverage", "mean", "low", "high", "runs"]
    np.testing.assert_allclose(cells["mean"], [0.3, 0.6])
    assert cells["runs"].tolist() == [3, 2]
    assert (cells["low"] < cells["mean"]).all()


def test_probabilities_leave_undefined_runs_out(runs):
    cells = probability_by_cell(runs, exceeds(runs["fall"], 0.15), ["leverage"])
    assert cells.columns.tolist() == ["cell", "leverage", "probability", "low", "high", "runs"]
    assert cells["runs"].tolist() == [3, 2]
    np.testing.assert_allclose(cells[["probability", "low", "high"]].T, probability_of_event([2, 2], [3, 2]))


def test_rows_of_another_index_stay_together(runs):
    shuffled = runs.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(
        probability_by_cell(shuffled, exceeds(shuffled["fall"], 0.15), ["leverage"]),
        probability_by_cell(runs, exceeds(runs["fall"], 0.15), ["leverage"]),
    )


def test_a_table_of_cells_by_seeds_is_complete(runs):
    np.testing.assert_array_equal(cells_by_seeds(runs[:3], "fall"), [[0.1, 0.2, 0.6]])
    with pytest.raises(ValueError, match="fall is undefined there: 1;"):
        cells_by_seeds(runs, "fall")
    with pytest.raises(ValueError, match=r"lack a seed that others have.*: 1;"):
        cells_by_seeds(runs.drop(index=3), "fall")
    with pytest.raises(ValueError, match="cells are missing: 0;"):
        cells_by_seeds(runs[4:], "fall")
    with pytest.raises(ValueError, match="there are no runs"):
        cells_by_seeds(runs[:0], "fall")
