"""Where replicator dynamics stands still, against textbook games, and shares at which a population settles."""

import numpy as np
import pytest

from cascade_sim.experiments.games.analytic import analytic
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.reporting.closed_form import beside
from cascade_sim.experiments.games.reporting.led import choices_frame, shares_frames
from cascade_sim.experiments.games.solving.by_share import (
    best_share,
    counted_first,
    payoff_curves,
    payoff_points,
    settled_shares,
    welfare_points,
)
from cascade_sim.experiments.games.solving.leader import answers
from cascade_sim.experiments.games.solving.rest_points import rest_points, velocity
from cascade_sim.experiments.games.solving.solution import Solution


def found(game):
    """First shares of all roles, rounded, to stability."""
    return {tuple(round(own[0], 6) for own in point.mix): point.stability for point in rest_points(game)}


def test_coordination_has_two_stable_corners_and_a_saddle_between():
    quotes = Game.of_matrices("dw", "ab", [[-6, 3], [0, 0.5]], [[-2, 0], [5, 0]])
    assert found(quotes) == {
        (1.0, 0.0): "stable",
        (0.0, 1.0): "stable",
        (1.0, 1.0): "unstable",
        (0.0, 0.0): "unstable",
        (round(5 / 7, 6), round(2.5 / 8.5, 6)): "saddle",
    }


def test_a_zero_sum_game_goes_round_its_equilibrium():
    push = Game.of_matrices("sl", "pw", [[-6, 3], [1, -1]], [[6, -3], [-1, 1]])
    points = found(push)
    assert points.pop((round(2 / 11, 6), round(4 / 11, 6))) == "neutral"
    assert set(points.values()) == {"saddle"}


def cycle(win):
    """Rock, paper, scissors between two of a population; a win is worth so much, a loss -1."""
    matrix = np.array([[0, -1, win], [win, 0, -1], [-1, win, 0]])
    role = Role("players", ("rock", "paper", "scissors"), 2)
    return Game.symmetric(role, lambda k, counts: matrix[k] @ np.subtract(counts, np.eye(3)[k]))


@pytest.mark.parametrize(("win", "stability"), [(2.0, "stable"), (1.0, "neutral"), (0.5, "unstable")])
def test_rock_paper_scissors_settles_if_a_win_is_worth_more_than_a_loss(win, stability):
    """Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics, section 7.7."""
    points = rest_points(cycle(win))
    assert [point.stability for point in points if max(point.mix[0]) < 0.5] == [stability]
    assert [point.stability for point in points if max(point.mix[0]) == 1.0] == ["saddle"] * 3
    assert len(points) == 4


def test_velocities_keep_shares_a_whole():
    game, mix = cycle(2.0), [np.array([0.5, 0.3, 0.2])]
    (speed,) = velocity(game, mix)
    assert speed.sum() == pytest.approx(0.0, abs=1e-15)
    assert speed == pytest.approx(mix[0] * (game.gains(mix)[0] - mix[0] @ game.gains(mix)[0]))


def test_a_game_in_which_nothing_matters_rests_everywhere():
    same = Game.symmetric(Role("players", ("a", "b"), 3), lambda k, counts: 1.0)
    assert set(found(same).values()) == {"neutral"}


def commons(gain, players=6):
    """The first strategy pays less the more choose it; the second nothing."""
    role = Role("traders", ("high", "low"), players)
    return Game.symmetric(role, lambda k, counts: gain - 6.0 * (counts[0] - 1) / (players - 1) if k == 0 else 0.0)


def test_a_commons_settles_where_the_payoffs_cross_with_an_interval():
    ((share, low, high),) = settled_shares(commons(3.0), [commons(2.7), commons(3.0), commons(3.3)])
    assert share == pytest.approx(0.5)
    assert 0.45 <= low < share < high <= 0.55


def test_curves_cross_at_the_equilibrium_and_points_lie_on_straight_curves():
    game = commons(3.0)
    curves = payoff_curves(game, [commons(2.9), commons(3.1)]).set_index(["strategy", "share"])
    assert curves.loc[("high", 0.5), "mean"] == pytest.approx(curves.loc[("low", 0.5), "mean"])
    assert curves.loc[("high", 0.5), "low"] < 0.0 < curves.loc[("high", 0.5), "high"]
    points = payoff_points(game)
    assert len(points) == 12
    high = points[points["strategy"] == "high"]
    assert high["mean"].to_numpy() == pytest.approx(3.0 - 6.0 * high["share"].to_numpy())


def test_welfare_by_share_and_the_best_of_it():
    totals = [0.0, 2.0, 3.0, 1.0]
    rows = welfare_points(totals, [totals, [0.0, 4.0, 3.0, 1.0]])
    assert rows["share"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert rows.loc[1, "low"] < rows.loc[1, "high"]
    assert best_share(totals)[0] == pytest.approx(2 / 3)
    assert best_share(totals, [totals] * 39 + [[0.0, 4.0, 3.0, 1.0]])[1:] == pytest.approx((2 / 3, 2 / 3), abs=0.02)


def test_the_share_that_harms_the_others_is_the_one_shown():
    harmful = commons(3.0)
    assert counted_first(harmful) is harmful
    role = Role("traders", ("low", "high"), 6)
    turned = Game.symmetric(role, lambda k, counts: 3.0 - 1.2 * (counts[1] - 1) if k == 1 else 0.0)
    assert counted_first(turned).roles == harmful.roles
    mix = ([0.3, 0.7],)
    assert counted_first(turned).gains(mix)[0] == pytest.approx(harmful.gains(mix)[0])


def test_stable_shares_are_the_stable_rest_points():
    bank = Game.symmetric(Role("winners", ("stay", "leave"), 5), lambda k, counts: counts[0] - 2.5 if k == 0 else 0.0)
    stable = sorted(point.mix[0][0] for point in rest_points(bank) if point.stability == "stable")
    assert [share for share, _, _ in settled_shares(bank)] == pytest.approx(stable) == [0.0, 1.0]


def test_the_commons_on_paper_stands_beside_with_its_worked_numbers():
    picture = beside(analytic("leverage-commons"))
    (private,) = picture.equilibria
    assert private.share == pytest.approx(2 / 3, abs=1e-3)
    assert picture.optimum.share == pytest.approx(0.405146, abs=0.005)
    assert picture.welfare["mean"].max() == pytest.approx(0.430876, abs=1e-4)
    assert beside(analytic("joint-hunt")) is None


def test_a_leader_uses_that_it_is_seen():
    """Of a leader who would give way if both chose at once: being seen is worth something (von Stackelberg, 1934)."""
    race = Game.of_matrices(("much", "little"), ("much", "little"), [[0, 3], [1, 2]], [[0, 1], [3, 2]])
    found = answers(race, 0)
    rows = choices_frame(race, 0, found, [race, race])
    assert rows["payoff"].to_dict() == {"much": 3.0, "little": 1.0}
    assert (rows["low"] == rows["payoff"]).all()
    assert shares_frames(race, 0, found)["column"].loc["much"].to_dict() == {"much": 0.0, "little": 1.0}
    assert rows["best"].to_dict() == {"much": 1.0, "little": 0.0}
    assert Solution.of(race, 0).equilibrium.payoffs == (3.0, 1.0)
