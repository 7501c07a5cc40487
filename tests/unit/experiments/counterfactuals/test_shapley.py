"""The Shapley value against games with known values, its axioms, and the average over all orders."""

import random
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascade_sim.experiments.counterfactuals.shapley import coalitions, shapley_values, shareable

WORTHS = st.lists(st.floats(-3.0, 3.0), min_size=16, max_size=16)


def game(worths):
    """Worth of every coalition of four players, from a list."""
    return dict(zip(coalitions("abcd"), worths, strict=True)).__getitem__


def by_orders(players, worth):
    """Marginal contributions averaged over all orders of arrival: the definition in words."""
    total = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        for k, player in enumerate(order):
            total[player] += Fraction(worth(frozenset(order[: k + 1]))) - Fraction(worth(frozenset(order[:k])))
    return {player: amount / len(orders) for player, amount in total.items()}


def test_glove_game():
    worth = {1: "left", 2: "left", 3: "right"}
    found = shapley_values(
        [1, 2, 3], lambda group: min(sum(worth[p] == side for p in group) for side in ("left", "right"))
    )
    assert found == {1: Fraction(1, 6), 2: Fraction(1, 6), 3: Fraction(2, 3)}


def test_airport_game():
    """Everybody pays for the pieces of runway it needs, shared with all who need them (Littlechild and Owen, 1973)."""
    needs = {"small": 8, "medium": 11, "large": 13, "huge": 18}
    found = shapley_values(list(needs), lambda group: max((needs[plane] for plane in group), default=0))
    assert found == {"small": 2, "medium": 3, "large": 4, "huge": 9}


def test_additive_game_gives_everybody_its_own():
    own = {"a": 0.1, "b": -0.7, "c": 3.0}
    found = shapley_values(list(own), lambda group: sum((Fraction(own[p]) for p in group), Fraction(0)))
    assert found == {player: Fraction(value) for player, value in own.items()}


def test_unanimity_game_is_shared_by_those_who_are_needed():
    found = shapley_values("abcde", lambda group: float({"b", "d"} <= group))
    assert found == {"a": 0, "b": Fraction(1, 2), "c": 0, "d": Fraction(1, 2), "e": 0}


def test_weighted_voting():
    """Quota 51 with votes 50, 49 and 1: the one vote is worth as much as the forty-nine (Shapley and Shubik, 1954)."""
    votes = {"x": 50, "y": 49, "z": 1}
    found = shapley_values(list(votes), lambda group: float(sum(votes[p] for p in group) >= 51))
    assert found == {"x": Fraction(2, 3), "y": Fraction(1, 6), "z": Fraction(1, 6)}


@given(WORTHS)
def test_it_is_the_average_over_orders(worths):
    assert shapley_values("abcd", game(worths)) == by_orders("abcd", game(worths))


@given(WORTHS, st.randoms())
def test_parts_of_shareable_worths_are_floats_that_add_up_in_any_order(worths, chance: random.Random):
    rounded = [shareable(value, 4) for value in worths]
    parts = shapley_values("abcd", game(rounded))
    assert all(Fraction(float(part)) == part for part in parts.values())
    numbers = [rounded[0], *(float(part) for part in parts.values())]
    chance.shuffle(numbers)
    assert sum(numbers) == rounded[-1]
    assert max(abs(a - b) for a, b in zip(worths, rounded, strict=True)) <= 6 * 2.0**-50


def test_what_is_no_game_is_refused():
    with pytest.raises(ValueError, match="named once"):
        shapley_values("aba", len)
    with pytest.raises(ValueError, match="must be finite, got nan"):
        shapley_values("ab", lambda group: float("nan"))
