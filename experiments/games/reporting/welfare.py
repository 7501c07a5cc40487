"""What all roles and funds get together: where the game ends, and where it would be highest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.profiles import Profile, chance_of, named
from cascade_sim.experiments.games.solving.equilibria import Equilibrium
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval

__all__ = ["Estimate", "Welfare", "resampled_welfare", "welfare_of"]

Floats = npt.NDArray[np.float64]

_NOTHING = 1e-6  # of the range of payoffs: rounding


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
class Welfare:
    """Welfare of an equilibrium against the best profile, USD.

    Attributes
    ----------
    equilibrium, best : Estimate
    lost : Estimate
        Of the second less the first, on the same luck.
    profile : Profile
        The best one.
    is_nothing : bool
        Whether it is zero in every profile, but for rounding: where only money counts, what one wins another loses.
    """

    equilibrium: Estimate
    best: Estimate
    lost: Estimate
    profile: Profile
    is_nothing: bool


def resampled_welfare(played: Played, game: Game, count: int = 200) -> tuple[Floats, Floats]:
    """Mean welfare of all profiles, in the order of the game's, and the same of resampled seeds.

    Returns
    -------
    ndarray of float64, shape (profiles,)
    ndarray of float64, shape (count, profiles)
        From the same resamples as `Played.resampled` with the same count.
    """
    names = [named(profile) for profile in game.profiles]
    values = played.outcomes.pivot(index="seed", columns="profile", values="welfare")[names].to_numpy(float)
    return values.mean(axis=0), bootstrap(lambda several: several.mean(axis=1), values, resamples=count)


def welfare_of(played: Played, game: Game, equilibrium: Equilibrium) -> Welfare:
    """Compare an equilibrium with the profile of the highest mean welfare; its shares are the same in every resample.

    That profile is the same in every resample too, so that a resample's luck is not taken for a better choice; that it
    was chosen by the same seeds flatters it a little where several are nearly as good.

    Parameters
    ----------
    played : Played
    game : Game
        Of its mean payoffs.
    equilibrium : Equilibrium
        Of the game.
    """
    mean, several = resampled_welfare(played, game, 1000)
    chances, best = _chances(game, equilibrium), int(mean.argmax())
    here, there = several @ chances, several[:, best]
    return Welfare(
        Estimate.of(float(mean @ chances), here),
        Estimate.of(float(mean[best]), there),
        Estimate.of(float(mean[best] - mean @ chances), there - here),
        game.profiles[best],
        bool(np.abs(mean).max() <= _NOTHING * game.range.max()),
    )


def _chances(game: Game, equilibrium: Equilibrium) -> Floats:
    """Chance of every profile in an equilibrium."""
    if equilibrium.profile is not None:
        return np.array([float(profile == equilibrium.profile) for profile in game.profiles])
    return np.array(
        [
            np.prod([chance_of(counts, own) for counts, own in zip(profile, equilibrium.mix, strict=True)])
            for profile in game.profiles
        ],
        float,
    )
