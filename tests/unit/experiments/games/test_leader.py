"""A leader who looks ahead."""

import numpy as np
import pytest

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.playing.sampling import Certainty
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.solving.equilibria import all_alike, equilibria
from cascade_sim.experiments.games.solving.leader import answers, followers, paid_to_leader
from cascade_sim.experiments.games.solving.solution import Solution


def stackelberg() -> Game:
    """Up dominates for the row player; but who commits to down is answered with right, and gets more."""
    return Game.of_matrices(("up", "down"), ("left", "right"), [[2, 4], [1, 3]], [[1, 0], [0, 1]])


def test_a_leader_gives_up_what_dominates():
    best = Solution.of(stackelberg(), 0).best
    assert best.strategy == 1
    assert best.payoff == 3
    assert best.equilibrium.mix == ((0.0, 1.0),)


def test_every_choice_has_its_answer():
    assert [answer.payoff for answer in answers(stackelberg(), 0)] == [2, 3]


def test_followers_are_left_with_their_own_game():
    game = followers(stackelberg(), 0, 1)
    assert [role.name for role in game.roles] == ["column"]
    assert np.array([game.payoffs[profile][0] for profile in game.profiles])[0][0] == pytest.approx(0)


def test_a_leader_regrets_a_choice_when_another_one_with_its_answer_pays_more():
    solution = Solution.of(stackelberg(), 0)
    assert solution.regret(stackelberg()) == pytest.approx([0, 0])  # up would be answered with left, and pays 2
    assert solution.equilibrium.regret[0] == 1  # but once right is played, up pays 4
    other = Game.of_matrices(("up", "down"), ("left", "right"), [[5, 4], [1, 3]], [[1, 0], [0.5, 0]])
    assert solution.regret(other) == pytest.approx([5 - 3, 0.5])


def test_what_is_known_of_a_game_with_a_leader_is_how_it_ends_and_not_what_all_would_choose_at_once():
    others = [
        Game.of_matrices(("up", "down"), ("left", "right"), [[2, 4], [1, 3 + x]], [[1, 0], [0, 1]]) for x in (-2, 2)
    ]
    known = Certainty(stackelberg(), others, leader=0)
    assert known.regrets.tolist() == [[1, 0], [0, 0]]
    assert known.error == pytest.approx(0.5 / 3)
    assert Certainty(stackelberg(), others).error == 0.0  # chosen at once, up is best in both


def test_followers_who_settle_unlike_are_counted_as_they_are():
    """Each of two followers wants the other one's place; the leader is paid where they differ."""
    roles = (Role("leader", ("a",)), Role("follower", ("x", "y"), 2))

    def pays(profile):
        x, y = profile[1]
        own = [np.nan if not n else float((x, y) == (1, 1)) for n in (x, y)]
        return ((7.0 if (x, y) == (1, 1) else 0.0,), own)

    game = Game(roles, {profile: pays(profile) for profile in profiles_of([(1, 1), (2, 2)])})
    unlike = [one for one in equilibria(followers(game, 0, 0)) if not all_alike(one)]
    assert [paid_to_leader(game, 0, 0, one) for one in unlike] == [7.0]
