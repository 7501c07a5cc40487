"""Alpha-rank: how much time a population of slowly replaced players spends at each profile."""

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Profile, move

__all__ = ["SOURCE", "alpha_rank", "fixation", "stationary"]

Floats = npt.NDArray[np.float64]
SOURCE = "Omidshafiei et al. (2019), alpha 0.1, populations of 50"


def alpha_rank(game: Game, alpha: float = 0.1, population: int = 50) -> dict[Profile, float]:
    """Long-run share of time at every pure profile (Omidshafiei et al., 2019, Sci. Rep. 9:9937).

    Every player of the game stands for a population in which all play the same. From time to time one population meets
    a mutant with another strategy, which takes over with the chance of `fixation`, while the others stay as they are.
    Players of a role are alike, so that profiles are counted and not listed.

    Parameters
    ----------
    game : Game
    alpha : float
        Strength of selection, per unit of payoff.
    population : int
        m, the size of every population.

    Returns
    -------
    dict of Profile to float
        Sums to 1.
    """
    number = {profile: i for i, profile in enumerate(game.profiles)}
    others = sum(players * (strategies - 1) for players, strategies in game.sizes) or 1
    chances = np.zeros((len(number), len(number)))
    for profile, i in number.items():
        for after, holders, gained in _single_moves(game, profile):
            chances[i, number[after]] += holders / others * fixation(gained, alpha, population)
    return dict(zip(game.profiles, stationary(chances).tolist(), strict=True))


def fixation(gained: float, alpha: float, population: int) -> float:
    """Chance that a single mutant who is paid so much more takes over: (1 - e^(-a d)) / (1 - e^(-m a d)).

    Written so that nothing overflows; 1 / m where nothing is gained. Never quite 0, so that every profile can be left.
    """
    strength = alpha * abs(gained)
    if strength == 0.0:
        return 1.0 / population
    ratio = float(np.expm1(-strength) / np.expm1(-population * strength))
    return ratio if gained > 0.0 else max(ratio * float(np.exp(-(population - 1) * strength)), 1e-280)


def stationary(chances: Floats) -> Floats:
    """Stationary distribution of a Markov chain, by elimination without a subtraction.

    Chances of very different size (1 and 1e-200) keep all their digits (Grassmann, Taksar and Heyman, 1985, Operations
    Research 33, 1107-1116).

    Parameters
    ----------
    chances : ndarray of float64, shape (states, states)
        Of going from row to column; the diagonal is not read.
    """
    left = chances.copy()
    count = len(left)
    for last in range(count - 1, 0, -1):
        left[:last, last] /= left[last, :last].sum()
        left[:last, :last] += np.outer(left[:last, last], left[last, :last])
    weights = np.ones(count)
    for state in range(1, count):
        weights[state] = weights[:state] @ left[:state, state]
    return np.asarray(weights / weights.sum())


def _single_moves(game: Game, profile: Profile) -> list[tuple[Profile, int, float]]:
    """Profiles one player away, how many players could go there, and what one gains by it."""
    moves = []
    for r, counts in enumerate(profile):
        for held in (k for k, count in enumerate(counts) if count):
            for other in (k for k in range(len(counts)) if k != held):
                after = (*profile[:r], move(move(counts, -1, held), 1, other), *profile[r + 1 :])
                gained = float(game.payoffs[after][r][other]) - float(game.payoffs[profile][r][held])
                moves.append((after, counts[held], gained))
    return moves
