"""A commons whose equilibrium, planner's choice and loss are known by hand, and how well its regret is known."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.playing.sampling import Certainty
from cascade_sim.experiments.games.questions.question import GameQuestion
from cascade_sim.experiments.games.reporting.commons import commons_of

LUCK = (-0.1, 0.1, 0.05, -0.05)


def commons(luck=LUCK) -> Played:
    """Three players: little pays nothing, a lot pays 2 less three quarters for everybody who takes it, and luck."""
    role = {"cohort": "traders.crowd", "players": 3, "strategies": {"low": {}, "high": {}}}
    question = GameQuestion.model_validate({"name": "by-hand", "roles": {"trader": role}})
    samples, outcomes = [], []
    for k in range(4):
        name = f"{3 - k}-{k}"
        for seed, drawn in enumerate(luck):
            pays = {"low": 0.0, "high": 2.0 - 0.75 * k + drawn}
            played = [strategy for strategy, count in (("low", 3 - k), ("high", k)) if count]
            key = {"profile": name, "seed": seed}
            samples += [key | {"role": "trader", "strategy": own, "payoff": pays[own]} for own in played]
            outcomes.append(key | {"welfare": k * pays["high"]})
    return Played(question, pd.DataFrame(samples), pd.DataFrame(outcomes))


def test_equilibrium_planner_and_loss_by_hand():
    found = commons_of(commons())
    # Indifferent where 2 - 0.75 (1 + 2 p) = 0; welfare k (2 - 0.75 k) is largest at one of three.
    assert found.private.value == pytest.approx(5 / 6)
    assert found.planner.value == pytest.approx(1 / 3)
    assert found.lost.value == pytest.approx(1.25)  # all of it: who takes a lot has no more than nothing in equilibrium
    # The same with luck's mean d: p = (1.25 + d) / 1.5.
    assert 5 / 6 - 0.1 / 1.5 <= found.private.low < 5 / 6 < found.private.high <= 5 / 6 + 0.1 / 1.5
    assert found.planner.low == found.planner.high == pytest.approx(1 / 3)


def test_regret_is_known_exactly_without_luck():
    assert commons(luck=(0.0, 0.0)).certainty().error == pytest.approx(0.0, abs=1e-9)


def test_error_of_the_regret_by_hand():
    def of(gain: float) -> Game:
        return Game.of_matrices(("stay", "go"), ("watch",), [[1.0], [gain]], [[0.0], [0.0]])

    # Staying is the equilibrium; where going pays 2 or 3, that is regretted by 1 or 2.
    found = Certainty(of(0.0), [of(0.0), of(0.0), of(2.0), of(3.0)])
    assert found.regrets[:, 0] == pytest.approx([0, 0, 1, 2])
    assert found.error == pytest.approx(np.std([0, 0, 1, 2]) / 1.0)  # payoffs range from 0 to 1
