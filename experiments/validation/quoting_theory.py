"""What quoting rules must bring when orders arrive at a rate that falls with the distance of the quote.

The mid price is a random walk with sd sigma; orders for one unit arrive at each side at the rate
``A exp(-k delta)``, where delta is the quote's distance from the mid. Avellaneda and Stoikov quote around the
reservation price

    r = s - q gamma sigma^2 (T - t),   spread = gamma sigma^2 (T - t) + (2 / gamma) ln(1 + gamma / k),

the comparison is a constant spread, the average of that one, around the mid. With steps of length dt an order comes
with probability ``min(A exp(-k delta) dt, 1)``; then the distribution of the inventory follows a forward equation,
and with it go the first two moments of wealth at the mid: exact numbers for what is simulated.

References
----------
Avellaneda and Stoikov (2008), "High-frequency trading in a limit order book", Quant. Finance 8(3), 217-224
(reservation price and spread: equations 29 and 30). The forward equation is our own.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moments", "Rules", "moments"]

Floats = NDArray[np.float64]
_MOST = 80  # units of inventory that the forward equation follows


class Rules(NamedTuple):
    """A market and a quoting rule, in the symbols of the theory.

    Attributes
    ----------
    gamma : float
        Aversion to risk, per USD.
    symmetric : bool
        Whether it quotes around the mid, with a constant spread.
    sigma : float
        Sd of the mid over a unit of time, USD.
    k : float
        How fast arrivals fall with the distance of a quote, per USD.
    arrivals : float
        A, orders a unit of time at a quote at the mid.
    horizon : float
        T.
    steps : int
        Of equal length until then.
    """

    gamma: float
    symmetric: bool
    sigma: float = 2.0
    k: float = 1.5
    arrivals: float = 140.0
    horizon: float = 1.0
    steps: int = 200

    def spread(self, time: float) -> float:
        """Ask less bid."""
        left = self.horizon / 2 if self.symmetric else self.horizon - time
        return self.gamma * self.sigma**2 * left + 2 / self.gamma * math.log1p(self.gamma / self.k)

    def skew(self, time: float) -> float:
        """Mid less reservation price, for a unit of inventory."""
        return 0.0 if self.symmetric else self.gamma * self.sigma**2 * (self.horizon - time)


class Moments(NamedTuple):
    """Mean and sd of the profit in USD, sd of the final inventory in units."""

    profit: float
    profit_sd: float
    inventory_sd: float


def _arrives(rules: Rules, distance: Floats) -> Floats:
    """Probability that an order meets quotes at given distances within a step."""
    dt = rules.horizon / rules.steps
    return np.minimum(rules.arrivals * np.exp(-rules.k * distance) * dt, 1.0)


def _happens(moment: Floats, chance: Floats, gain: Floats, shift: int) -> Floats:
    """Part of the moments (rows: 0th, 1st, 2nd) of wealth by inventory to which something happens: a gain, a shift."""
    zeroth, first, second = moment
    gained = np.stack([zeroth, first + gain * zeroth, second + 2 * gain * first + gain**2 * zeroth])
    return np.roll(gained * chance, shift, axis=1)


def _step(moment: Floats, rules: Rules, inventory: Floats, time: float) -> Floats:
    """Moments after a step: orders may come at both sides, then the price moves what is held."""
    half, skew = rules.spread(time) / 2, rules.skew(time) * inventory
    bid, ask = half + skew, half - skew
    buys, sells = _arrives(rules, bid), _arrives(rules, ask)
    moment = (
        _happens(moment, (1 - buys) * (1 - sells), 0 * bid, 0)
        + _happens(moment, buys * (1 - sells), bid, 1)
        + _happens(moment, (1 - buys) * sells, ask, -1)
        + _happens(moment, buys * sells, bid + ask, 0)
    )
    moment[2] += inventory**2 * rules.sigma**2 * rules.horizon / rules.steps * moment[0]
    return moment


def moments(rules: Rules) -> Moments:
    """Exact moments under a quoting rule, by the forward equation of inventory and wealth."""
    inventory = np.arange(-_MOST, _MOST + 1.0)
    moment = np.zeros((3, len(inventory)))
    moment[0, _MOST] = 1.0
    for i in range(rules.steps):
        moment = _step(moment, rules, inventory, i * rules.horizon / rules.steps)
    mean, square = float(moment[1].sum()), float(moment[2].sum())
    return Moments(mean, math.sqrt(square - mean**2), math.sqrt(float(inventory**2 @ moment[0])))
