"""Hunting and predation for a class: closed forms beside the market."""

import pandas as pd
import pytest

from cascade_sim.experiments.lessons.hunting import alongside, by_sight, by_size, smallest_prey
from cascade_sim.experiments.validation.predation import Market, hunt
from cascade_sim.plots.lessons.hunting import plot_alongside, plot_by_size, plot_hunt


def test_what_pays_is_hunted_and_nothing_else():
    limit = smallest_prey(0.001)
    found = by_size((0.8 * limit, 2.5 * limit))
    assert found["hunted"].tolist() == [False, True]
    assert found["profit"].iloc[1] == pytest.approx(found["theory"].iloc[1], rel=0.05)
    assert (found["theory"] > 0).tolist() == found["hunted"].tolist()


def test_what_the_predator_gains_the_prey_loses():
    found = alongside((0, 0.5, 1))
    assert found["simulated"].tolist() == pytest.approx(found["theory"].tolist(), rel=0.02)
    assert found["cost"].tolist() == pytest.approx(found["simulated"].tolist())
    assert 100 - found.loc[1, "low"] == pytest.approx(2 * (100 - found.loc[0, "low"]))
    assert len(plot_alongside(found).axes[0].lines) == 3


def test_nobody_hunts_what_nobody_sees():
    found = by_sight(200, seeds=(1,)).set_index("positions")
    assert found.loc["public", "hunted"]
    assert not found.loc["private", "hunted"]
    assert found.loc["private", "liquidated"] == 0


def test_figures():
    labels = plot_hunt(hunt(Market(clusters={2.0: 200.0})).result).axes[0].get_legend_handles_labels()[1]
    assert labels[1].startswith("the cluster is sold by force: 200 units at 97.")
    table = pd.DataFrame({"size": [50, 200], "theory": [-1.0, 2.0], "profit": [0.0, 2.0], "hunted": [False, True]})
    assert len(plot_by_size(table, 100.0).axes[0].lines) == 5
