"""Learning and replacement against closed forms."""

import numpy as np
import pytest

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.solving.basins import basins
from cascade_sim.experiments.games.solving.dynamics import best_response, fictitious_play, replicate, replicator


def stag_hunt():
    return Game.symmetric(Role("hunter", ("hunt", "wait"), 2), lambda k, c: 0 if k else (3 if c[0] == 2 else -4))


def pennies():
    return Game.of_matrices("ab", "cd", [[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


@pytest.mark.parametrize("dynamics", [replicator, fictitious_play, best_response])
@pytest.mark.parametrize(("start", "end"), [(0.6, 1.0), (0.55, 0.0)])
def test_a_hunt_starts_above_four_in_seven(dynamics, start, end):
    path = dynamics(stag_hunt(), [[start, 1 - start]])
    assert path[0] == pytest.approx([start, 1 - start])
    assert path[-1, 0] == pytest.approx(end, abs=1e-3)
    assert path.sum(axis=1) == pytest.approx(np.ones(len(path)))


def test_replicator_of_a_constant_advantage_is_logistic():
    path = replicate(lambda mix: [np.array([0.3, 0.1])], [[0.2, 0.8]], time=10.0, steps=50)
    at = np.linspace(0, 10, 51)
    assert path[:, 0] == pytest.approx(1 / (1 + 4 * np.exp(-0.2 * at)), rel=1e-6)


def test_replicator_goes_round_in_matching_pennies():
    path = replicator(pennies(), [[0.7, 0.3], [0.5, 0.5]], time=40.0, steps=200)
    constant = np.log(path).sum(axis=1)  # a constant of motion of zero-sum games around an even mixture
    assert constant == pytest.approx(np.full(201, constant[0]), rel=1e-5)
    assert np.ptp(path[:, 0]) > 0.35


def test_what_nobody_plays_stays_unplayed():
    assert replicator(stag_hunt(), [[1.0, 0.0]], steps=5)[:, 1].tolist() == [0.0] * 6


def test_fictitious_play_of_a_zero_sum_game_ends_at_its_solution():
    # Robinson (1951): frequencies converge in two-player zero-sum games
    assert fictitious_play(pennies(), [[1, 0], [1, 0]], 4000)[-1] == pytest.approx(np.full(4, 0.5), abs=0.02)


def test_best_response_dynamics_in_closed_form():
    at = np.linspace(0, 10, 401)
    assert best_response(stag_hunt(), [[0.8, 0.2]])[:, 1] == pytest.approx(0.2 * np.exp(-at))


def test_basins_of_a_hunt_are_what_lies_on_either_side():
    ends = [[[1.0, 0.0]], [[0.0, 1.0]]]
    assert basins(stag_hunt(), ends, 256) == pytest.approx([3 / 7, 4 / 7], abs=0.02)


def test_basins_do_not_hang_on_the_unit_of_payoffs():
    dear = Game.symmetric(Role("h", ("hunt", "wait"), 2), lambda k, c: 0 if k else 1e6 * (3 if c[0] == 2 else -4))
    ends = [[[1.0, 0.0]], [[0.0, 1.0]]]
    assert basins(dear, ends).tolist() == basins(stag_hunt(), ends).tolist()
