"""How well the equilibrium of a played game would have been known with fewer seeds."""

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.solving.solution import Solution

__all__ = ["regret_history"]

_RESAMPLES = 60


def regret_history(played: Played) -> pd.DataFrame:
    """Regret of what is finally reported, and its standard deviation, by the first seeds.

    Parameters
    ----------
    played : Played

    Returns
    -------
    pandas.DataFrame
        Columns `seeds` (doubled at every row), `regret` and `sd`: of the role with the largest one, as shares of the
        role's range of payoffs.
    """
    counts, solution = [played.seeds], Solution.of(played.game(), played.leader)
    while counts[0] >= 10:
        counts.insert(0, counts[0] // 2)
    return pd.DataFrame([_row(played.first(count), solution) for count in counts])


def _row(played: Played, solution: Solution) -> dict[str, float]:
    game = played.game()
    span = np.where(game.range > 0.0, game.range, 1.0)
    several = np.array([solution.regret(other) for other in played.resampled(_RESAMPLES)])
    return {
        "seeds": float(played.seeds),
        "regret": float((solution.regret(game) / span).max()),
        "sd": float((several.std(axis=0) / span).max()),
    }
