"""How an equilibrium fares in resampled games."""

import numpy as np
import pytest

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.solving.equilibria import equilibria
from cascade_sim.experiments.games.solving.robustness import robustness


def game(extra):
    return Game.of_matrices("ab", "cd", [[1.0 + extra, 0], [1.0, 0]], [[2.0, 1.0], [2.0, 1.0]])


def test_share_and_spread_of_regret():
    (found,) = [one for one in equilibria(game(0.5)) if one.profile == ((1, 0), (1, 0))]
    sure = robustness([game(x) for x in (0.5, 0.2, -0.1, -0.3)], found)
    assert sure.share == 0.5  # below 0 the first row is left
    assert sure.regret == pytest.approx((0.1, 0.0))
    assert sure.regret_sd == pytest.approx((np.std([0, 0, 0.1, 0.3], ddof=1), 0.0))


def test_a_mixture_is_judged_as_a_mixture():
    def pennies(tilt):
        return Game.of_matrices("ab", "cd", [[1 + tilt, -1], [-1, 1]], [[-1, 1], [1, -1]])

    (even,) = equilibria(pennies(0.0))
    sure = robustness([pennies(0.0), pennies(0.2)], even)
    assert sure.share == 1.0
    assert sure.regret == pytest.approx((0.025, 0.0))  # half of 0.1 for one half of the time


def test_a_mixture_of_several_roles_is_searched_where_it_is_played():
    """Two guards and a thief: where the thief's prize is too small to try, the mixture is gone."""
    roles = (Role("guard", ("watch", "sleep"), 2), Role("thief", ("try", "stay")))

    def watched(prize):
        def pays(profile):
            (awake, _), (tries, _) = profile
            guard = (-1.0 if awake else np.nan, -4.0 * tries if awake < 2 else np.nan)
            return guard, ((prize if not awake else -1.0) if tries else np.nan, 0.0 if not tries else np.nan)

        return Game(roles, {profile: pays(profile) for profile in profiles_of([(2, 2), (1, 2)])})

    (mixed,) = [one for one in equilibria(watched(3.0)) if one.kind == "mixed"]
    assert mixed.mix[1] == pytest.approx((0.25, 0.75))
    assert mixed.mix[0][1] ** 2 == pytest.approx(0.25)
    assert robustness([watched(3.0), watched(5.0), watched(-0.5), watched(2.0)], mixed).share == 0.75


def test_nothing_to_resample():
    with pytest.raises(ValueError, match="there are none"):
        robustness([], equilibria(game(0.5))[0])
