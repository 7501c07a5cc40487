"""Symmetric equilibria of like players with two strategies: roots of the gain from one strategy over the other."""

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game

__all__ = ["gain_roots", "roots_of_bernstein"]

Floats = npt.NDArray[np.float64]

_NARROWEST = 1e-15
_ZERO = 1e-15  # coefficients are 1 at most
_APART = 1e-6


def gain_roots(game: Game, pair: tuple[int, int] = (0, 1)) -> list[float]:
    """Shares p of one strategy at which the gain from it over another is zero, when everybody plays one of the two.

    If each of N players plays the first strategy with chance p, it pays one of them more than the second by
    sum over k of C(N-1, k) p^k (1-p)^(N-1-k) d_k, where d_k is the gain when exactly k others play the first:
    a polynomial in Bernstein form (Peña, Lehmann and Nöldeke, 2014, J. Theor. Biol. 346, 23-33).

    Parameters
    ----------
    game : Game
        Of one role.
    pair : tuple of int
        Numbers of the two strategies, in ascending order.

    Returns
    -------
    list of float
        In (0, 1), ascending; none where the gain is zero everywhere.
    """
    role = game.roles[0]
    first, second = pair

    def paid(strategy: int, on_first: int) -> float:
        counts = [0] * len(role.strategies)
        counts[first], counts[second] = on_first, role.players - on_first
        return float(game.payoffs[(tuple(counts),)][0][strategy])

    # the player itself is one more on the first when it plays that
    return roots_of_bernstein([paid(first, k + 1) - paid(second, k) for k in range(role.players)])


def roots_of_bernstein(coefficients: npt.ArrayLike) -> list[float]:
    """Roots in (0, 1) of a polynomial in Bernstein form, by halving the interval.

    A polynomial has at most as many roots in an interval as its coefficients there change sign (Lane and Riesenfeld,
    1981, BIT 21, 112-117). A root that it only touches is where it stays undecided to the end.
    """
    values = np.asarray(coefficients, float)
    if not values.any():
        return []
    found: list[float] = []
    _halve(_without_ends(_without_ends(values)[::-1])[::-1], 0.0, 1.0, found)
    roots = np.array(sorted(found))
    groups = np.split(roots, np.nonzero(np.diff(roots) > _APART)[0] + 1)
    return [float(np.median(group)) for group in groups if len(group)]


def _without_ends(coefficients: Floats) -> Floats:
    """Scaled to 1 at most, with roots at 0 divided out: the basis of the next lower degree is k / n as large."""
    while coefficients[0] == 0.0:
        count = len(coefficients) - 1
        coefficients = coefficients[1:] * count / np.arange(1, count + 1)
    return coefficients / float(np.abs(coefficients).max())


def _halve(coefficients: Floats, low: float, high: float, found: list[float]) -> None:
    """Add the roots between low and high; both ends are left out."""
    signs = np.sign(coefficients[coefficients != 0.0])
    if (signs[1:] == signs[:-1]).all():
        return
    middle = (low + high) / 2.0
    if high - low < _NARROWEST or np.abs(coefficients).max() < _ZERO:
        found.append(middle)
        return
    left, right = _split(coefficients)
    if right[0] == 0.0:
        found.append(middle)
    _halve(left, low, middle, found)
    _halve(right, middle, high, found)


def _split(coefficients: Floats) -> tuple[Floats, Floats]:
    """Coefficients on the two halves of the interval (de Casteljau)."""
    rows = [coefficients]
    while len(rows[-1]) > 1:
        rows.append((rows[-1][1:] + rows[-1][:-1]) / 2.0)
    return np.array([row[0] for row in rows]), np.array([row[-1] for row in rows[::-1]])
