"""How many runs are enough: until it is known well whether anybody would leave the equilibrium.

All profiles are run with the same seeds, so that they share luck; seeds are resampled with whole rows, so that what
two profiles share cancels in their difference. Source of the rule: Wellman, Kim and Duong (2013), "Analyzing incentives
for protocol compliance in complex domains", and the notes on empirical games in Tuyls et al. (2020), "Bounds and
dynamics for empirical game theoretic analysis", JAAMAS 34: what counts is the error of the regret, not of a payoff.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.solution import Solution

__all__ = ["Certainty"]

Floats = npt.NDArray[np.float64]


class Certainty:
    """How well the regret of what is reported is known.

    Parameters
    ----------
    game : Game
        Of mean payoffs.
    resampled : sequence of Game
        The same of resampled seeds.
    leader : int, optional
        Number of the role whose choice the others see.

    Attributes
    ----------
    solution : Solution
        Of the mean game.
    regrets : ndarray of float64, shape (resamples, roles)
        Of playing it, in each resampled game.
    error : float
        Largest standard deviation of a role's regret over the role's range of payoffs.
    """

    def __init__(self, game: Game, resampled: Sequence[Game], leader: int | None = None) -> None:
        self.solution = Solution.of(game, leader)
        self.regrets: Floats = np.array([self.solution.regret(other) for other in resampled])
        spread = self.regrets.std(axis=0)
        self.error = float(np.divide(spread, game.range, out=np.zeros_like(spread), where=game.range > 0).max())
