"""A leader chooses, the others see it and settle among themselves: equilibrium by looking ahead.

Source: von Stackelberg (1934), "Marktform und Gleichgewicht"; where followers have several equilibria, they are taken
to play the reported one, and the leader counts on it.
"""

from dataclasses import dataclass

import numpy as np

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Profile
from cascade_sim.experiments.games.solving.equilibria import Equilibrium, reported

__all__ = ["Answer", "answers", "followers", "paid_to_leader", "with_leader"]


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
    found = []
    for strategy in range(len(game.roles[leader].strategies)):
        equilibrium = reported(followers(game, leader, strategy))
        found.append(Answer(strategy, equilibrium, paid_to_leader(game, leader, strategy, equilibrium)))
    return found


def with_leader(game: Game, leader: int, strategy: int, rest: Profile) -> Profile:
    """A profile of the followers together with the leader's choice."""
    own = tuple(int(k == strategy) for k in range(len(game.roles[leader].strategies)))
    return (*rest[:leader], own, *rest[leader:])


def paid_to_leader(game: Game, leader: int, strategy: int, equilibrium: Equilibrium) -> float:
    """What a leader may expect of a choice.

    Parameters
    ----------
    game : Game
    leader : int
        Number of its role.
    strategy : int
    equilibrium : Equilibrium
        Of the followers; they draw lots, each for itself, unless it is a profile.
    """
    if equilibrium.profile is not None:
        return float(game.payoffs[with_leader(game, leader, strategy, equilibrium.profile)][leader][strategy])
    own = np.eye(len(game.roles[leader].strategies))[strategy]
    mix = (*equilibrium.mix[:leader], own, *equilibrium.mix[leader:])
    return float(game.gains(mix)[leader][strategy])
