"""Mixed equilibria of two players, by nashpy."""

import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

__all__ = ["two_player_equilibria"]

Floats = npt.NDArray[np.float64]

_PAIRS_OF_SUPPORTS = 20_000  # about a second of support enumeration: seven strategies each


def two_player_equilibria(first: npt.ArrayLike, second: npt.ArrayLike) -> list[tuple[Floats, Floats]]:
    """Candidates for the equilibria of a bimatrix game; whoever takes them checks their regret.

    Supports are enumerated (Nisan et al., 2007, *Algorithmic Game Theory*, algorithm 3.4). An even number of equilibria
    says that the game is degenerate (Wilson's oddness theorem): the vertices of the best-response polytopes are added
    (algorithm 3.5), between which the rest of a continuum lies. Nothing where supports are too many.
    (nashpy's paths of Lemke and Howson would do for those, but can go round for ever on rounding.)

    Parameters
    ----------
    first, second : array_like of float, shape (rows, columns)
        Payoffs of the two players.

    Returns
    -------
    list of pairs of ndarray
        Shares of rows and of columns.
    """
    import nashpy

    game = nashpy.Game(_scaled(first), _scaled(second))
    rows, columns = game.payoff_matrices[0].shape
    if (2**rows - 1) * (2**columns - 1) > _PAIRS_OF_SUPPORTS:
        return []
    found = list(_quietly(game.support_enumeration()))
    return found if len(found) % 2 else found + list(_quietly(game.vertex_enumeration()))


def _scaled(payoffs: npt.ArrayLike) -> Floats:
    """From 1 to 2: equilibria do not change, and nashpy's tolerances then mean the same in every game."""
    values = np.asarray(payoffs, float)
    scaled: Floats = 1.0 + (values - values.min()) / ((values.max() - values.min()) or 1.0)
    return scaled


def _quietly(pairs: Iterator[tuple[Floats, Floats]]) -> Iterator[tuple[Floats, Floats]]:
    """What an algorithm finds until it ends or a degenerate game breaks it; its warnings of degeneracy say no more."""
    while True:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                rows, columns = next(pairs)
        except (StopIteration, ValueError, IndexError, ArithmeticError, np.linalg.LinAlgError, RuntimeError):
            return
        if np.isfinite(rows).all() and np.isfinite(columns).all():
            yield np.asarray(rows, float), np.asarray(columns, float)
