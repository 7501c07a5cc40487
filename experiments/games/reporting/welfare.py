"""What all roles and funds get together: where the game ends, and where it would be highest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.profiles import Profile, chance_of
from cascade_sim.experiments.games.reporting.estimate import Estimate
from cascade_sim.experiments.games.solving.equilibria import Equilibrium
from cascade_sim.experiments.statistics.bootstrap import bootstrap
from cascade_sim.experiments.statistics.cross_fitting import cross_fitted

__all__ = ["Welfare", "chances_of", "resampled_welfare", "welfare_of"]

Floats = npt.NDArray[np.float64]

_NOTHING = 1e-6  # of the range of payoffs: rounding


@dataclass(frozen=True)
class Welfare:
    """Welfare of an equilibrium against the best profile, USD.

    Attributes
    ----------
    equilibrium : Estimate
    best : Estimate
        Of the profile that one half of the seeds takes for the best, measured on the other half, both ways: on average
        at most what the truly best one gives.
    lost : Estimate
        Of the second less the first, on the same luck; below zero where no better profile can be told from luck.
    profile : Profile
        The one with the highest mean over all seeds.
    agreed : bool
        Whether both halves of the seeds take that one.
    is_nothing : bool
        Whether it is zero in every profile, but for rounding: where only money counts, what one wins another loses.
    """

    equilibrium: Estimate
    best: Estimate
    lost: Estimate
    profile: Profile
    agreed: bool
    is_nothing: bool


def resampled_welfare(played: Played, count: int = 200) -> tuple[Floats, Floats]:
    """Mean welfare of all profiles, in their order, and the same of resampled seeds.

    Returns
    -------
    ndarray of float64, shape (profiles,)
    ndarray of float64, shape (count, profiles)
        From the same resamples as `Played.resampled` with the same count.
    """
    values = played.outcome("welfare")
    return values.mean(axis=0), bootstrap(lambda several: several.mean(axis=1), values, resamples=count)


def welfare_of(played: Played, game: Game, equilibrium: Equilibrium) -> Welfare:
    """Compare an equilibrium with the profile of the highest welfare.

    The equilibrium's shares are the same in every resample. The best profile is chosen on one half of the seeds and
    measured on the other, both ways, for the seeds that choose it flatter it (`cross_fitted`).

    Parameters
    ----------
    played : Played
    game : Game
        Of its mean payoffs.
    equilibrium : Equilibrium
        Of the game.
    """
    values = played.outcome("welfare")
    here, mean = values @ chances_of(game, equilibrium), values.mean(axis=0)
    best, lost = cross_fitted(values), cross_fitted(values - here[:, None])  # both choose the same profiles
    return Welfare(
        Estimate.of_mean(here),
        Estimate.fitted(best),
        Estimate.fitted(lost),
        game.profiles[int(mean.argmax())],
        set(best.chosen) == {int(mean.argmax())},
        bool(np.abs(mean).max() <= _NOTHING * game.range.max()),
    )


def chances_of(game: Game, equilibrium: Equilibrium) -> Floats:
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
