"""Equilibrium of traders who share a market with permanent and temporary impact, one of whom must sell.

The price is ``p0 + gamma sum(X_i) + kappa sum(Y_i)``, with holdings X_i and rates Y_i = dX_i / dt. In the open-loop
Nash equilibrium over [0, 1]

    Y_i(t) = a exp(-m k t) + b_i exp(k t),   k = gamma / kappa,   m = (n - 1) / (n + 1),
    a = m k S / (1 - exp(-m k)),   b_i = k (d_i - S) / (exp(k) - 1),   S = mean order,

where d_i is what trader i must trade: -1 for the first, 0 for all others.

References
----------
Carlin, Lobo and Viswanathan (2007), "Episodic liquidity crises: cooperative and predatory trading", J. Finance 62,
2235-2274. That nobody gains by trading otherwise is among the tests.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Game"]

_GRID = 20_001


@dataclass(frozen=True, kw_only=True)
class Game:
    """One trader that must sell 1 between time 0 and 1, and others who know it.

    Attributes
    ----------
    traders : int
        With the one who must sell; alone it sells at an even pace.
    kappa, gamma : float
        Temporary impact of a rate, permanent impact of a holding.
    """

    traders: int
    kappa: float
    gamma: float = 1.0

    @property
    def _orders(self) -> NDArray[np.float64]:
        orders = np.zeros(self.traders)
        orders[0] = -1.0
        return orders

    @property
    def _decay(self) -> float:
        """Rate m k at which the joint selling abates."""
        return self.gamma / self.kappa * (self.traders - 1) / (self.traders + 1)

    def traded(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """What everybody has traded by given times; shape (traders, times)."""
        k, decay, mean = self.gamma / self.kappa, self._decay, -1.0 / self.traders
        joint = mean * (np.expm1(-decay * time) / math.expm1(-decay) if decay > 0 else time)
        own = (self._orders - mean) / math.expm1(k)
        result: NDArray[np.float64] = joint + own[:, None] * np.expm1(k * time)
        return result

    def _rates(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        k, decay, mean = self.gamma / self.kappa, self._decay, -1.0 / self.traders
        joint = mean * (-decay * np.exp(-decay * time) / math.expm1(-decay) if decay > 0 else np.ones_like(time))
        own = (self._orders - mean) / math.expm1(k)
        result: NDArray[np.float64] = joint + own[:, None] * k * np.exp(k * time)
        return result

    def costs(self) -> list[float]:
        """What everybody pays against trading at the first price: the integral of rate times price change."""
        time = np.linspace(0.0, 1.0, _GRID)
        rates = self._rates(time)
        moved = self.gamma * self.traded(time).sum(axis=0) + self.kappa * rates.sum(axis=0)
        values = rates * moved
        return [float(total) for total in np.trapezoid(values, time, axis=1)]

    def largest_short(self) -> tuple[float, float]:
        """When all predators together are most short, and by how much."""
        time = np.linspace(0.0, 1.0, _GRID)
        short = -self.traded(time)[1:].sum(axis=0)
        deepest = int(short.argmax())
        return float(time[deepest]), float(short[deepest])

    def settled(self, share: float = 0.9) -> float:
        """When a share of the permanent fall is done."""
        decay = self._decay
        return -math.log1p(share * math.expm1(-decay)) / decay
