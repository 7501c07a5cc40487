"""A game with a leader: what follows each of its choices, as tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.equilibria import Equilibrium, equilibrium_of
from cascade_sim.experiments.games.leader import Answer, answers
from cascade_sim.experiments.games.normal_form import Game

__all__ = ["choices_frame", "outcome_of", "shares_frames"]


def outcome_of(game: Game, leader: int, answer: Answer) -> Equilibrium:
    """The whole game as it ends after a choice of the leader; the leader may regret it once the others have settled.

    Parameters
    ----------
    game : Game
    leader : int
        Number of its role.
    answer : Answer
    """
    own = np.eye(len(game.roles[leader].strategies))[answer.strategy]
    mix = answer.equilibrium.mix
    return equilibrium_of(game, (*mix[:leader], own, *mix[leader:]))


def choices_frame(game: Game, leader: int, found: Sequence[Answer], resampled: Sequence[Game]) -> pd.DataFrame:
    """A row a choice of the leader, by name: `payoff` with its 95 % interval `low`, `high` over resampled seeds.

    In every resampled game the followers settle anew.
    """
    rows = pd.DataFrame({"payoff": [answer.payoff for answer in found]}, index=list(game.roles[leader].strategies))
    if len(resampled):
        several = np.array([[answer.payoff for answer in answers(other, leader)] for other in resampled])
        rows["low"], rows["high"] = np.quantile(several, [0.025, 0.975], axis=0)
    return rows


def shares_frames(game: Game, leader: int, found: Sequence[Answer]) -> dict[str, pd.DataFrame]:
    """For each follower's role, shares of its strategies (columns) after each choice of the leader (rows)."""
    others = [role for r, role in enumerate(game.roles) if r != leader]
    names = list(game.roles[leader].strategies)
    return {
        role.name: pd.DataFrame([answer.equilibrium.mix[q] for answer in found], names, list(role.strategies))
        for q, role in enumerate(others)
    }
