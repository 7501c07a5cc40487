"""The step map of liquidation waves on a linear book, for any maintenance margin.

Longs of a few leverages, all opened at one price; a book of constant depth below it; a sale as the shock. Each class
whose trigger the price has reached is sold in one wave, and every wave takes the price further down. A wave executes
at the middle of its own impact, and what its price misses below bankruptcy is bad debt (Thurner, Farmer and
Geanakoplos, 2012, "Leverage causes fat tails and clustered volatility", for the mechanism; the map itself is
arithmetic).
"""

from collections.abc import Mapping

__all__ = ["capped_classes", "step_map", "trigger"]


def trigger(leverage: float, maintenance: float) -> float:
    """Fall at which a long of this leverage has only its maintenance margin left.

    Equity ``1 / L - x`` equals ``mu * (1 - x)`` at ``x = (1 / L - mu) / (1 - mu)``.
    """
    return (1.0 / leverage - maintenance) / (1.0 - maintenance)


def capped_classes(classes: Mapping[float, float], maintenance: float) -> dict[float, float]:
    """The same positions with leverage capped by an initial margin of twice the maintenance margin."""
    capped: dict[float, float] = {}
    for leverage, share in classes.items():
        allowed = min(leverage, 1.0 / (2.0 * maintenance))
        capped[allowed] = capped.get(allowed, 0.0) + share
    return capped


def step_map(
    shock: float, classes: Mapping[float, float], maintenance: float, open_interest: float = 1e9, depth: float = 5e9
) -> tuple[float, float, float]:
    """Where the waves end.

    Parameters
    ----------
    shock : float
        Fall that the sale makes by itself.
    classes : mapping of float to float
        Share of the open interest by leverage.
    maintenance : float
    open_interest : float
        USD.
    depth : float
        USD that move the price by 100 %.

    Returns
    -------
    fall : float
    liquidated : float
        USD, at the opening price.
    bad_debt : float
        USD: notional times what the mean execution is below bankruptcy.
    """
    fall, liquidated, bad_debt = shock, 0.0, 0.0
    for leverage in sorted(classes, reverse=True):
        if fall < trigger(leverage, maintenance):
            break
        notional = classes[leverage] * open_interest
        wave = notional / depth
        bad_debt += notional * max(fall + wave / 2.0 - 1.0 / leverage, 0.0)
        fall += wave
        liquidated += notional
    return fall, liquidated, bad_debt
