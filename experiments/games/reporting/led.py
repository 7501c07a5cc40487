"""A game with a leader: what follows each of its choices, as tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.leader import Answer, answers
from cascade_sim.experiments.statistics.bootstrap import percentile_interval

__all__ = ["choices_frame", "shares_frames"]


def choices_frame(game: Game, leader: int, found: Sequence[Answer], resampled: Sequence[Game]) -> pd.DataFrame:
    """A row a choice of the leader, by name: `payoff` with its 95 % interval `low`, `high` over resampled seeds.

    `best` is the share of resampled games in which the choice pays the leader most. In every one of them the followers
    settle anew.
    """
    rows = pd.DataFrame({"payoff": [answer.payoff for answer in found]}, index=list(game.roles[leader].strategies))
    if len(resampled):
        several = np.array([[answer.payoff for answer in answers(other, leader)] for other in resampled])
        rows["low"], rows["high"] = percentile_interval(several)
        rows["best"] = np.bincount(several.argmax(axis=1), minlength=len(found)) / len(several)
    return rows


def shares_frames(game: Game, leader: int, found: Sequence[Answer]) -> dict[str, pd.DataFrame]:
    """For each follower's role, shares of its strategies (columns) after each choice of the leader (rows)."""
    others = [role for r, role in enumerate(game.roles) if r != leader]
    names = list(game.roles[leader].strategies)
    return {
        role.name: pd.DataFrame([answer.equilibrium.mix[q] for answer in found], names, list(role.strategies))
        for q, role in enumerate(others)
    }
