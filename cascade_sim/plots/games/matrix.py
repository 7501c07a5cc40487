"""The payoff table of two players: both payoffs in each cell, best replies boxed, equilibria framed."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from cascade_sim.plots.games.bounds import bounds_of
from cascade_sim.plots.games.cells import FRAME, draw_frame, draw_heads, draw_payoff, fill_cell, tints
from cascade_sim.plots.games.names import amounts_of, meeting, pair_of, shortened
from cascade_sim.plots.style import BLUE, GREY, VERMILION, style
from cascade_sim.plots.sweeps.words import headline, wrapped

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game
    from cascade_sim.experiments.games.profiles import Profile

__all__ = ["payoff_matrix"]

_TIE = 1e-9
Cell = tuple[int, int]


def _best(values: NDArray[np.float64], axis: int) -> NDArray[np.bool_]:
    """Where a payoff is the most that its player gets against the same choice of the other."""
    filled = np.where(np.isfinite(values), values, -np.inf)
    best: NDArray[np.bool_] = (filled >= filled.max(axis=axis, keepdims=True) - _TIE) & np.isfinite(values)
    return best


def _intervals(game: "Game", table: pd.DataFrame | None) -> dict[tuple[int, Cell], str]:
    """Interval of each player in each cell, in words; nothing where there is none."""
    bounds, write = bounds_of(game, table), amounts_of(game)
    last = len(game.roles) - 1
    words: dict[tuple[int, Cell], str] = {}
    for i in range(len(game.roles[0].strategies)):
        for j in range(len(game.roles[last].strategies)):
            for player, own, role in ((0, i, 0), (1, j, last)):
                ends = bounds.get((meeting(game, (i, j)), role, own))
                if ends is not None:
                    words[player, (i, j)] = f"{write(ends[0])} to {write(ends[1])}"
    return words


def _draw_cells(axes: Axes, game: "Game", table: pd.DataFrame | None, size: float) -> None:
    """Both players' halves of all cells."""
    words, write = _intervals(game, table), amounts_of(game)
    sides = ((0, "lower", BLUE, (-0.24, 0.24)), (1, "upper", VERMILION, (0.24, -0.24)))
    for (player, half, hue, (right, down)), values in zip(sides, game.matrices(), strict=True):
        best, shades = _best(values, axis=player), tints(values, hue)
        for i, j in np.ndindex(values.shape):
            fill_cell(axes, i, j, str(shades[i, j]), half)
            at = (j + right, i + down)
            draw_payoff(
                axes, at, write(float(values[i, j])), words.get((player, (i, j)), ""), hue, bool(best[i, j]), size
            )


def _framed(game: "Game", equilibria: Collection["Profile"]) -> list[Cell]:
    rows, columns = game.matrices()[0].shape
    return [(i, j) for i in range(rows) for j in range(columns) if meeting(game, (i, j)) in set(equilibria)]


def payoff_matrix(
    game: "Game",
    table: pd.DataFrame | None = None,
    equilibria: Collection["Profile"] = (),
    title: str | None = None,
) -> Figure:
    """Payoffs of two players in a grid.

    Parameters
    ----------
    game : Game
        Two roles of one player each, or one role of two.
    table : pandas.DataFrame, optional
        Intervals: columns `profile`, `role`, `strategy`, `low`, `high`.
    equilibria : collection of Profile
        Pure equilibria, whose cells are framed.
    title : str, optional
        In place of a sentence that says what is seen.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If it is not a game of two players.
    """
    first, second = pair_of(game)
    rows, columns = (list(role.strategies) for role in (game.roles[0], game.roles[-1]))
    cells = _framed(game, equilibria)
    wide, tall = (2.1, 1.35) if table is not None else (1.7, 1.1)
    with style():
        size = (max(2.2 + wide * len(columns), 6.0), 1.9 + tall * len(rows))
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
        draw_heads(
            axes, [wrapped(shortened(name), 14) for name in rows], [wrapped(shortened(name), 16) for name in columns],
            (BLUE, VERMILION),
        )  # fmt: skip
        _draw_cells(axes, game, table, 10.0)
        for i, j in cells:
            draw_frame(axes, i, j)
        axes.set_ylabel(first, color=BLUE, fontsize=11, fontweight="bold")
        axes.set_xlabel(second, color=VERMILION, fontsize=11, fontweight="bold")
        _explain(figure, game, table, bool(cells))
        headline(figure, title or "What each gets, by what both choose")
    return figure


def _explain(figure: Figure, game: "Game", table: pd.DataFrame | None, framed: bool) -> None:
    """How to read the cells."""
    keys = [Patch(fc="white", ec=GREY, lw=1.6, label="boxed number: the best reply to the other's choice")]
    nobody = "framed cell: best reply of both, nobody wants to leave it (equilibrium)"
    nowhere = "no cell is framed: in each somebody would rather choose otherwise"
    edge, width = (FRAME, 3.0) if framed else ("none", 0.0)
    keys.append(Patch(fc="none", ec=edge, lw=width, label=nobody if framed else nowhere))
    unit = f"payoffs in {game.unit}" if game.unit else "payoffs"
    below = ", below them 95 % intervals" if table is not None else ""
    keys.append(Patch(fc="none", ec="none", label=f"{unit}{below}; the darker, the more"))
    figure.legend(handles=keys, loc="outside lower left", ncols=1)
