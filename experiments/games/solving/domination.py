"""Strategies that another one beats whatever everybody else does."""

from collections.abc import Iterator

import numpy as np

from cascade_sim.experiments.games.normal_form import Game

__all__ = ["dominated"]


def dominated(game: Game) -> Iterator[tuple[int, int]]:
    """Numbers of role and strategy where another pure strategy of the role pays strictly more in every case."""
    for r in range(len(game.roles)):
        pays = game.against_others(r)
        for k in range(pays.shape[1]):
            others = np.delete(pays, k, axis=1)
            if ((others - pays[:, [k]]) > 0.0).all(axis=0).any():
                yield r, k
