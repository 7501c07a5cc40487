"""Basins: from which share of all starts a population ends at each equilibrium."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game, Mix
from cascade_sim.experiments.games.solving.many_starts import dealt, spread_starts

__all__ = ["basins"]

Floats = npt.NDArray[np.float64]

_STEP = 0.5  # a payoff as large as the range grows a share by half of that in one


def basins(game: Game, ends: Sequence[Mix], starts: int = 64, time: float = 60.0) -> Floats:
    """Share of evenly spread starts from which replicator dynamics end nearest to each of some mixtures.

    Dynamics as in `cascade_sim.experiments.games.solving.dynamics`.

    Parameters
    ----------
    game : Game
    ends : sequence of mixtures
        Equilibria, say.
    starts : int
    time : float
        In units in which a payoff as large as the range of the role's payoffs grows a share e-fold in one.

    Returns
    -------
    ndarray of float64, shape (ends,)
        Sums to 1.
    """
    sizes = [count for _, count in game.sizes]
    goals = np.array([np.concatenate([np.asarray(own, float) for own in mix]) for mix in ends])
    lasts = _ended(game, np.array([np.concatenate(start) for start in spread_starts(sizes, starts)]), time)
    nearest = np.abs(goals[None] - lasts[:, None]).max(axis=2).argmin(axis=1)
    reached: Floats = np.bincount(nearest, minlength=len(goals)) / starts
    return reached


def _ended(game: Game, shares: Floats, time: float) -> Floats:
    """Where populations end, shape (starts, strategies of all roles): all at once, in plain Runge-Kutta steps."""
    sizes = [count for _, count in game.sizes]
    scale = np.repeat(np.where(game.range > 0.0, game.range, 1.0), sizes)

    def gains(logs: Floats) -> Floats:
        paid: Floats = np.concatenate(game.gains(_shares(logs, sizes)), axis=-1) / scale
        return paid

    logs = np.log(shares)
    for _ in range(round(time / _STEP)):
        first = gains(logs)
        second = gains(logs + _STEP / 2.0 * first)
        third = gains(logs + _STEP / 2.0 * second)
        logs = logs + _STEP / 6.0 * (first + 2.0 * second + 2.0 * third + gains(logs + _STEP * third))
    return np.concatenate(_shares(logs, sizes), axis=-1)


def _shares(logs: Floats, sizes: Sequence[int]) -> list[Floats]:
    weights = [np.exp(own - own.max(axis=-1, keepdims=True)) for own in dealt(logs, sizes)]
    return [np.asarray(own / own.sum(axis=-1, keepdims=True)) for own in weights]
