"""What is said of games whose answer everybody knows."""

from dataclasses import replace

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.reporting.words import in_words
from cascade_sim.experiments.games.solving.domination import dominated
from cascade_sim.experiments.games.solving.equilibria import equilibria


def said(game):
    return " ".join(in_words(game, equilibria(game)))


def test_a_dilemma_and_a_dominated_choice():
    game = Game.of_matrices(("help", "cheat"), ("help", "cheat"), [[3, 0], [5, 1]], [[3, 5], [0, 1]], unit="USD")
    assert list(dominated(game)) == [(0, 0), (1, 0)]
    text = said(game)
    assert "For the row, 'help' is never the best choice" in text
    assert "The row chooses 'cheat'; the column chooses 'cheat'. Nobody gains by changing alone." in text
    assert "It is a dilemma" in text
    assert "they could get is 6 USD" in text
    assert "4 USD more" in text
    assert "equilibria" not in text


def test_several_equilibria_and_the_safer_one():
    hunt = Game.symmetric(Role("hunter", ("attack", "wait"), 2), lambda k, c: 0 if k else (3 if c[0] == 2 else -4))
    text = said(hunt)
    assert "There are 3 ways to choose that nobody regrets (equilibria)" in text
    assert "Both hunters choose 'attack'" in text
    assert "'attack' with a chance of 57%" in text
    assert "both hunters choose 'wait'; it is the safer choice" in text
    assert "failure to act together" in text
    assert "dilemma" not in text


def test_players_of_a_role_who_choose_differently():
    keepers = Game.symmetric(Role("keeper", ("come", "stay out"), 5), lambda k, c: 0.0 if k else 10 / c[0] - 3)
    text = said(keepers)
    assert "Of the 5 keepers 3 choose 'come' and 2 choose 'stay out'" in text
    assert "each keeper 0.2 on average" in text
    assert "cannot agree on who does what" in text


def test_an_equilibrium_that_is_best_for_all():
    game = Game.of_matrices(("a", "b"), ("c", "d"), [[2, 1], [1, 0]], [[2, 1], [1, 0]])
    assert "together get 4: no other choice gives them more" in said(game)


def test_a_zero_sum_game():
    game = Game.of_matrices(("a", "b"), ("c", "d"), [[-6, 3], [1, -1]], [[6, -3], [-1, 1]])
    assert "What one wins others lose" in said(game)


def test_neither_of_two_alike_is_said_to_be_likelier():
    chicken = Game.of_matrices("ab", "ab", [[-1, 4], [0, 0]], [[-1, 0], [4, 0]])
    assert "about as many starting points lead to another one" in said(chicken)


def test_a_continuum_is_one_way_to_choose():
    game = Game.of_matrices(("stay",), ("noisy", "hidden"), [[0, 0]], [[2, 2]], unit="USD an account")
    half = replace(equilibria(game)[0], mix=((1.0,), (0.5, 0.5)), kind="mixed", profile=None)
    text = " ".join(in_words(game, [half, replace(half, mix=((1.0,), (0.9, 0.1)))]))
    assert "ways to choose" not in text
    assert "with a chance of 90%" not in text
    assert text.count("with other chances too") == 1


def test_no_equilibrium_known():
    game = Game.of_matrices("a", "b", [[1]], [[1]])
    assert "No choice was found" in in_words(game, [])[-1]
