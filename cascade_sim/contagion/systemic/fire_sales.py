r"""Fire sales under one-sided constraints: nobody sells before a limit is broken, and then more than a little.

An institution with assets A and equity E that loses the share s of its assets has leverage

.. math:: \lambda(s) = (1 - s) A / (E - s A),

and sells only if that exceeds :math:`\lambda_{max}`, so from the shock

.. math:: s^* = \frac{E/A - 1/\lambda_{max}}{1 - 1/\lambda_{max}}

on. Who targets leverage sells at any shock. With several institutions and assets, each round those above their limit
sell the share :math:`\Gamma = \min\{1, (A - \lambda_b E) / \Pi\}` of their marketable assets :math:`\Pi`, which brings
them to the leverage :math:`\lambda_b \le \lambda_{max}` at the prices before the round; q sold in a market of depth D
move its price by the factor :math:`\exp(-q / D)`; and losses may bring others above theirs.

A short position is a negative holding: leverage is gross notional over equity, and to close it is to buy, which raises
the price.

References
----------
Cont and Schaanning (2017), "Fire sales, indirect contagion and systemic stress testing", Norges Bank Working Paper
2/2017: one-sided leverage constraint, deleveraging share, and exponential impact, here with the price floor at zero.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FireSale", "fire_sale", "leverage_after", "sold_share", "targeting_sales", "threshold_shock"]

Floats = NDArray[np.float64]

_ROUNDING = 1e-12  # by how much who has just sold down to its limit may be above it for no reason but floating point


class FireSale(NamedTuple):
    """What a fire sale came to.

    Attributes
    ----------
    sold : ndarray of float64, shape (n, m)
        What everybody sold of every asset, at the prices of the round before; negative: bought.
    moves : ndarray of float64, shape (m,)
        Returns that the sales made.
    losses : ndarray of float64, shape (n,)
        Losses to these returns, not to the shock.
    equity : ndarray of float64, shape (n,)
        Equity at the end, after shock and sales.
    rounds : int
        Rounds in which somebody sold.
    """

    sold: Floats
    moves: Floats
    losses: Floats
    equity: Floats
    rounds: int


def threshold_shock(equity_ratio: float, max_leverage: float) -> float:
    """Loss of assets, as a share of them, at which the leverage limit is reached.

    Parameters
    ----------
    equity_ratio : float
        Equity over assets before the shock.
    max_leverage : float
        Largest allowed leverage, above one.
    """
    return (equity_ratio - 1 / max_leverage) / (1 - 1 / max_leverage)


def leverage_after(shock: ArrayLike, equity_ratio: float) -> Floats:
    """Leverage after losing a share of the assets; infinite where equity is gone."""
    fall = np.asarray(shock, float)
    left = equity_ratio - fall
    leverage: Floats = np.divide(1 - fall, left, out=np.full(fall.shape, np.inf), where=left > 0)
    return leverage


def sold_share(
    assets: ArrayLike, marketable: ArrayLike, equity: ArrayLike, max_leverage: ArrayLike, target: ArrayLike
) -> Floats:
    """Share of its marketable assets that everybody must sell: exactly zero within the limit.

    Parameters
    ----------
    assets, marketable, equity : array_like of float, shape (n,)
        All assets, those among them that can be sold, and equity, in one unit.
    max_leverage, target : array_like of float, shape (n,) or ()
        Leverage above which assets are sold, and to which they are sold.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    whole, left, liquid = (np.asarray(part, float) for part in (assets, equity, marketable))
    surplus = np.maximum(whole - np.asarray(target, float) * left, 0.0)
    share = np.minimum(np.divide(surplus, liquid, out=np.zeros_like(whole), where=liquid > 0), 1.0)
    broken = whole > np.asarray(max_leverage, float) * left * (1 + _ROUNDING)
    sold: Floats = np.where(broken, share, 0.0)
    return sold


def targeting_sales(assets: ArrayLike, equity: ArrayLike, shock: ArrayLike) -> Floats:
    """What a holder of one asset sells who is at its leverage again after any shock: (A / E - 1) s A."""
    whole = np.asarray(assets, float)
    sold: Floats = (whole / np.asarray(equity, float) - 1) * np.asarray(shock, float) * whole
    return sold


def fire_sale(
    holdings: ArrayLike,
    equity: ArrayLike,
    depth: ArrayLike,
    shock: ArrayLike,
    *,
    max_leverage: ArrayLike,
    target: ArrayLike | None = None,
    other: ArrayLike = 0.0,
    shortfall: float = 0.5,
    rounds: int = 1_000,
) -> FireSale:
    """Fire sale after a shock, round by round until no limit is broken by who can still sell.

    Parameters
    ----------
    holdings : array_like of float, shape (n, m)
        Marketable assets; negative: short.
    equity : array_like of float, shape (n,)
    depth : array_like of float, shape (m,)
        Sales that move a price by the factor 1 / e, in units of holdings.
    shock : array_like of float, shape (m,)
        Returns of the assets (negative: falls) before anybody sells.
    max_leverage : array_like of float, shape (n,) or ()
        Largest allowed leverage.
    target : array_like of float, shape (n,) or (), optional
        Leverage to which is sold; default the largest allowed.
    other : array_like of float, shape (n,)
        Assets that can't be sold and keep their value.
    shortfall : float
        Share of a round's fall that what is sold in the round suffers too.
    rounds : int
        Rounds after which the sale is cut off.
    """
    held = np.asarray(holdings, float)
    goal = max_leverage if target is None else target
    left = np.asarray(equity, float) + held @ np.asarray(shock, float)
    held = held * (1 + np.asarray(shock, float))
    sold, losses, level = np.zeros_like(held), np.zeros_like(left), np.ones(held.shape[1])
    for done in range(rounds):
        liquid = np.abs(held).sum(axis=1)
        share = sold_share(liquid + other, liquid, left, max_leverage, goal)[:, None]
        if not share.any():
            return FireSale(sold, level - 1, losses, left, done)
        move = np.expm1(-(share * held).sum(axis=0) / np.asarray(depth, float))
        lost = -(held * (1 - (1 - shortfall) * share)) @ move
        sold, losses, left = sold + share * held, losses + lost, left - lost
        held, level = held * (1 - share) * (1 + move), level * (1 + move)
    return FireSale(sold, level - 1, losses, left, rounds)
