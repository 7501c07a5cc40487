"""How players who learn or are replaced move through a game.

A path is an array of shape (steps + 1, strategies of all roles): shares of the roles side by side, each summing to 1.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game, Mix
from cascade_sim.experiments.games.solving.many_starts import dealt

__all__ = ["best_response", "fictitious_play", "replicate", "replicator"]

Floats = npt.NDArray[np.float64]
Gains = Callable[[list[Floats]], Sequence[npt.ArrayLike]]  # what each strategy of each role pays, given the shares


def replicator(game: Game, start: Mix, time: float = 100.0, steps: int = 400) -> Floats:
    """Replicator dynamics, one population a role: shares grow at the rate at which a strategy pays more than the mean.

    dx_k/dt = x_k (gain_k - mean gain) (Taylor and Jonker, 1978, Math. Biosci. 40, 145-156, equation 2).

    Parameters
    ----------
    game : Game
    start : for each role, a share for each strategy
    time : float
        To run for, in units in which a payoff as large as the range of the role's payoffs grows a share e-fold in one.
    steps : int
        Points of the path after the first.

    Returns
    -------
    ndarray of float64, shape (steps + 1, strategies of all roles)
    """
    scale = np.where(game.range > 0.0, game.range, 1.0)

    def gains(mix: list[Floats]) -> list[Floats]:
        return [own / unit for own, unit in zip(game.gains(mix), scale, strict=True)]

    return replicate(gains, start, time, steps)


def replicate(gains: Gains, start: Mix, time: float = 100.0, steps: int = 400) -> Floats:
    """Replicator dynamics of populations of any number of players, whose payoffs are functions of the shares.

    In logarithms of shares, so that they stay positive and sum to 1; what nobody plays stays unplayed.

    Parameters
    ----------
    gains : callable
        Takes shares, shape (strategies,) a role, and gives what each strategy pays per unit of time.
    start : for each role, a share for each strategy
    time : float
    steps : int

    Returns
    -------
    ndarray of float64, shape (steps + 1, strategies of all roles)
    """
    from scipy.integrate import solve_ivp

    first = [np.asarray(own, float) for own in start]
    sizes = [len(own) for own in first]
    played = np.concatenate(first) > 0.0

    def shares_of(logs: Floats) -> list[Floats]:
        every = np.full(len(played), -np.inf)
        every[played] = logs
        weights = [np.exp(own - own.max()) for own in dealt(every, sizes)]
        return [own / own.sum() for own in weights]

    def growth(_: float, logs: Floats) -> Floats:
        mix = shares_of(logs)
        paid = [np.asarray(own, float) for own in gains(mix)]
        return np.concatenate([own - own @ shares for own, shares in zip(paid, mix, strict=True)])[played]

    at = np.linspace(0.0, time, steps + 1)
    logs = solve_ivp(growth, (0.0, time), np.log(np.concatenate(first)[played]), "RK45", at, rtol=1e-8, atol=1e-10).y
    return np.array([np.concatenate(shares_of(point)) for point in logs.T])


def fictitious_play(game: Game, start: Mix, rounds: int = 1000) -> Floats:
    """Everybody answers best to how often the others have chosen each strategy so far; the path is these frequencies.

    Brown (1951, in Koopmans, ed., *Activity Analysis of Production and Allocation*, chapter 24). The start counts as
    one round.

    Parameters
    ----------
    game : Game
    start : for each role, a share for each strategy
    rounds : int

    Returns
    -------
    ndarray of float64, shape (rounds + 1, strategies of all roles)
    """
    return _towards_best(game, start, [1.0 / (played + 2.0) for played in range(rounds)])


def best_response(game: Game, start: Mix, time: float = 10.0, steps: int = 400) -> Floats:
    """Best-response dynamics: at every moment a few players wake and change to what is best now.

    dx/dt = best response - x (Gilboa and Matsui, 1991, Econometrica 59, 859-867); exact while the best response stays
    the same, which is looked at `steps` times.

    Parameters
    ----------
    game : Game
    start : for each role, a share for each strategy
    time : float
        In mean times between changes of one player.
    steps : int

    Returns
    -------
    ndarray of float64, shape (steps + 1, strategies of all roles)
    """
    return _towards_best(game, start, [-np.expm1(-time / steps)] * steps)


def _towards_best(game: Game, start: Mix, weights: Sequence[float]) -> Floats:
    """Each time a share of every role moves to its best response."""
    now = [np.asarray(own, float) for own in start]
    path = [np.concatenate(now)]
    for weight in weights:
        best = [_best(own) for own in game.gains(now)]
        now = [(1.0 - weight) * own + weight * answer for own, answer in zip(now, best, strict=True)]
        path.append(np.concatenate(now))
    return np.array(path)


def _best(gains: Floats) -> Floats:
    """All on the best strategy; spread evenly over strategies that are equally good."""
    best = gains >= gains.max() - 1e-12 * max(1.0, float(np.abs(gains).max()))
    answer: Floats = best / best.sum()
    return answer
