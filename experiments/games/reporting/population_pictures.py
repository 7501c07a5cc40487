"""Pictures of a population that copies what pays: on a line, in a square, in a triangle."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.by_share import counted_first
from cascade_sim.experiments.games.solving.dynamics import replicator
from cascade_sim.experiments.games.solving.rest_points import rest_points, velocity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cascade_sim.plots.games import Flow

__all__ = ["line", "square", "triangle"]

Floats = npt.NDArray[np.float64]


def _flow(
    game: Game,
    states: Sequence[list[Floats]],
    shown: Callable[[Sequence[npt.ArrayLike]], Floats],
    starts: Sequence[list[Floats]] = (),
) -> "Flow":
    """How shares change at some states, and from some starts, as far as `shown` shows them."""
    from cascade_sim.plots.games import Flow, RestMark

    rest = [RestMark(tuple(map(float, shown(point.mix))), point.stability) for point in rest_points(game)]
    ends = np.cumsum([count for _, count in game.sizes])[:-1]
    paths = [
        np.array([shown(np.split(state, ends)) for state in replicator(game, start, time=40.0, steps=300)])
        for start in starts
    ]
    at = np.array([shown(state) for state in states])
    return Flow(at, np.array([shown(velocity(game, state)) for state in states]), rest, paths)


def line(game: Game) -> "Figure":
    """The share of one of two strategies of the only role."""
    from cascade_sim.plots.games import phase_line

    game = counted_first(game)
    states = [[np.array([share, 1.0 - share])] for share in np.linspace(0.0, 1.0, 101)]
    flow = _flow(game, states, lambda mix: np.array([np.asarray(mix[0])[0]]))
    return phase_line(flow, game.roles[0].strategies[0])


def square(game: Game) -> "Figure":
    """The shares of the first strategies of two roles."""
    from cascade_sim.plots.games import phase_square

    sides = np.linspace(0.04, 0.96, 17)
    states = [[np.array([x, 1.0 - x]), np.array([y, 1.0 - y])] for x, y in product(sides, sides)]
    starts = [
        [np.array([x, 1.0 - x]), np.array([y, 1.0 - y])]
        for x, y in ((0.25, 0.1), (0.9, 0.25), (0.1, 0.75), (0.75, 0.9))
    ]
    flow = _flow(game, states, lambda mix: np.array([np.asarray(own)[0] for own in mix]), starts)
    first, second = (f"share of {role.name}s who choose '{role.strategies[0]}'" for role in game.roles)
    return phase_square(flow, (first, second))


def triangle(game: Game) -> "Figure":
    """The shares of three strategies of the only role."""
    from cascade_sim.plots.games import phase_triangle

    n = 18
    inner = [(i, j) for i, j in product(range(n + 1), range(n + 1)) if i + j <= n]
    shrunk = [np.array([i, j, n - i - j]) / n * 0.94 + 0.02 for i, j in inner]
    starts = [[0.7 * corner + 0.1] for corner in np.eye(3)]
    flow = _flow(game, [[state] for state in shrunk], lambda mix: np.asarray(mix[0], float), starts)
    return phase_triangle(flow, game.roles[0].strategies)
