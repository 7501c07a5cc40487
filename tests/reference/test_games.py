"""Worked numbers of the classroom games, each solved on paper and, where it is a finite game, by the solver."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from cascade_sim.experiments.games.analytic import analytic, analytic_names
from cascade_sim.experiments.games.analytic.global_game import CRITICAL, Crowd
from cascade_sim.experiments.games.analytic.keeper_entry import healing_repayment
from cascade_sim.experiments.games.analytic.margin_designer import Venue
from cascade_sim.experiments.games.analytic.transparency import chance_of_fall, expected_profit
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.solving.alpha_rank import alpha_rank
from cascade_sim.experiments.games.solving.dynamics import replicator
from cascade_sim.experiments.games.solving.equilibria import equilibria, reported

SIX_DIGITS = 5.1e-7  # the numbers are given with six digits


def fact(game, what):
    (found,) = [one.value for one in game.facts if one.what.startswith(what)]
    return found


def mixed(game):
    (one,) = [own for own in equilibria(game) if own.kind == "mixed"]
    return one


def pure(game):
    return [one.profile for one in equilibria(game) if one.kind == "pure"]


def test_joint_hunt():
    hunt = analytic("joint-hunt")
    assert pure(hunt.game) == [((2, 0),), ((0, 2),)]
    assert fact(hunt, "chance of attacking") == pytest.approx(0.571429, abs=SIX_DIGITS)
    assert mixed(hunt.game).mix[0][0] == pytest.approx(0.571429, abs=SIX_DIGITS)
    assert reported(hunt.game).profile == ((0, 2),)  # risk-dominant
    assert fact(hunt, "share of time at both waiting") == pytest.approx(0.9926, abs=5e-5)


def test_alpha_rank_of_two_roles_is_that_of_one_with_two_players():
    two = Game.of_matrices("AW", "AW", [[3, -4], [0, 0]], [[3, 0], [-4, 0]])
    one = alpha_rank(analytic("joint-hunt").game)
    assert alpha_rank(two)[((0, 1), (0, 1))] == pytest.approx(one[((0, 2),)], rel=1e-12)
    # detailed balance between the corners: e^(alpha (m - 1) (4 - 3))
    assert one[((0, 2),)] / one[((2, 0),)] == pytest.approx(np.exp(0.1 * 49), rel=1e-9)


def test_depth_makes_hunting_need_more_trust_until_nobody_hunts():
    needed = [fact(analytic("joint-hunt", depth=depth), "chance of attacking") for depth in (0.5, 1.0, 2.0, 2.5, 3.0)]
    assert needed == sorted(needed)
    assert needed[-2:] == [1.0, 1.0]
    assert fact(analytic("joint-hunt"), "depth from which") == 2.5
    assert pure(analytic("joint-hunt", depth=2.6).game) == [((0, 2),)]
    solved = mixed(analytic("joint-hunt", depth=2.0).game).mix[0][0]
    assert solved == pytest.approx(needed[2])


@pytest.mark.parametrize("precision", [1e4, 1e6])
def test_hunters_with_private_maps_attack_above_three_times_the_cost(precision):
    # switching at k is an equilibrium if a hunter who sees k is indifferent; the other's signal is normal around it
    cost = 4.0
    at = cost * 3.0
    value = at + np.linspace(-6, 6, 20001) / np.sqrt(precision)
    weight = norm.pdf(value, at, 1 / np.sqrt(precision))
    other = norm.sf(at, value, 1 / np.sqrt(precision))
    pays = np.trapezoid(weight * (other * (value - cost) / 2 - (1 - other) * cost), value)
    assert pays == pytest.approx(0.0, abs=5 / np.sqrt(precision))
    assert fact(analytic("joint-hunt"), "value above which") == at


def test_pre_emption():
    rush = analytic("pre-emption")
    assert set(pure(rush.game)) == {((1, 0), (0, 1)), ((0, 1), (1, 0))}
    assert mixed(rush.game).mix == (pytest.approx((0.8, 0.2)), pytest.approx((0.8, 0.2)))
    assert fact(rush, "chance of attacking") == pytest.approx(0.8)
    for who in ("first", "second"):
        assert fact(rush, f"share of time at the {who}") == pytest.approx(0.498, abs=5e-4)
    assert pure(analytic("pre-emption", cost=4.0).game) == [((1, 0), (1, 0))]
    assert fact(analytic("pre-emption", cost=4.0), "chance of attacking") == 1.0


def test_a_faster_hunter_pushes_alone():
    assert fact(analytic("pre-emption"), "share of the prize from which") == pytest.approx(0.6)
    assert pure(analytic("pre-emption", first_share=0.61).game) == [((1, 0), (0, 1))]
    assert len(equilibria(analytic("pre-emption", first_share=0.59).game)) == 3


def test_quote_or_withdraw():
    quotes = analytic("quote-or-withdraw")
    assert set(pure(quotes.game)) == {((1, 0), (0, 1)), ((0, 1), (1, 0))}
    assert mixed(quotes.game).mix[0][0] == pytest.approx(0.714286, abs=SIX_DIGITS)
    assert mixed(quotes.game).mix[1][0] == pytest.approx(0.294118, abs=SIX_DIGITS)
    assert fact(quotes, "chance of a deep book") == pytest.approx(5 / 7)
    assert fact(quotes, "chance of an attack in") == pytest.approx(2.5 / 8.5)
    paid = fact(quotes, "payment for quoting")
    for extra, worlds in ((0.01, 1), (-0.01, 3)):
        maker = [[-6 + paid + extra, 3], [0, 0.5]]
        game = Game.of_matrices(("deep", "withdraw"), ("attack", "stay away"), maker, [[-2, 0], [5, 0]])
        assert len(equilibria(game)) == worlds


def test_leverage_commons():
    commons = analytic("leverage-commons")
    wanted = {
        "share at high leverage when each": 0.666667,
        "branching ratio there": 0.666667,
        "total fall": 3.0,
        "welfare there": 0.0,
        "share at high leverage that is best": 0.405146,
        "welfare at that share": 0.430876,
        "where replicator dynamics": 0.666667,
    }
    for what, value in wanted.items():
        assert fact(commons, what) == pytest.approx(value, abs=SIX_DIGITS), what


def test_planner_and_fee_of_the_commons_by_search():
    def welfare(h):
        return h * (3 - 1 / (1 - 0.2 - 0.7 * h))

    best = minimize_scalar(lambda h: -welfare(h), bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    commons = analytic("leverage-commons")
    assert fact(commons, "share at high leverage that is best") == pytest.approx(best.x, abs=1e-7)
    fee = fact(commons, "fee on high leverage")
    taxed = analytic("leverage-commons", gain=3 - fee)
    assert fact(taxed, "share at high leverage when each") == pytest.approx(best.x, abs=1e-7)


def test_the_commons_of_many_traders_is_that_of_a_few():
    game = analytic("leverage-commons", players=40).game
    own = mixed(game).mix[0][0]
    assert own == pytest.approx(2 / 3, abs=0.03)
    assert replicator(game, [[0.05, 0.95]], time=200.0)[-1, 0] == pytest.approx(own, abs=1e-5)


@pytest.mark.parametrize(("keepers", "comes", "nobody"), [(5, 0.663804, 0.004295), (10, 0.326977, 0.019068)])
def test_keeper_entry(keepers, comes, nobody):
    found = analytic("keeper-entry", keepers=keepers)
    # 0.6638033 is given as .663804, half a digit too much
    assert fact(found, "chance that each comes") == pytest.approx(comes, abs=1e-6)
    assert fact(found, "chance that nobody") == pytest.approx(nobody, abs=SIX_DIGITS)
    p = mixed(found.game).mix[0][0]
    assert 10 * (1 - (1 - p) ** keepers) / (keepers * p) == pytest.approx(3.0)


def test_everybody_comes_where_all_are_paid():
    assert fact(analytic("keeper-entry", keepers=3), "chance that each comes") == 1.0


@pytest.mark.parametrize("bidders", [2, 3, 7])
def test_fees_eat_the_prize(bidders):
    found = analytic("keeper-entry", bidders=bidders)
    assert fact(found, "fees that all") == 5.0
    # any bid below the prize earns nothing against bids with chance (b/v)^(1/(n-1)) below b
    bids = np.linspace(0, 5, 100_001)
    below = (bids / 5) ** (1 / (bidders - 1))
    assert 5 * below ** (bidders - 1) - bids == pytest.approx(np.zeros_like(bids), abs=1e-9)
    mean = np.trapezoid(1 - below, bids)
    assert fact(found, "mean fee") == pytest.approx(mean, rel=1e-3)
    assert fact(analytic("keeper-entry"), "mean fee") == 2.5


def test_over_liquidation():
    found = analytic("keeper-entry")
    assert fact(found, "repayment that just") == pytest.approx(12.5)
    assert fact(found, "liquidated beyond") == pytest.approx(28.5)
    assert fact(found, "what that costs") == pytest.approx(1.425)
    repaid = healing_repayment(82.0, 100.0, 0.8, 0.05)
    assert (82 - repaid) / (100 - repaid * 1.05) == pytest.approx(0.8)


@pytest.mark.parametrize(("collateral", "worse"), [(104.0, True), (106.0, False)])
def test_a_repayment_makes_it_worse_below_one_plus_the_bonus(collateral, worse):
    assert fact(analytic("keeper-entry"), "collateral over debt") == 1.05
    after = (collateral - 10 * 1.05) / (100 - 10)
    assert (after < collateral / 100) == worse


def test_adl_run():
    run = analytic("adl-run")
    assert fact(run, "winners who must stay") == 7.5
    assert fact(run, "expected haircut if all stay") == 1.5
    assert pure(run.game) == [((10, 0),), ((0, 10),)]
    assert fact(run, "winners who close early under a queue") == 10
    assert mixed(run.game).mix[0][0] == pytest.approx(fact(run, "chance of staying"))


def test_a_queue_by_striking_dominated_choices():
    # four winners with places in line, written out: the first in line of those who stay pays up to its profit
    def game(chance):
        payoffs = {}
        for profile in profiles_of([(1, 2)] * 4):
            left, cells = 8.0, []
            for stays, _ in profile:
                taken = min(left, 6.0) if stays else 0.0
                left -= taken
                cells.append((-chance * taken, np.nan) if stays else (np.nan, -2.0))
            payoffs[profile] = cells
        return Game(tuple(Role(f"place {i}", ("stay", "close")) for i in range(4)), payoffs)

    def stable(played):
        return [profile for profile in played.profiles if played.is_equilibrium(profile)]

    assert stable(game(0.5)) == [((0, 1),) * 4]
    assert stable(game(0.3)) == [((1, 0),) * 4]
    for chance, leavers in ((0.5, 4), (0.3, 0)):
        found = analytic("adl-run", winners=4, deficit=8, chance=chance)
        assert fact(found, "winners who close early under") == leavers


def test_margin_designer():
    found = analytic("margin-designer")
    assert found.facts[0].value == pytest.approx(0.683772, abs=SIX_DIGITS)
    margin = fact(found, "margin for it, if all")
    assert margin == pytest.approx(0.731236, abs=2e-6)  # 0.5 / 0.6837722 is 0.7312376
    venue = Venue(fee=1.0, demand=10.0, forcing=0.05, depth=1.0, loss=2.0)
    best = minimize_scalar(lambda m: -venue.earned(venue.branching(m)), bounds=(0.55, 2), method="bounded")
    assert margin == pytest.approx(best.x, abs=1e-4)


@pytest.mark.parametrize("gain", [3.0, 5.0])
def test_margin_with_followers_by_search(gain):
    found = analytic("margin-designer", gain=gain)
    line = found.curve.lines["earnings with traders who answer"]
    assert np.nanmax(line) == pytest.approx(fact(found, "earnings there, with traders"), abs=2e-3)
    at = fact(found, "margin for it, the highest")
    beyond = found.curve.x > at + 0.02
    assert (line[beyond] < fact(found, "earnings there, with traders")).all()


def test_dearer_fees_bring_the_margin_closer_to_the_edge():
    # the facts of the same beginning are two: with followers and without
    ratios = [analytic("margin-designer", fee=fee).facts[0].value for fee in (0.5, 1.0, 4.0)]
    assert ratios == pytest.approx([1 - np.sqrt(0.2), 1 - np.sqrt(0.1), 1 - np.sqrt(0.025)])
    assert ratios[1] == pytest.approx(0.683772, abs=SIX_DIGITS)


def test_oracle_push():
    push = analytic("oracle-push")
    (only,) = equilibria(push.game)
    assert only.mix == (pytest.approx((2 / 11, 9 / 11)), pytest.approx((4 / 11, 7 / 11)))
    assert only.payoffs == pytest.approx((-3 / 11, 3 / 11))
    assert fact(push, "chance of a short") == pytest.approx(0.1818, abs=5e-5)
    assert fact(push, "chance of a push") == pytest.approx(0.3636, abs=5e-5)
    assert fact(push, "value") == pytest.approx(-3 / 11)


def test_threshold_of_a_global_game():
    (one,) = Crowd(1.0, 1.0, 0.4).thresholds(0.5)
    assert one == pytest.approx(0.717682, abs=SIX_DIGITS)
    assert Crowd(1.0, 1e12, 0.4).thresholds(0.5)[0] == pytest.approx(0.6, abs=1e-5)
    assert pytest.approx(2.506628, abs=SIX_DIGITS) == CRITICAL


@pytest.mark.parametrize(("public", "figure"), [(1.0, 0.5), (10.0, 0.5), (40.0, 0.6)])
def test_at_a_threshold_who_is_indifferent_and_how_many_attack_agree(public, figure):
    crowd = Crowd(public, 1.0, 0.4)
    for at in crowd.thresholds(figure):
        if 1e-6 < at < 1 - 1e-6:
            switch = at + norm.ppf(at)
            assert norm.cdf(switch - at) == pytest.approx(at)
            mean = (public * figure + switch) / (public + 1)
            assert norm.cdf(at, mean, 1 / np.sqrt(public + 1)) == pytest.approx(0.4, abs=1e-7)


@pytest.mark.parametrize(("times", "most"), [(0.99, 1), (1.01, 3)])
def test_one_threshold_up_to_the_critical_precision(times, most):
    crowd = Crowd(times * CRITICAL, 1.0, 0.5)
    assert crowd.is_unique == (most == 1)
    assert max(len(crowd.thresholds(figure)) for figure in np.linspace(0.49, 0.51, 41)) == most


@pytest.mark.parametrize("fear", [True, False])
@pytest.mark.parametrize("times", [0.5, 2.0, 5.0, 30.0])
def test_the_mood_picks_the_highest_or_the_lowest_threshold(times, fear):
    crowd = Crowd(times * CRITICAL, 1.0, 0.4)
    figures = np.linspace(-0.3, 1.3, 23)
    wanted = [crowd.thresholds(figure)[-1 if fear else 0] for figure in figures]
    assert crowd.chosen(figures, fear) == pytest.approx(wanted, abs=1e-5)


def test_a_public_map_leaves_it_to_mood():
    found = analytic("transparency")
    assert fact(found, "chance that the market falls, map exact, in a bold") == pytest.approx(1.0, abs=1e-3)
    assert fact(found, "chance that the market falls, map exact, in a timid") == pytest.approx(0.0, abs=1e-3)
    assert fact(found, "expected profit of a hunter, map exact, in a bold") == pytest.approx(0.6, abs=1e-3)
    assert fact(found, "expected profit of a hunter, map exact, in a timid") == pytest.approx(0.0, abs=1e-3)


def test_profit_of_hunters_by_drawing_maps():
    crowd = Crowd(1.0, 1.0, 0.4)
    figures = 0.5 + np.random.default_rng(1).normal(size=400)
    thresholds = np.array([crowd.thresholds(figure)[0] for figure in figures])
    assert crowd.chosen(figures, True) == pytest.approx(thresholds, abs=1e-5)
    each = norm.cdf(thresholds - 0.5 + norm.ppf(thresholds)) * ((thresholds >= 0.5) - 0.4)
    assert expected_profit(crowd, 0.5) == pytest.approx(each.mean(), abs=4 * each.std() / 20)
    # gives way where alpha (0.5 - y) >= sqrt(2) Phi^-1(0.4)
    assert chance_of_fall(crowd, 0.5) == pytest.approx(norm.cdf(-np.sqrt(2) * norm.ppf(0.4)), abs=5e-4)


def test_a_hidden_map_has_one_answer():
    hidden = Crowd(0.0, 1.0, 0.4)
    assert hidden.thresholds(0.5) == pytest.approx([0.6])
    assert expected_profit(hidden, 0.5) == pytest.approx(0.6 * norm.cdf(0.1 + norm.ppf(0.6)))
    assert chance_of_fall(hidden, 0.61) == 0.0


@pytest.mark.parametrize("name", analytic_names())
def test_every_game_on_paper_is_complete(name):
    found = analytic(name)
    assert found.name == name
    assert all(np.isfinite(one.value) for one in found.facts)
    assert found.curve is not None
    assert all(line.shape == found.curve.x.shape for line in found.curve.lines.values())
    assert min(len(text) for text in (found.title, found.story, found.lesson)) > 5
