"""Intervals of payoffs, found by who chooses what in which profile."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game
    from cascade_sim.experiments.games.profiles import Profile

__all__ = ["Bounds", "bounds_of"]

Bounds = dict[tuple["Profile", int, int], tuple[float, float]]


def bounds_of(game: "Game", table: pd.DataFrame | None) -> Bounds:
    """Lower and upper end by (profile, number of the role, number of the strategy).

    Parameters
    ----------
    game : Game
    table : pandas.DataFrame or None
        Columns `profile`, `role` and `strategy` (names), `low` and `high`. What has no interval is left out.
    """
    if table is None:
        return {}
    place = {(role.name, name): (r, k) for r, role in enumerate(game.roles) for k, name in enumerate(role.strategies)}
    columns = zip(*(table[name] for name in ("profile", "role", "strategy", "low", "high")), strict=True)
    return {
        (profile, *place[role, strategy]): (float(low), float(high))
        for profile, role, strategy, low, high in columns
        if np.isfinite(low) and np.isfinite(high)
    }
