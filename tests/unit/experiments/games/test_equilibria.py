"""Equilibria of games that can be solved by hand."""

import numpy as np
import pytest

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.solving.equilibria import equilibria, equilibrium_of, reported
from cascade_sim.experiments.games.solving.gain_roots import roots_of_bernstein


def two(first, second):
    rows, columns = np.shape(first)
    return Game.of_matrices("abcdefghij"[:rows], "klmnopqrst"[:columns], first, second)


def mixes(game):
    return [one.mix for one in equilibria(game)]


def test_rock_paper_scissors_of_two_like_players():
    pays = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    game = Game.symmetric(Role("player", ("rock", "paper", "scissors"), 2), lambda k, c: pays[k, other(k, c)])
    (only,) = equilibria(game)
    assert only.kind == "mixed"
    assert only.profile is None
    assert np.array(only.mix) == pytest.approx(np.full((1, 3), 1 / 3))
    assert only.support == ((0, 1, 2),)


def other(strategy, counts):
    return next(k for k, count in enumerate(counts) if count - (k == strategy) > 0)


def test_players_of_a_role_may_choose_differently():
    chicken = Game.symmetric(Role("driver", ("on", "off"), 2), lambda k, c: [[-1, 4], [0, 0]][k][other(k, c)])
    pure, mixed = equilibria(chicken)
    assert (pure.kind, pure.profile, pure.payoffs, pure.mix) == ("pure", ((1, 1),), (2.0,), ((0.5, 0.5),))
    assert mixed.mix[0] == pytest.approx((0.8, 0.2))
    assert reported(chicken) == mixed  # a population cannot send one of each


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (np.zeros((2, 2)), np.zeros((2, 2))),
        ([[1, 1], [1, 0], [0, 0]], [[1, 1], [0, 1], [0, 0]]),
        ([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]]),  # Nisan et al. (2007), example 3.3: degenerate
        (np.ones((1, 1)), np.ones((1, 1))),
        (np.eye(3), np.zeros((3, 3))),
    ],
)
def test_degenerate_games_have_an_answer(first, second):
    game = two(first, second)
    found = equilibria(game)
    assert found
    assert max(max(one.regret) for one in found) <= 1e-9
    assert len({one.mix for one in found}) == len(found)


def test_a_continuum_is_given_by_its_ends():
    # the column player is indifferent when the row player plays the first: any q in [2/3, 1] of the first column
    found = mixes(two([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]]))
    on_first_row = sorted(mix[1][0] for mix in found if mix[0][0] == 1.0)
    assert on_first_row == pytest.approx([2 / 3, 1.0])


def test_ten_strategies_each_have_an_answer():
    rng = np.random.default_rng(3)
    game = two(rng.normal(size=(10, 10)), rng.normal(size=(10, 10)))
    assert max(max(one.regret) for one in equilibria(game)) < 1e-8


def test_three_strategies_of_ten_like_players():
    # paid one over the number on the same strategy, times its worth: whoever mixes spreads by worth
    worth = np.array([5.0, 6.0, 7.0])
    game = Game.symmetric(Role("player", ("a", "b", "c"), 10), lambda k, c: worth[k] / c[k])
    inside = [one for one in equilibria(game) if one.support == ((0, 1, 2),) and one.kind == "mixed"]
    assert len(inside) == 1
    assert game.regret(inside[0].mix).max() < 1e-8
    assert inside[0].mix[0] == tuple(sorted(inside[0].mix[0]))


