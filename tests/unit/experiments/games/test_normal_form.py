"""What a player gains, against sums over everything that others may do."""

import numpy as np
import pytest
from scipy.stats import multinomial

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import counts_of


def keepers(count, prize=10.0, cost=3.0):
    return Game.symmetric(Role("keeper", ("enter", "stay out"), count), lambda k, c: 0.0 if k else prize / c[0] - cost)


def test_gains_sum_over_everything_the_others_may_do():
    mix = np.array([0.2, 0.5, 0.3])
    game = Game.symmetric(Role("player", ("a", "b", "c"), 4), lambda k, c: float(c[k] ** 2 - 3 * c[0] + k))
    by_hand = [
        sum(
            multinomial.pmf(c, 3, mix) * game.payoffs[(tuple(n + (j == k) for j, n in enumerate(c)),)][0][k]
            for c in counts_of(3, 3)
        )
        for k in range(3)
    ]
    assert game.gains([mix])[0] == pytest.approx(by_hand)
    assert game.expected([mix]) == pytest.approx([mix @ by_hand])


def test_gains_of_many_mixtures_at_once():
    game = keepers(4)
    shares = np.array([[0.2, 0.8], [0.7, 0.3], [1.0, 0.0]])
    together = game.gains([shares])[0]
    assert together == pytest.approx(np.array([game.gains([own])[0] for own in shares]))


def test_gains_need_no_payoffs_of_what_cannot_happen():
    matrix = np.array([[1.0, np.nan], [2.0, np.nan]])
    game = Game.of_matrices("ab", "cd", matrix, matrix)
    assert game.gains([[0.5, 0.5], [1.0, 0.0]])[0].tolist() == [1.0, 2.0]


def test_best_moves_are_what_a_single_player_gains():
    game = keepers(5)
    assert game.best_moves(((3, 2),)).tolist() == [0.0]  # 10/3 - 3 > 0 inside, 10/4 - 3 < 0 for one more
    assert game.best_moves(((2, 3),)) == pytest.approx([10 / 3 - 3])
    assert game.best_moves(((4, 1),)) == pytest.approx([3 - 10 / 4])
