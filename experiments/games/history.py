"""How well the equilibrium of a played game would have been known with fewer seeds."""

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.played import Played

__all__ = ["regret_history"]

_RESAMPLES = 60


def regret_history(played: Played) -> pd.DataFrame:
    """Regret of the finally reported equilibrium, and its standard deviation, by the first seeds.

    Parameters
    ----------
    played : Played

    Returns
    -------
    pandas.DataFrame
        Columns `seeds` (doubled at every row), `regret` and `sd`: of the role with the largest one, as shares of the
        role's range of payoffs.
    """
    counts, last = [played.seeds], played.certainty(1).equilibrium
    while counts[0] >= 10:
        counts.insert(0, counts[0] // 2)
    return pd.DataFrame([_row(played, count, last.mix) for count in counts])


def _row(played: Played, count: int, mix: tuple[tuple[float, ...], ...]) -> dict[str, float]:
    seeds = np.arange(count)
    (game,) = played.resampled_by(seeds[None, :])
    draws = np.random.default_rng(count).integers(0, count, (_RESAMPLES, count))
    several = np.array([other.regret(mix) for other in played.resampled_by(draws)])
    span = np.where(game.range > 0.0, game.range, 1.0)
    return {
        "seeds": float(count),
        "regret": float((game.regret(mix) / span).max()),
        "sd": float((several.std(axis=0) / span).max()),
    }
