"""Utility in USD: profit where risk does not matter, less where it does."""

import numpy as np
import pytest

from cascade_sim.experiments.games.playing.utility import certainty_equivalent, utility


def test_small_profits_are_worth_what_they_are():
    assert utility(1.0, 1e6, 3.0) == pytest.approx(1.0, rel=1e-5)


def test_without_aversion_it_is_profit():
    assert utility([-5.0, 7.0], [1.0, 1.0]).tolist() == [-5.0, 7.0]


def test_the_certainty_equivalent_of_a_coin_is_that_of_the_closed_form():
    # CARA with a = 2 and a coin of +-30 % of the stake: -log(cosh(0.6)) / 2 of it.
    mean = utility([30.0, -30.0], 100.0, 2.0).mean()
    assert certainty_equivalent(mean, 100.0, 2.0) == pytest.approx(-100.0 * np.log(np.cosh(0.6)) / 2.0)
