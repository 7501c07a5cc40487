"""A commons: like players who choose between a little and a lot, and what a planner would have them choose.

With N like players and two strategies everything hangs on the share who choose the second. In equilibrium nobody gains
by changing; the planner takes the share with the largest welfare, which counts everybody's payoff, the others' profits
and what venues took. Both are found again in every resampled set of seeds, so that each has an interval.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.equilibria import reported
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.played import Played
from cascade_sim.experiments.games.profiles import named
from cascade_sim.experiments.statistics.bootstrap import percentile_interval

__all__ = ["Commons", "Estimate", "commons_of", "is_commons"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, resampled: Floats) -> "Estimate":
        """Value with the percentile interval of resampled ones."""
        low, high = percentile_interval(np.asarray(resampled, float))
        return cls(float(value), float(low), float(high))


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
        Welfare at the planner's share less welfare in equilibrium, USD.
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
    profiles = [((players - k, k),) for k in range(players + 1)]
    welfare = _welfare(played, [named(profile) for profile in profiles])
    rows = _rows(len(welfare), resamples)
    private = [_private(other) for other in played.resampled_by(rows)]
    means = np.array([welfare[own].mean(axis=0) for own in rows])
    lost = [_lost(mean, shares, share) for mean, share in zip(means, private, strict=True)]
    mean, here = welfare.mean(axis=0), _private(game)
    return Commons(
        shares,
        np.array([[game.payoffs[profile][0][k] for profile in profiles] for k in range(2)]),
        mean,
        Estimate.of(here, np.array(private)),
        Estimate.of(shares[mean.argmax()], shares[means.argmax(axis=1)]),
        Estimate.of(_lost(mean, shares, here), np.array(lost)),
    )


def _rows(seeds: int, resamples: int) -> npt.NDArray[np.int64]:
    """Seeds drawn with replacement, the same for payoffs and welfare."""
    return np.random.default_rng(seeds).integers(0, seeds, (resamples, seeds))


def _welfare(played: Played, names: list[str]) -> Floats:
    """Shape (seeds, shares)."""
    wide = played.outcomes.pivot(index="seed", columns="profile", values="welfare").sort_index()
    values: Floats = wide[names].to_numpy(float)
    return values


def _private(game: Game) -> float:
    return reported(game).mix[0][1]


def _lost(welfare: Floats, shares: Floats, private: float) -> float:
    """Welfare is read between shares by straight lines."""
    return float(welfare.max() - np.interp(private, shares, welfare))
