"""All pictures that fit a game, from its payoffs alone or from what was played."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.reporting.population_pictures import line, square, triangle
from cascade_sim.experiments.games.solving.by_share import (
    best_share,
    counted_first,
    payoff_curves,
    payoff_points,
    settled_shares,
    swapped,
    welfare_points,
)
from cascade_sim.experiments.games.solving.equilibria import Equilibrium

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cascade_sim.plots.games import Responses, SharePicture

__all__ = ["Evidence", "draw"]

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Evidence:
    """What is known of a game beside its payoffs.

    Attributes
    ----------
    table : pandas.DataFrame, optional
        Payoffs with intervals: `profile` (counts), `role`, `strategy`, `mean`, `low`, `high`.
    resampled : sequence of Game
        The same game of resampled seeds.
    welfare : ndarray of float64, shape (profiles,), optional
        In the order of `Game.profiles`.
    resampled_welfare : ndarray of float64, shape (resamples, profiles)
    beside : SharePicture, optional
        The closed form of a game of shares, drawn beside.
    """

    table: pd.DataFrame | None = None
    resampled: Sequence[Game] = ()
    welfare: Floats | None = None
    resampled_welfare: Floats = field(default_factory=lambda: np.empty((0, 0)))
    beside: "SharePicture | None" = None

    def turned(self) -> "Evidence":
        """The same of the one role's two strategies in the other order."""
        table = self.table
        if table is not None:
            turned = [(counts[::-1],) for (counts,) in table["profile"]]
            table = table.assign(profile=pd.Series(turned, table.index, dtype=object))
        return Evidence(
            table,
            [swapped(other) for other in self.resampled],
            None if self.welfare is None else self.welfare[::-1],
            self.resampled_welfare[:, ::-1],
            self.beside,
        )


def draw(game: Game, equilibria: Sequence[Equilibrium], known: Evidence) -> dict[str, "Figure"]:
    """Draw what fits, by name.

    Parameters
    ----------
    game : Game
    equilibria : sequence of Equilibrium
    known : Evidence
    """
    from cascade_sim.plots.games import choice_against_others, payoff_bars, payoff_matrix, pictures_for

    pure = [one.profile for one in equilibria if one.profile is not None]
    ways: dict[str, Callable[[], Figure]] = {
        "payoff-matrix": lambda: payoff_matrix(game, known.table, pure),
        "choice-against-others": lambda: choice_against_others(game, known.table),
        "payoff-bars": lambda: payoff_bars(game, known.table, pure),
        "payoffs-by-share": lambda: _by_share(game, known),
        "best-responses": lambda: _responses(game, equilibria),
        "phase-line": lambda: line(game),
        "phase-square": lambda: square(game),
        "phase-triangle": lambda: triangle(game),
    }
    return {name: ways[name]() for name in pictures_for(game)}


def _by_share(game: Game, known: Evidence) -> "Figure":
    from cascade_sim.plots.games import ShareMark, SharePicture, payoffs_by_share

    if counted_first(game) is not game:
        game, known = swapped(game), known.turned()
    role, marks = game.roles[0], settled_shares(game, known.resampled)
    welfare, best = None, None
    if known.welfare is not None:
        totals, several = known.welfare[::-1], known.resampled_welfare[:, ::-1]  # from nobody on the first to everybody
        welfare = welfare_points(totals, several)
        best = ShareMark(*best_share(totals, several), label="best for all together")
    picture = SharePicture(
        curves=payoff_curves(game, known.resampled),
        points=payoff_points(game, known.table),
        welfare=welfare,
        equilibria=[ShareMark(*mark, label="each for itself") for mark in marks],
        optimum=best,
        unit=game.unit,
        welfare_unit="USD" if game.unit.startswith("USD") else game.unit,
        heading="in the market" if known.beside is not None else "",
    )
    pictures = [picture] if known.beside is None else [picture, known.beside]
    return payoffs_by_share(pictures, f"share of the {role.players} {role.name}s who choose '{role.strategies[0]}'")


def _gain(game: Game, r: int, mix: Sequence[npt.ArrayLike]) -> float:
    """What the first of two strategies of a role pays over the second."""
    gains = game.gains(mix)[r]
    return float(gains[0] - gains[1])


def _responses(game: Game, equilibria: Sequence[Equilibrium]) -> "Figure":
    """Two roles of two strategies; of one role of two players each plays a part of its own."""
    from cascade_sim.plots.games import best_responses

    alike = [one for one in equilibria if one.profile is None or all(max(own) == sum(own) for own in one.profile)]
    crossings: list[Pair] = [(one.mix[0][0], one.mix[-1][0]) for one in alike]
    if len(game.roles) == 1:
        unlike = len(alike) < len(equilibria)
        game, crossings = _parted(game), crossings + ([(1.0, 0.0), (0.0, 1.0)] if unlike else [])
    return best_responses(_gains_over(game), crossings)


def _parted(game: Game) -> Game:
    """A game of one role of two players as one of two roles."""
    first, second = game.matrices()
    role = game.roles[0]
    names = (f"{role.name} (one player)", f"{role.name} (the other)")
    return Game.of_matrices(role.strategies, role.strategies, first, second, names, game.unit)


def _gains_over(game: Game, points: int = 81) -> "Responses":
    from cascade_sim.plots.games import Responses

    shares = np.linspace(0.0, 1.0, points if game.sizes[0][0] == game.sizes[1][0] == 1 else 31)
    gains = np.array(
        [[[_gain(game, r, ([x, 1 - x], [y, 1 - y])) for y in shares] for x in shares] for r in (0, 1)], float
    )
    names = (game.roles[0].name, game.roles[1].name)
    return Responses(shares, gains[0], gains[1], names, (game.roles[0].strategies[0], game.roles[1].strategies[0]))
