"""What everybody gets in each profile, for games that fit no other picture."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.games.bounds import Bounds, bounds_of
from cascade_sim.plots.games.names import label_with, name_of, shortened
from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.looks import MOST_GROUPS, look_of
from cascade_sim.plots.sweeps.words import headline, show_money, wrapped

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game
    from cascade_sim.experiments.games.profiles import Profile

__all__ = ["payoff_bars"]

_MOST = 24


def _shown(game: "Game", equilibria: Collection["Profile"]) -> list["Profile"]:
    """Equilibria first, then as many others as there is room for."""
    first = [profile for profile in game.profiles if profile in set(equilibria)]
    return (first + [profile for profile in game.profiles if profile not in set(equilibria)])[:_MOST]


def _draw_role(axes: Axes, game: "Game", r: int, profiles: list["Profile"], bounds: Bounds) -> None:
    """A row a profile; a mark a strategy of one role, with its interval."""
    role = game.roles[r]
    room = min(len(role.strategies), MOST_GROUPS)
    for k, name in enumerate(role.strategies):
        look = look_of(k % MOST_GROUPS)
        values = np.array([game.payoffs[profile][r][k] for profile in profiles], float)
        place = np.arange(len(profiles)) + 0.6 * ((k % MOST_GROUPS + 0.5) / room - 0.5)
        ends = np.array([bounds.get((p, r, k), (v, v)) for p, v in zip(profiles, values, strict=True)])
        reach = np.maximum([values - ends[:, 0], ends[:, 1] - values], 0.0)
        known = np.isfinite(values)
        axes.errorbar(
            values[known], place[known], xerr=reach[:, known], ls="", marker=look["marker"], color=look["color"],
            ms=5, capsize=2.5, lw=1.4, label=wrapped(shortened(name), 24),
        )  # fmt: skip
    axes.axvline(0.0, color="black", lw=1.0)
    axes.set_title(wrapped(shortened(role.name), 34))
    axes.set_xlabel(label_with("payoff of one player", game.unit, 34))
    show_money(axes.xaxis, game.unit)
    axes.legend(loc="best", framealpha=0.85, frameon=True, edgecolor="none")


def payoff_bars(
    game: "Game",
    table: pd.DataFrame | None = None,
    equilibria: Collection["Profile"] = (),
    title: str | None = None,
) -> Figure:
    """Payoffs of all roles, a row a profile, equilibria on top.

    Parameters
    ----------
    game : Game
        Of any shape; at most 24 profiles are shown.
    table : pandas.DataFrame, optional
        Intervals: columns `profile`, `role`, `strategy`, `low`, `high`.
    equilibria : collection of Profile
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    profiles, bounds = _shown(game, equilibria), bounds_of(game, table)
    named = [("▶ " if p in set(equilibria) else "") + wrapped(name_of(game, p), 38) for p in profiles]
    with style():
        size = (3.4 + 3.6 * len(game.roles), 1.6 + 0.42 * len(profiles))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(1, len(game.roles), squeeze=False)[0]
        for r, axes in enumerate(panels):
            _draw_role(axes, game, r, profiles, bounds)
            axes.set_yticks(range(len(profiles)), named if r == 0 else [""] * len(profiles))
            axes.set_ylim(len(profiles) - 0.5, -0.5)
            for k in [k for k, profile in enumerate(profiles) if profile in set(equilibria)]:
                axes.axhspan(k - 0.5, k + 0.5, color="#f0e442", alpha=0.3, lw=0)
        headline(figure, title or _title(game, len(profiles), bool(set(equilibria) & set(profiles))))
    return figure


def _title(game: "Game", shown: int, marked: bool) -> str:
    count = len(game.profiles)
    what = f"{shown} of {count} ways to choose" if shown < count else "What everybody gets, whatever is chosen"
    return f"{what}{'; yellow: nobody wants to choose otherwise' if marked else ''}"
