"""By how much a game bears out what was said of it, or of one of other luck: numbers above zero where it does."""

from collections.abc import Sequence

import numpy as np

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Profile, move
from cascade_sim.experiments.games.solving.equilibria import Equilibrium
from cascade_sim.experiments.games.solving.leader import Answer, paid_to_leader

__all__ = ["ahead_of_others", "cost_of_leaving", "lead_over_others", "never_best"]


def cost_of_leaving(game: Game, equilibrium: Equilibrium, r: int) -> float:
    """What the best other choice costs a player of a role while all others keep to an equilibrium.

    Of players of a role who choose differently it is the one to whom it costs least. Of those who draw lots it is never
    above zero: where they were found all that they draw pays the same, with other luck something pays more.

    Parameters
    ----------
    game : Game
    equilibrium : Equilibrium
        Of a game with the same roles.
    r : int
        Number of a role with two strategies or more.
    """
    if equilibrium.profile is not None:
        return _cost_of_moving(game, equilibrium.profile, r)
    own, paid = np.array(equilibrium.mix[r]), game.gains(equilibrium.mix)[r]
    if own.max() == 1.0:
        return ahead_of_others(paid.tolist(), int(own.argmax()))
    return float(own @ paid - paid.max())


def _cost_of_moving(game: Game, profile: Profile, r: int) -> float:
    """Least that a player of a role loses by leaving its strategy in a pure profile."""
    costs = []
    for held in (k for k, count in enumerate(profile[r]) if count):
        for other in (k for k in range(len(profile[r])) if k != held):
            after = (*profile[:r], move(move(profile[r], -1, held), 1, other), *profile[r + 1 :])
            costs.append(float(game.payoffs[profile][r][held]) - float(game.payoffs[after][r][other]))
    return min(costs)


def lead_over_others(game: Game, leader: int, answers: Sequence[Answer], best: int) -> float:
    """What a leader's choice pays it over its next best one, if the others answer each choice as they did."""
    return ahead_of_others([paid_to_leader(game, leader, one.strategy, one.equilibrium) for one in answers], best)


def never_best(game: Game, r: int, strategy: int) -> float:
    """Least that the strategy which beats another one most surely pays over it, whatever everybody else does."""
    pays = game.against_others(r)
    return float((np.delete(pays, strategy, axis=1) - pays[:, [strategy]]).min(axis=0).max())


def ahead_of_others(values: Sequence[float], one: int) -> float:
    """By how much one of several values is ahead of the largest of the others."""
    return float(values[one] - np.delete(np.asarray(values, float), one).max())
