"""quantecon as a second method: other algorithms, on the game written out player by player."""

import sys

import numpy as np
import pytest

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import counts_of, profiles_of
from cascade_sim.experiments.games.solving.equilibria import equilibria, pure_equilibria
from cascade_sim.experiments.games.solving.expanded import expanded, mclennan_tourky, pure_by_brute_force


def drawn(sizes, seed):
    """A game of roles with normal payoffs."""
    rng = np.random.default_rng(seed)
    payoffs = {
        profile: [tuple(rng.normal() if n else np.nan for n in counts) for counts in profile]
        for profile in profiles_of(sizes)
    }
    roles = tuple(Role(f"role {r}", tuple("abcd"[:count]), players) for r, (players, count) in enumerate(sizes))
    return Game(roles, payoffs)


SIZES = [[(1, 2), (1, 2), (1, 2)], [(3, 2), (1, 3)], [(4, 3)], [(2, 2), (2, 2)], [(1, 4), (1, 3)]]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pure_equilibria(sizes, seed):
    game = drawn(sizes, seed)
    assert {one.profile for one in pure_equilibria(game)} == pure_by_brute_force(game)


@pytest.mark.parametrize("seed", range(4))
def test_mixed_equilibrium_of_three_players_is_among_those_found(seed):
    game = drawn([(1, 2), (1, 2), (1, 2)], seed)
    theirs = np.concatenate(mclennan_tourky(game))
    ours = np.array([np.concatenate(one.mix) for one in equilibria(game)])
    assert np.abs(ours - theirs).max(axis=1).min() < 0.02  # theirs has a regret of 0.001


def test_like_players_reach_an_equilibrium_of_theirs():
    game = Game.symmetric(Role("keeper", ("come", "stay out"), 3), lambda k, c: 0.0 if k else 10 / c[0] - 4)
    whole = expanded(game)
    for one in equilibria(game):
        if one.kind == "mixed":
            assert whole.is_nash([np.array(one.mix[0])] * 3, tol=1e-9)


def test_payoffs_of_each_player():
    game = Game.symmetric(Role("player", ("a", "b"), 3), lambda k, c: float(10 * k + c[0]))
    whole = expanded(game)
    assert whole[0, 0, 1].tolist() == [2.0, 2.0, 12.0]
    assert len(list(counts_of(3, 2))) == 4


def test_too_large_a_game():
    game = Game.symmetric(Role("player", ("a", "b"), 30), lambda k, c: 0.0)
    with pytest.raises(ValueError, match="counts players instead"):
        expanded(game)


def test_without_quantecon(monkeypatch):
    monkeypatch.setitem(sys.modules, "quantecon.game_theory", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'cascade-sim\[games\]'"):
        expanded(drawn([(1, 2), (1, 2)], 1))
