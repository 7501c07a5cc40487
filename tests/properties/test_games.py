"""What theory says of equilibria and dynamics of every game."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import counts_of
from cascade_sim.experiments.games.solving.dynamics import best_response, fictitious_play, replicator
from cascade_sim.experiments.games.solving.equilibria import equilibria
from cascade_sim.experiments.games.solving.gain_roots import roots_of_bernstein

EXAMPLES = settings(max_examples=40)


@st.composite
def bimatrices(draw):
    """Small whole numbers: many ties, so many degenerate games."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    pays = arrays(np.int64, shape, elements=st.integers(-4, 4)).map(lambda a: a.astype(float))
    return draw(pays), draw(pays)


def of(first, second):
    rows, columns = first.shape
    return Game.of_matrices("abc"[:rows], "xyz"[:columns], first, second)


@EXAMPLES
@given(bimatrices())
def test_two_players_always_have_an_equilibrium_and_none_is_regretted(pays):
    first, second = pays
    found = equilibria(of(first, second))
    assert found
    for one in found:
        x, y = (np.array(own) for own in one.mix)
        assert x.sum() == pytest.approx(1.0)
        assert (first @ y).max() - x @ first @ y < 1e-8
        assert (x @ second).max() - x @ second @ y < 1e-8


@EXAMPLES
@given(bimatrices())
def test_pure_equilibria_are_those_of_brute_force(pays):
    first, second = pays
    by_hand = {
        (i, j)
        for i in range(first.shape[0])
        for j in range(first.shape[1])
        if first[i, j] >= first[:, j].max() and second[i, j] >= second[i].max()
    }
    pure = [one.profile for one in equilibria(of(first, second)) if one.profile is not None]
    assert {(own[0].index(1), own[1].index(1)) for own in pure} == by_hand
    assert len(pure) == len(by_hand)


@EXAMPLES
@given(arrays(np.float64, (2, 2, 2), elements=st.floats(-5, 5)))
def test_mixed_equilibrium_of_two_strategies_each_by_formula(pays):
    # rows are indifferent at q, columns at p; where both lie inside there is just one
    (a, b), (c, d) = pays[0]
    (e, f), (g, h) = pays[1]
    if min(abs(a - c), abs(b - d), abs(e - f), abs(g - h)) < 1e-2:
        return
    q, p = (d - b) / (a - b - c + d or np.nan), (h - g) / (e - f - g + h or np.nan)
    inside = [one for one in equilibria(of(pays[0], pays[1])) if one.kind == "mixed"]
    if 0 < q < 1 and 0 < p < 1:
        assert [(one.mix[0][0], one.mix[1][0]) for one in inside] == [(pytest.approx(p), pytest.approx(q))]
    else:
        assert inside == []


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.permutations(range(3)), st.integers(2, 4))
def test_naming_strategies_otherwise_moves_equilibria_along(seed, order, players):
    rng = np.random.default_rng(seed)
    pays = {counts: rng.normal(size=3) for counts in counts_of(players, 3)}
    role = Role("player", ("a", "b", "c"), players)
    back = [order.index(k) for k in range(3)]

    def renamed(k, counts):
        return pays[tuple(counts[j] for j in back)][order[k]]

    before = equilibria(Game.symmetric(role, lambda k, counts: pays[counts][k]))
    after = equilibria(Game.symmetric(role, renamed))
    # a search from many starts promises no more than what it finds; pure ones and pairs are exact
    exact = [[one for one in found if len(one.support[0]) < 3 or one.profile is not None] for found in (before, after)]
    moved = sorted(tuple(round(one.mix[0][k], 6) for k in order) for one in exact[0])
    assert np.array(sorted(tuple(round(s, 6) for s in one.mix[0]) for one in exact[1])) == pytest.approx(
        np.array(moved), abs=2e-6
    )


@settings(max_examples=20)
@given(bimatrices(), st.integers(0, 1000))
def test_dynamics_keep_to_the_simplex(pays, seed):
    game = of(*pays)
    rng = np.random.default_rng(seed)
    start = [rng.dirichlet(np.ones(len(role.strategies))) for role in game.roles]
    rows = len(game.roles[0].strategies)
    for path in (
        replicator(game, start, 20.0, 20),
        fictitious_play(game, start, 20),
        best_response(game, start, 5.0, 20),
    ):
        assert path.shape == (21, sum(len(role.strategies) for role in game.roles))
        assert (path >= 0.0).all()
        assert path[:, :rows].sum(axis=1) == pytest.approx(np.ones(21))
        assert path[:, rows:].sum(axis=1) == pytest.approx(np.ones(21))


@settings(max_examples=20)
@given(bimatrices())
def test_replicator_rests_in_equilibrium(pays):
    game = of(*pays)
    for one in equilibria(game):
        assert replicator(game, one.mix, 1.0, 1)[-1] == pytest.approx(np.concatenate(one.mix), abs=1e-6)


@EXAMPLES
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9))
def test_roots_of_bernstein_are_where_the_sign_changes(coefficients):
    from scipy.stats import binom

    degree = len(coefficients) - 1
    roots = roots_of_bernstein(coefficients)
    at = np.linspace(0.0, 1.0, 2003)[1:-1]

    def value(p):
        return binom.pmf(np.arange(degree + 1), degree, np.asarray(p)[..., None]) @ np.array(coefficients, float)

    assert value(np.array(roots)) == pytest.approx(np.zeros(len(roots)), abs=1e-9)
    changes = at[:-1][np.diff(np.sign(value(at))) != 0]
    for change in changes if any(coefficients) else []:
        assert min((abs(root - change) for root in roots), default=1.0) < 1e-3
