"""A leader chooses, the others see it and settle among themselves: equilibrium by looking ahead.

Source: von Stackelberg (1934), "Marktform und Gleichgewicht"; where followers have several equilibria, they are taken
to play the reported one, and the leader counts on it.
"""

from dataclasses import dataclass

import numpy as np

from cascade_sim.experiments.games.equilibria import Equilibrium, reported
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Profile

__all__ = ["Answer", "answers", "best_answer", "followers"]


@dataclass(frozen=True)
class Answer:
    """What follows a choice of the leader.

    Attributes
    ----------
    strategy : int
        The leader's.
    equilibrium : Equilibrium
        Of the followers, who see it.
    payoff : float
        The leader's, expected.
    """

    strategy: int
    equilibrium: Equilibrium
    payoff: float


def followers(game: Game, leader: int, strategy: int) -> Game:
    """Game that is left to the others when the leader has chosen.

    Parameters
    ----------
    game : Game
    leader : int
        Number of its role.
    strategy : int
    """
    chosen = {profile: rest for profile, rest in _split(game, leader) if profile[leader][strategy] == 1}
    payoffs = {
        rest: tuple(own for r, own in enumerate(game.payoffs[profile]) if r != leader)
        for profile, rest in chosen.items()
    }
    return Game(tuple(role for r, role in enumerate(game.roles) if r != leader), payoffs, game.unit)


def _split(game: Game, leader: int) -> list[tuple[Profile, Profile]]:
    """Every profile with what is left of it without the leader."""
    return [(profile, (*profile[:leader], *profile[leader + 1 :])) for profile in game.profiles]


def answers(game: Game, leader: int) -> list[Answer]:
    """What follows each choice of the leader."""
    count = len(game.roles[leader].strategies)
    found = []
    for strategy in range(count):
        equilibrium = reported(followers(game, leader, strategy))
        own = np.eye(count)[strategy]
        mix = (*equilibrium.mix[:leader], own, *equilibrium.mix[leader:])
        found.append(Answer(strategy, equilibrium, float(game.gains(mix)[leader][strategy])))
    return found


def best_answer(game: Game, leader: int) -> Answer:
    """The choice that pays the leader most; of equals the first."""
    return max(answers(game, leader), key=lambda answer: answer.payoff)
