r"""Vulnerable banks: how sales by those who keep their leverage strike all who hold the same assets.

Banks hold :math:`H = A M` (assets A, portfolio weights M) with debt over equity B. A shock F (return of every asset)
gives them returns :math:`R_1 = M F`. To be at their old leverage they sell :math:`B A R_1` in proportion to what they
hold, :math:`M' B A R_1` of every asset, which moves prices by :math:`F_2 = L M' B A M F` and costs
:math:`A M F_2` in a second round. Repeated, the rounds are a spiral that converges if and only if the spectral radius
of :math:`M L M' B A` is below one; :math:`K = L M' B A M`, used here, has the same eigenvalues and is smaller.

A short position is a negative holding. Leverage is then gross notional over equity, and who keeps it trades
:math:`(1 + B_i)` times its loss less the fall of its gross notional, in proportion to what it holds: the formula
above where nothing is short.

References
----------
Greenwood, Landier and Thesmar (2015), "Vulnerable banks", Journal of Financial Economics 115, 471-485.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["Round", "deleveraging_round", "sales", "spiral", "spiral_limit", "spiral_matrix", "weights"]

Floats = NDArray[np.float64]


class Round(NamedTuple):
    """A shock and the sales that it brings.

    Attributes
    ----------
    direct : ndarray of float64, shape (n,)
        Loss of every bank to the shock, in units of its holdings.
    sold : ndarray of float64, shape (m,)
        What banks sell of every asset.
    moves : ndarray of float64, shape (m,)
        Returns that these sales make.
    losses : ndarray of float64, shape (n,)
        Loss of every bank to these returns.
    """

    direct: Floats
    sold: Floats
    moves: Floats
    losses: Floats


def weights(holdings: Floats) -> Floats:
    """Portfolio weights M: holdings over their gross sum; zero for who holds nothing."""
    gross = np.abs(holdings).sum(axis=1, keepdims=True)
    shares: Floats = np.divide(holdings, gross, out=np.zeros_like(holdings, dtype=float), where=gross > 0)
    return shares


def sales(holdings: ArrayLike, debt_to_equity: ArrayLike, returns: ArrayLike, at_most_all: bool = False) -> Floats:
    """What every bank sells of every asset to be at its leverage again.

    Parameters
    ----------
    holdings : array_like of float, shape (n, m)
        What every bank holds of every asset, in one unit of money; negative: short.
    debt_to_equity : array_like of float, shape (n,)
        B; leverage (gross holdings over equity) less one.
    returns : array_like of float, shape (m,)
    at_most_all : bool
        Whether nobody sells more than it holds; without it sales are linear in returns.

    Returns
    -------
    ndarray of float64, shape (n, m)
        Negative: bought.
    """
    held, move = np.asarray(holdings, float), np.asarray(returns, float)
    in_all = -(1 + np.asarray(debt_to_equity, float)) * (held @ move) + np.abs(held) @ move
    if at_most_all:
        in_all = np.minimum(in_all, np.abs(held).sum(axis=1))
    sold: Floats = weights(held) * in_all[:, None]
    return sold


def deleveraging_round(holdings: ArrayLike, debt_to_equity: ArrayLike, impact: ArrayLike, returns: ArrayLike) -> Round:
    """Direct losses, sales, price moves and second-round losses.

    Parameters
    ----------
    holdings, debt_to_equity, returns
        As in `sales`.
    impact : array_like of float, shape (m,)
        Diagonal of L: share by which the price falls per unit sold.
    """
    held = np.asarray(holdings, float)
    sold = sales(held, debt_to_equity, returns).sum(axis=0)
    moves = -np.asarray(impact, float) * sold
    return Round(-held @ np.asarray(returns, float), sold, moves, -held @ moves)


def spiral_matrix(holdings: ArrayLike, debt_to_equity: ArrayLike, impact: ArrayLike) -> Floats:
    """Returns that a round of sales makes of a return of one in each asset: K, shape (m, m)."""
    held = np.asarray(holdings, float)
    leverage = 1 + np.asarray(debt_to_equity, float)
    pull = weights(held).T @ (leverage[:, None] * held - np.abs(held))
    matrix: Floats = np.asarray(impact, float)[:, None] * pull
    return matrix


def spiral(
    holdings: ArrayLike, debt_to_equity: ArrayLike, impact: ArrayLike, returns: ArrayLike, rounds: int
) -> Floats:
    """Sum of the shock and the moves of so many rounds of sales, holdings and leverage kept.

    Returns
    -------
    ndarray of float64, shape (m,)
    """
    matrix = spiral_matrix(holdings, debt_to_equity, impact)
    move = np.asarray(returns, float)
    total = move.copy()
    for _ in range(rounds):
        move = matrix @ move
        total += move
    return total


def spiral_limit(holdings: ArrayLike, debt_to_equity: ArrayLike, impact: ArrayLike, returns: ArrayLike) -> Floats:
    r"""Where the spiral ends: :math:`(I - K)^{-1} F`.

    Raises
    ------
    ValueError
        If the spectral radius is not below one: the rounds grow.
    """
    matrix = spiral_matrix(holdings, debt_to_equity, impact)
    radius = spectral_radius(matrix)
    if radius >= 1:
        raise ValueError(f"the spectral radius of the spiral must be below 1, got {radius:.6g}: its rounds grow")
    return np.linalg.solve(np.eye(len(matrix)) - matrix, np.asarray(returns, float))
