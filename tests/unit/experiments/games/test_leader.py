"""A leader who looks ahead."""

import numpy as np
import pytest

from cascade_sim.experiments.games.leader import answers, best_answer, followers
from cascade_sim.experiments.games.normal_form import Game


def stackelberg() -> Game:
    """Up dominates for the row player; but who commits to down is answered with right, and gets more."""
    return Game.of_matrices(("up", "down"), ("left", "right"), [[2, 4], [1, 3]], [[1, 0], [0, 1]])


def test_a_leader_gives_up_what_dominates():
    best = best_answer(stackelberg(), 0)
    assert best.strategy == 1
    assert best.payoff == 3
    assert best.equilibrium.mix == ((0.0, 1.0),)


def test_every_choice_has_its_answer():
    assert [answer.payoff for answer in answers(stackelberg(), 0)] == [2, 3]


def test_followers_are_left_with_their_own_game():
    game = followers(stackelberg(), 0, 1)
    assert [role.name for role in game.roles] == ["column"]
    assert np.array([game.payoffs[profile][0] for profile in game.profiles])[0][0] == pytest.approx(0)
