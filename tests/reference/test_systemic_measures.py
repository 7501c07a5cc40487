"""Measures of systemic risk give the numbers that their theories give on networks worked out by hand."""

import numpy as np
import pytest

from cascade_sim.contagion.systemic.leverage_feedback import correlation, feedback_matrix, realised_covariance
from cascade_sim.contagion.systemic.portfolio_branching import mean_field_branching, tree_branching
from cascade_sim.contagion.systemic.vulnerable_banks import spiral_matrix
from cascade_sim.experiments.validation.studies import run_study

STUDIES = ("systemic-measures", "endogenous-correlation", "overlapping-portfolios")


@pytest.mark.parametrize("name", STUDIES)
def test_small_studies(name):
    for line in run_study(name, small=True):
        assert line.met, line


@pytest.mark.parametrize(
    ("ratio", "wanted", "factor"), [(0.5, 1 / 7, 1.080123), (0.8, 8 / 17, 1.374369), (0.9, 81 / 119, 1.769627)]
)
def test_correlation_that_a_leveraged_fund_makes(ratio, wanted, factor):
    covariance = realised_covariance(feedback_matrix([0.5, 0.5], 1.0, 1 + 2 * ratio, 1.0), np.eye(2))
    assert correlation(covariance)[0, 1] == pytest.approx(wanted, abs=1e-12)
    assert covariance[0, 0] ** 0.5 == pytest.approx(factor, abs=1e-6)


def test_funds_feed_back_as_vulnerable_banks():
    weights, assets, leverage = np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([100, 50.0]), np.array([10, 5.0])
    depth = np.array([1000, 500.0])
    feedback = feedback_matrix(weights, assets, leverage, depth)
    assert feedback == pytest.approx(spiral_matrix(assets[:, None] * weights, leverage - 1, 1 / depth))


@pytest.mark.parametrize("branching", [mean_field_branching, tree_branching])
def test_branching_where_every_loss_is_deadly(branching):
    # an investor reached has mu further assets, each with mu other holders
    assert branching(1e6, 2.0) == pytest.approx(4.0, rel=0.02)
    assert branching(1e6, 0.8) == pytest.approx(0.64, rel=0.02)


@pytest.mark.parametrize("branching", [mean_field_branching, tree_branching])
def test_branching_where_no_loss_is_deadly(branching):
    assert branching(1.0, 3.0) == 0.0