def test_roles_of_several_players():
    # two hunters against a maker who is there only if few hunt: matching pennies in counts
    sizes = [(2, 2), (1, 2)]
    payoffs = {}
    for hunters, maker in profiles_of(sizes):
        deep, hunting = maker[0], hunters[0]
        attack = -1.0 if deep else 2.0 / max(hunting, 1)
        payoffs[(hunters, maker)] = (
            tuple(v if n else np.nan for v, n in zip((attack, 0.0), hunters, strict=True)),
            tuple(v if n else np.nan for v, n in zip((1.0 - 2.0 * hunting, 0.0), maker, strict=True)),
        )
    game = Game((Role("hunter", ("attack", "wait"), 2), Role("maker", ("deep", "thin"))), payoffs)
    (inside,) = [one for one in equilibria(game) if one.kind == "mixed" and len(one.support[0]) == 2]
    attack = 0.25  # 1 - 2 x 2 p = 0
    alone, both = 2.0, 1.0
    thin = (1 - attack) * alone + attack * both  # pays an attacker against a thin book
    assert inside.mix[0] == pytest.approx((attack, 1 - attack))
    assert inside.mix[1] == pytest.approx((thin / (1 + thin), 1 / (1 + thin)))


def test_many_supports_are_searched_by_descent():
    # matching pennies in a ring of five: everybody tosses a coin, and there is nothing else
    roles = tuple(Role(name, ("heads", "tails", "dominated", "dominated too")) for name in "abcde")
    payoffs = {}
    for profile in profiles_of([(1, 4)] * 5):
        chosen = [own.index(1) for own in profile]
        cells = []
        for i, own in enumerate(chosen):
            same = chosen[i - 1] == own
            value = -3.0 if own > 1 else (1.0 if same != (i == 0) else -1.0)
            cells.append(tuple(value if k == own else np.nan for k in range(4)))
        payoffs[profile] = cells
    found = equilibria(Game(roles, payoffs))
    assert [one.kind for one in found] == ["mixed"]
    assert np.array(found[0].mix) == pytest.approx(np.tile([0.5, 0.5, 0, 0], (5, 1)), abs=1e-6)


def test_the_risk_dominant_equilibrium_is_reported():
    def stag(cost):
        return Game.symmetric(Role("hunter", ("hunt", "wait"), 2), lambda k, c: 0 if k else (3 if c[0] == 2 else -cost))

    assert reported(stag(4.0)).mix == ((0.0, 1.0),)  # hunting needs a chance of 4/7 that the other hunts
    assert reported(stag(2.0)).mix == ((1.0, 0.0),)  # and here 2/5


def test_what_is_no_equilibrium_has_regret():
    game = two([[3, -4], [0, 0]], [[3, 0], [-4, 0]])
    half = equilibrium_of(game, [[0.5, 0.5], [0.5, 0.5]])
    assert half.regret == pytest.approx((0.25, 0.25))  # half of 3 - 4 against 0
    assert half.payoffs == pytest.approx((-0.25, -0.25))


def test_no_equilibrium_to_report():
    pennies = two([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    least = reported(pennies, [])
    assert least.mix[0] == pytest.approx((0.5, 0.5), abs=1e-3)
    assert least.regret == pytest.approx((0.0, 0.0), abs=1e-3)


@pytest.mark.parametrize(
    ("roots", "degree"), [([0.25], 1), ([0.1, 0.5, 0.9], 3), ([0.3, 0.3], 2), ([0.2, 0.5, 0.5, 0.5 + 1e-3], 7), ([], 4)]
)
def test_roots_of_a_polynomial_in_bernstein_form(roots, degree):
    power = np.polynomial.Polynomial.fromroots([*roots, *[-1.5] * (degree - len(roots))])
    found = roots_of_bernstein(bernstein(power.coef))
    assert found == pytest.approx(sorted(set(roots)), abs=1e-6)


def test_roots_at_the_ends_are_left_out():
    power = np.polynomial.Polynomial.fromroots([0, 0, 0, 0, 0.4, 1, 1])
    assert roots_of_bernstein(np.round(bernstein(power.coef), 15)) == pytest.approx([0.4])
    assert roots_of_bernstein([0.0, 0.0]) == []


def bernstein(coefficients):
    from math import comb

    n = len(coefficients) - 1
    return np.array([sum(comb(k, i) / comb(n, i) * coefficients[i] for i in range(k + 1)) for k in range(n + 1)])
