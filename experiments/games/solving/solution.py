"""What is reported of a game, and how far anybody would regret it in another one.

Without a leader it is an equilibrium. With one it is a choice of the leader and what the others answer to each of its
choices, the ones it does not make as well: what it would get by those is why it does not make them (Selten, 1965,
Zeitschrift für die gesamte Staatswissenschaft 121, 301-324: a perfect equilibrium).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.equilibria import (
    Equilibrium,
    equilibrium_at,
    equilibrium_of,
    regret_of,
    reported,
)
from cascade_sim.experiments.games.solving.leader import Answer, answers, followers, paid_to_leader, with_leader

__all__ = ["Solution"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Solution:
    """Where a game ends.

    Attributes
    ----------
    equilibrium : Equilibrium
        Of the whole game; with a leader, how it ends after its best choice, which it may regret once the others have
        settled.
    leader : int or None
        Number of its role.
    answers : tuple of Answer
        What follows each choice of the leader; nothing without one.
    """

    equilibrium: Equilibrium
    leader: int | None = None
    answers: tuple[Answer, ...] = ()

    @classmethod
    def of(cls, game: Game, leader: int | None = None, found: Sequence[Equilibrium] | None = None) -> "Solution":
        """Solve a game.

        Parameters
        ----------
        game : Game
        leader : int, optional
            Number of the role whose choice the others see.
        found : sequence of Equilibrium, optional
            Of the game, where they are known already; without a leader.
        """
        if leader is None:
            return cls(reported(game, found))
        led = tuple(answers(game, leader))
        return cls(_outcome(game, leader, _best(led)), leader, led)

    @property
    def best(self) -> Answer:
        """The leader's choice that pays it most, with what follows; of equals the first."""
        return _best(self.answers)

    def regret(self, game: Game) -> Floats:
        """What the best deviation would gain a player of each role in a game of the same roles, shape (roles,).

        A leader deviates to another choice, and the others answer as is reported; they deviate after its best choice.
        """
        if self.leader is None:
            return regret_of(game, self.equilibrium)
        paid = [paid_to_leader(game, self.leader, answer.strategy, answer.equilibrium) for answer in self.answers]
        best = self.best
        after = regret_of(followers(game, self.leader, best.strategy), best.equilibrium)
        return np.insert(after, self.leader, max(paid) - paid[best.strategy])


def _best(led: Sequence[Answer]) -> Answer:
    return max(led, key=lambda answer: answer.payoff)


def _outcome(game: Game, leader: int, answer: Answer) -> Equilibrium:
    """The whole game as it ends after a choice of the leader."""
    own = tuple(np.eye(len(game.roles[leader].strategies))[answer.strategy].tolist())
    profile, mix = answer.equilibrium.profile, answer.equilibrium.mix
    if profile is not None:
        return equilibrium_at(game, with_leader(game, leader, answer.strategy, profile))
    return equilibrium_of(game, (*mix[:leader], own, *mix[leader:]))
