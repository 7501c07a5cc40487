"""Parameters of games on paper."""

import pytest

from cascade_sim.experiments.games.analytic import analytic, analytic_names
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.alpha_rank import alpha_rank, fixation, stationary


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("chess", {}, "no game 'chess' on paper; there are joint-hunt"),
        ("joint-hunt", {"prize": 1.0}, "no parameter 'prize'; it has value, cost, depth"),
        ("joint-hunt", {"cost": -1.0}, "cost must be above 0, got -1"),
        ("pre-emption", {"first_share": 1.5}, "first_share must be above"),
        ("quote-or-withdraw", {"attack_deep": 1.0}, "attack_deep must be above -inf and below 0, got 1"),
        ("leverage-commons", {"slope": 0.9}, "slope must be above 0 and below 0.8, got 0.9"),
        ("keeper-entry", {"keepers": 2.5}, "keepers must be a whole number from 2 to 40, got 2.5"),
        ("keeper-entry", {"bonus": 0.3}, "bonus must be below 1 / threshold - 1 = 0.25"),
        ("keeper-entry", {"debt": 70.0}, "debt must be above 80, got 70"),
        ("adl-run", {"chance": 2.0}, "chance must be above 0 and below 1, got 2"),
        ("margin-designer", {"loss": 30.0}, "loss must be above 0 and below 20, got 30"),
        ("oracle-push", {"short_push": 5.0}, "one side has a best choice for sure"),
        ("global-game", {"cost": 1.0}, "cost must be above 0 and below 1, got 1"),
        ("transparency", {"exact": 0.5}, "exact must be above 1, got 0.5"),
    ],
)
def test_what_is_out_of_range(name, parameters, message):
    with pytest.raises(ValueError, match=message):
        analytic(name, **parameters)


def test_parameters_are_those_it_was_solved_with():
    for name in analytic_names():
        found = analytic(name)
        assert analytic(name, **found.parameters).facts == found.facts


def test_chance_of_taking_over():
    assert fixation(0.0, 0.1, 50) == pytest.approx(1 / 50)
    assert fixation(1e-9, 0.1, 50) == pytest.approx(1 / 50)
    assert fixation(1e6, 0.1, 50) == 1.0
    assert 0.0 < fixation(-1e6, 0.1, 50) < 1e-200
    # detailed balance: rho(d) / rho(-d) = e^((m - 1) alpha d)
    assert fixation(2.0, 0.1, 50) / fixation(-2.0, 0.1, 50) == pytest.approx(2.718281828459045 ** (49 * 0.2))


def test_stationary_distribution_of_chances_of_very_different_size():
    import numpy as np

    chances = np.array([[0.0, 1e-200, 0.0], [0.5, 0.0, 0.25], [0.0, 1e-3, 0.0]])
    weights = stationary(chances)
    assert weights[1] / weights[0] == pytest.approx(2e-200)
    assert weights[2] / weights[1] == pytest.approx(250.0)


def test_alpha_rank_of_a_dominant_choice():
    game = Game.of_matrices("ab", "cd", [[0, 0], [9, 9]], [[0, 9], [0, 9]])
    assert alpha_rank(game)[((0, 1), (0, 1))] == pytest.approx(1.0)
