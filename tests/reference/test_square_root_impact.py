"""Impact of large orders on a latent book, and the closed form that it is held against."""

import math

import numpy as np
import pytest

from cascade_sim.experiments.validation.latent_book import Crowd, execute
from cascade_sim.experiments.validation.latent_theory import kept, prefactor
from cascade_sim.experiments.validation.square_root_impact import exponent
from cascade_sim.experiments.validation.studies import run_study


def test_study():
    lines = run_study("square-root-impact", small=True)
    assert [line.quantity for line in lines if not line.met] == []


def test_limits_of_the_closed_form():
    assert prefactor(1e-4) == pytest.approx(1e-4 / math.sqrt(math.pi), rel=1e-3)
    assert prefactor(1e3) == pytest.approx(math.sqrt(2e3), rel=0.02)
    # The propagator of a small order: the impact at twice its lifetime is sqrt(2) - 1 of that at its end.
    assert kept(1e-4, 2.0) == pytest.approx(math.sqrt(2.0) - 1.0, rel=1e-3)
    assert kept(2.0, 1.001) == pytest.approx(1.0, rel=0.1)


def test_at_a_given_duration_impact_becomes_a_square_root_of_the_pace_only_slowly():
    def slope(part):
        return math.log(prefactor(1.01 * part) / prefactor(part / 1.01)) / (2 * math.log(1.01))

    assert [slope(part) for part in (0.01, 2.0, 1e4)] == pytest.approx([1.0, 0.92, 0.5], abs=0.01)


@pytest.mark.parametrize("part", [0.1, 0.5, 2.0])
def test_the_closed_form_is_what_marching_in_time_finds(part):
    # Cell by cell, the pole integrated exactly; each price solves its own equation given the past.
    steps = 300
    edges = np.arange(steps + 1) / steps
    path = np.zeros(steps + 1)
    for k in range(1, steps + 1):
        weights = (np.sqrt(edges[k] - edges[:k]) - np.sqrt(edges[k] - edges[1 : k + 1])) / math.sqrt(math.pi)
        age = edges[k] - edges[:k]
        now = path[k - 1]
        for _ in range(60):
            now = 0.5 * now + 0.5 * part * float(np.sum(weights * np.exp(-((now - path[:k]) ** 2) / (4.0 * age))))
        path[k] = now
    assert path[-1] == pytest.approx(prefactor(part), rel=0.03)


def test_nobody_trades_with_a_crowd_that_never_changes_its_mind():
    frozen = execute(Crowd(density=80, width=0.0, hop=0.0, reach=60, window=60), 0, 50, 1)
    assert frozen.flow == 0
    assert (frozen.impact == 0).all()


def test_selling_moves_the_price_as_far_down():
    paths = {
        pace: np.mean([execute(Crowd(), pace, 400, k, (k + 0.5) / 4).impact for k in range(4)], axis=0)
        for pace in (50, -50)
    }
    assert paths[-50][-1] == pytest.approx(-paths[50][-1], rel=0.05)


def test_exponent_of_a_power_law():
    sizes = np.geomspace(10, 1000, 7)
    assert exponent(sizes, 3 * sizes**0.7) == pytest.approx(0.7)
