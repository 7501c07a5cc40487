"""Impact of a large order on a latent book whose lots grow linearly with the distance from the price.

With D the diffusion of intentions, L the slope of the book, J = D L the flow that trades anyway, and an order that
buys m lots a step for T steps, the price solves

    y(t) = (m / L) * integral over s < min(t, T) of exp(-(y(t) - y(s))^2 / (4 D (t - s))) / sqrt(4 pi D (t - s)).

While the order lasts the solution is y(t) = A sqrt(D t), where A depends on the participation r = m / J alone:

    A = r * integral over u < 1 of exp(-A^2 (1 - sqrt u) / (4 (1 + sqrt u))) / sqrt(4 pi (1 - u)),

which is r / sqrt(pi) for a small order and sqrt(2 r) for an overwhelming one. At a given participation impact is
thus the square root of size whatever r; at a given duration it is in proportion to size for r << 1, still nearly so at
r = 2 (exponent 0.92), and a square root of it far above.

References
----------
Donier, Bonart, Mastromatteo, Bouchaud (2015), "A fully consistent, minimal model for non-linear market impact",
Quantitative Finance 15, 1109-1121: the self-consistent equation of the price under a metaorder, and its limits.
"""

import math
from collections.abc import Callable

import numpy as np

__all__ = ["kept", "prefactor"]

_GRID = 20_000


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that falls crosses zero."""
    while high - low > 1e-10:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return 0.5 * (low + high)


def prefactor(participation: float) -> float:
    """A: impact of an order over sqrt(D t) while it lasts.

    Parameters
    ----------
    participation : float
        r: its lots a step over those that trade anyway.
    """
    # With u = 1 - v^2 the integrand has no pole.
    u = 1.0 - ((np.arange(_GRID) + 0.5) / _GRID) ** 2
    bend = (1.0 - np.sqrt(u)) / (4.0 * (1.0 + np.sqrt(u)))
    scale = participation / math.sqrt(math.pi)
    return _root(lambda a: scale * float(np.mean(np.exp(-a * a * bend))) - a, 0.0, scale)


def kept(participation: float, lifetimes: float) -> float:
    """Share of the impact at the order's end that is left after so many of its lifetimes (above 1) from its start."""
    peak = prefactor(participation)
    s = (np.arange(_GRID) + 0.5) / _GRID
    past, age = peak * np.sqrt(s), lifetimes - s

    def missing(price: float) -> float:
        pull = np.exp(-((price - past) ** 2) / (4.0 * age)) / np.sqrt(4.0 * math.pi * age)
        return participation * float(np.mean(pull)) - price

    return _root(missing, 0.0, peak) / peak
