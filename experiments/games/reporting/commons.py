"""A commons: like players who choose between a little and a lot, and what a planner would have them choose.

With N like players and two strategies everything hangs on the share who choose the second. In equilibrium nobody gains
by changing; the planner takes the share with the largest welfare, which counts everybody's payoff, the others' profits
and what venues took. The equilibrium is found again in every resampled set of seeds; the planner's interval holds every
share that cannot be told apart from the best one. What is lost is measured with seeds that did not choose the best
share.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.reporting.estimate import Estimate
from cascade_sim.experiments.games.reporting.welfare import resampled_welfare, welfare_of
from cascade_sim.experiments.games.solving.by_share import best_share
from cascade_sim.experiments.games.solving.equilibria import reported

__all__ = ["Commons", "Estimate", "commons_of", "is_commons"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Commons:
    """Where like players end up, and where they would be best off together.

    Attributes
    ----------
    shares : ndarray of float64, shape (players + 1,)
        Of players who choose the second strategy, from 0 to 1.
    payoffs : ndarray of float64, shape (2, players + 1)
        Of each strategy at each share; nan where nobody plays it.
    welfare : ndarray of float64, shape (players + 1,)
        USD, at each share.
    private, planner : Estimate
        Share in the reported equilibrium; share with the largest welfare.
    lost : Estimate
        Welfare at the planner's share less welfare in equilibrium, USD; the planner chooses with one half of the
        seeds and is measured with the other, both ways.
    """

    shares: Floats
    payoffs: Floats
    welfare: Floats
    private: Estimate
    planner: Estimate
    lost: Estimate


def is_commons(played: Played) -> bool:
    """Whether it is a game of one role with two strategies and more than two players."""
    roles = list(played.question.roles.values())
    return len(roles) == 1 and len(roles[0].strategies) == 2 and roles[0].players > 2


def commons_of(played: Played, resamples: int = 200) -> Commons:
    """Equilibrium and planner's choice of a commons, with intervals over seeds.

    Raises
    ------
    ValueError
        If the game is no commons.
    """
    if not is_commons(played):
        raise ValueError("a commons has one role with two strategies and more than two players")
    players = next(iter(played.question.roles.values())).players
    shares = np.arange(players + 1) / players
    game = played.game()
    welfare, several = resampled_welfare(played, resamples)  # profiles go from nobody on the second to everybody
    here, others = reported(game), [reported(other) for other in played.resampled(resamples)]
    return Commons(
        shares,
        np.array([[game.payoffs[profile][0][k] for profile in game.profiles] for k in range(2)]),
        welfare,
        Estimate.of(here.mix[0][1], np.array([other.mix[0][1] for other in others])),
        Estimate(*best_share(welfare, several)),
        welfare_of(played, game, here).lost,
    )
