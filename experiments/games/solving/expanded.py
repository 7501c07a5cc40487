"""Games of a few players written out player by player, for quantecon: a second method beside our own."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Counts, Profile

__all__ = ["expanded", "mclennan_tourky", "pure_by_brute_force"]

Floats = npt.NDArray[np.float64]

_MOST_CELLS = 1_000_000


def expanded(game: Game) -> Any:
    """`quantecon.game_theory.NormalFormGame` in which every player of every role has payoffs of its own.

    Raises
    ------
    ValueError
        Where it would have more than a million cells.
    ModuleNotFoundError
        Where quantecon is not installed.
    """
    strategies = [count for players, count in game.sizes for _ in range(players)]
    if np.prod([float(count) for count in strategies]) > _MOST_CELLS:
        raise ValueError(
            f"a game of {len(strategies)} players has more than {_MOST_CELLS} cells when written out player by player; "
            "use equilibria(), which counts players instead"
        )
    with _naming_the_extra():
        from quantecon.game_theory import NormalFormGame
    payoffs = np.empty((*strategies, len(strategies)))
    for chosen in product(*(range(count) for count in strategies)):
        payoffs[chosen] = _paid(game, chosen)
    return NormalFormGame(payoffs)


def pure_by_brute_force(game: Game) -> set[Profile]:
    """Profiles that are pure equilibria, by quantecon's brute force over players."""
    whole = expanded(game)
    with _naming_the_extra():
        from quantecon.game_theory import pure_nash_brute
    return {_counted(game, chosen) for chosen in pure_nash_brute(whole)}


def mclennan_tourky(game: Game, epsilon: float = 1e-3) -> list[Floats]:
    """One approximate equilibrium, a mixture for every player in the order of roles.

    McLennan and Tourky (2006, "From imitation games to Kakutani"), by quantecon: from the first strategies of all.

    Parameters
    ----------
    game : Game
    epsilon : float
        Regret that is allowed, in the unit of payoffs; the number of steps grows fast as it falls.

    Raises
    ------
    RuntimeError
        Where the method does not converge.
    """
    whole = expanded(game)
    with _naming_the_extra():
        from quantecon.game_theory import mclennan_tourky as solve
    found, result = solve(whole, epsilon=epsilon, max_iter=500, full_output=True)
    if not result.converged:
        raise RuntimeError(
            f"the method of McLennan and Tourky did not converge in 500 steps to {epsilon:g}; allow more"
        )
    return [np.asarray(own, float) for own in found]


def _paid(game: Game, chosen: tuple[int, ...]) -> list[float]:
    profile = _counted(game, chosen)
    roles = [r for r, (players, _) in enumerate(game.sizes) for _ in range(players)]
    return [float(game.payoffs[profile][r][strategy]) for r, strategy in zip(roles, chosen, strict=True)]


def _counted(game: Game, chosen: tuple[int, ...]) -> Profile:
    counted: list[Counts] = []
    first = 0
    for players, count in game.sizes:
        own = chosen[first : first + players]
        counted.append(tuple(own.count(k) for k in range(count)))
        first += players
    return tuple(counted)


@contextmanager
def _naming_the_extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "games written out player by player need quantecon; install it with: pip install 'cascade-sim[games]'",
            name=error.name,
        ) from error
