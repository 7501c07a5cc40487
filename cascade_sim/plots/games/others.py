"""A game of many like players as a table: what one gets by its own choice if all others choose alike."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from cascade_sim.plots.games.bounds import bounds_of
from cascade_sim.plots.games.cells import FRAME, draw_frame, draw_heads, draw_payoff, fill_cell, tints
from cascade_sim.plots.games.names import amounts_of, shortened
from cascade_sim.plots.style import BLUE, GREY, VERMILION, style
from cascade_sim.plots.sweeps.words import headline, wrapped

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game
    from cascade_sim.experiments.games.profiles import Profile

__all__ = ["choice_against_others"]


def _profile(game: "Game", own: int, others: int) -> "Profile":
    """One player on its own choice, all others on theirs."""
    role = game.roles[0]
    return (tuple(int(k == own) + (role.players - 1) * int(k == others) for k in range(len(role.strategies))),)


def _draw_cells(axes: Axes, game: "Game", values: NDArray[np.float64], table: pd.DataFrame | None) -> None:
    bounds, write, shades = bounds_of(game, table), amounts_of(game), tints(values, BLUE)
    best = np.where(np.isfinite(values), values, -np.inf)
    for own, others in np.ndindex(values.shape):
        ends = bounds.get((_profile(game, own, others), 0, own))
        interval = f"{write(ends[0])} to {write(ends[1])}" if ends is not None else ""
        fill_cell(axes, own, others, str(shades[own, others]))
        is_best = bool(best[own, others] == best[:, others].max() > -np.inf)
        draw_payoff(axes, (others, own), write(float(values[own, others])), interval, BLUE, is_best, 11.0)
        if is_best and own == others:
            draw_frame(axes, own, others)


def choice_against_others(game: "Game", table: pd.DataFrame | None = None, title: str | None = None) -> Figure:
    """What one of many like players gets, by its own choice and the choice that all others share.

    Parameters
    ----------
    game : Game
        One role of any number of players.
    table : pandas.DataFrame, optional
        Intervals: columns `profile`, `role`, `strategy`, `low`, `high`.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    role = game.roles[0]
    names, count = [shortened(name) for name in role.strategies], len(role.strategies)
    values = np.array(
        [[game.payoffs[_profile(game, i, j)][0][i] for j in range(count)] for i in range(count)], np.float64
    )
    with style():
        figure = Figure(figsize=(max(2.4 + 1.7 * count, 6.0), 1.9 + 0.95 * count), layout="constrained")
        axes = figure.subplots()
        draw_heads(axes, [wrapped(n, 14) for n in names], [wrapped(n, 16) for n in names], (BLUE, VERMILION))
        _draw_cells(axes, game, values, table)
        axes.set_ylabel(f"{shortened(role.name)}: one player chooses", color=BLUE, fontsize=11, fontweight="bold")
        axes.set_xlabel(f"all {role.players - 1} others choose", color=VERMILION, fontsize=11, fontweight="bold")
        nobody = "framed cell: the same as the others', nobody wants to leave it (equilibrium)"
        keys = [
            Patch(fc="white", ec=GREY, lw=1.6, label="boxed number: the best choice against these others"),
            Patch(fc="white", ec=FRAME, lw=3.0, label=nobody),
            Patch(fc="none", ec="none", label=f"payoffs{f' in {game.unit}' if game.unit else ''}, 95 % intervals"),
        ]
        figure.legend(handles=keys if table is not None else keys[:2], loc="outside lower left")
        headline(figure, title or f"What one {shortened(role.name)} gets, by its own choice and that of all others")
    return figure
