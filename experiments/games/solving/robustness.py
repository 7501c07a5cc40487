"""How far an equilibrium hangs on the luck of the seeds that its payoffs were measured with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.equilibria import (
    Equilibrium,
    all_alike,
    equilibria,
    equilibrium_of,
    regret_of,
)
from cascade_sim.experiments.games.solving.many_starts import mixed_on_support

__all__ = ["Robustness", "equilibria_like", "robustness"]

_TOLERANCE = 1e-9  # of the range of payoffs


@dataclass(frozen=True)
class Robustness:
    """An equilibrium looked at in resampled games.

    Attributes
    ----------
    share : float
        Of resampled games that have an equilibrium in which the same strategies are played.
    regret : tuple of float
        Mean over resampled games of what the best deviation from the equilibrium would gain a player of each role.
    regret_sd : tuple of float
        Standard deviation of that.
    """

    share: float
    regret: tuple[float, ...]
    regret_sd: tuple[float, ...]


def robustness(games: Sequence[Game], equilibrium: Equilibrium) -> Robustness:
    """Regret and support of an equilibrium over resampled games (Wellman, 2006, AAAI, section 4).

    Parameters
    ----------
    games : sequence of Game
        Resampled over seeds, all with the roles of the game that was solved.
    equilibrium : Equilibrium
        Of the game of mean payoffs.

    Returns
    -------
    Robustness

    Raises
    ------
    ValueError
        Where there are no games.
    """
    if not games:
        raise ValueError("robustness needs resampled games, and there are none; resample at least 2")
    regrets = np.array([regret_of(game, equilibrium) for game in games])
    same = [_has_like(game, equilibrium) for game in games]
    spread = regrets.std(axis=0, ddof=1) if len(games) > 1 else np.full(regrets.shape[1], np.nan)
    return Robustness(float(np.mean(same)), tuple(regrets.mean(axis=0).tolist()), tuple(spread.tolist()))


def _has_like(game: Game, equilibrium: Equilibrium) -> bool:
    """Whether a game has an equilibrium in which the same strategies are played; of pure profiles, by as many."""
    if equilibrium.profile is not None:
        return bool((regret_of(game, equilibrium) <= _allowed(game)).all())
    return bool(equilibria_like(game, equilibrium))


def equilibria_like(game: Game, equilibrium: Equilibrium) -> list[Equilibrium]:
    """Equilibria of a game in which players of a role play alike, and the same strategies as in one of another game."""
    if len(game.roles) == 1 or [role.players for role in game.roles] == [1, 1]:
        found = equilibria(game)
    else:  # all of them would take a second for each game
        found = [equilibrium_of(game, mix) for mix in mixed_on_support(game, equilibrium.support, equilibrium.mix)]
    alike = [one for one in found if all_alike(one) and one.support == equilibrium.support]
    return [one for one in alike if (np.array(one.regret) <= _allowed(game)).all()]


def _allowed(game: Game) -> npt.NDArray[np.float64]:
    """Regret that is rounding."""
    return _TOLERANCE * np.where(game.range > 0.0, game.range, 1.0)
