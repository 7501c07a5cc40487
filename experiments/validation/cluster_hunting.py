"""What one hunter earns on one cluster, and in which book it stops: the closed forms of `predation` (own derivation).

A cluster of Q units at a distance d is worth hunting where it is larger than Q* = f (2 p0 - d) / (lambda (1 + f)).
Read the other way round, hunting it stops to pay where the book is so deep that a unit moves the price by less than
lambda* = f (2 p0 - d) / (Q (1 + f)). That depth is looked for twice, by bisection over markets: where a hunter who
sees and reckons rightly leaves the cluster alone, and where one who expects too much, and hunts anyway, begins to
lose money.

Both come out one to three per cent above the closed form. The hunter's map has bins of 0.05 % of the price, so that
a push sells up to 3 % more than it would have to; and buying back in two parts pays the grain of the book, whose
quotes lie half a rung from where the last order ended: some 7 USD of 600.
"""

import math
from collections.abc import Callable, Sequence

from cascade_sim.experiments.validation.predation import Market, break_even, hunt, theory_profit
from cascade_sim.experiments.validation.verdict import Line, within

__all__ = ["shallowest_safe", "study", "turning_impact"]

_FEE = 0.0005
_CLUSTERS = ((2.0, 300.0), (2.0, 150.0), (3.0, 300.0))
_SMALL = _CLUSTERS[:1]
_NAME = "cluster-hunting"
_TARGET = "hunting with linear permanent impact, closed form in the spirit of Brunnermeier and Pedersen (2005)"
_RICH = {"capital": 1e8}  # the push is limited by its profit alone
_RECKLESS = _RICH | {"decay": -2.0, "learning": 0.0}  # expects three times what the impact brings, and learns nothing


def turning_impact(distance: float, size: float) -> float:
    """Impact of a unit, USD, at which hunting a cluster breaks even: Q* solved for lambda."""
    return break_even(distance, 1.0, _FEE) / size


def shallowest_safe(pays: Callable[[float], bool], low: float, high: float, steps: int) -> float:
    """Impact between which and a smaller one hunting ceases to pay, by bisection of its logarithm.

    Parameters
    ----------
    pays : callable
        Whether a hunt pays at an impact.
    low, high : float
        Impacts at which it does not, and does.
    steps : int

    Raises
    ------
    ValueError
        If it pays at `low` or does not pay at `high`.
    """
    if pays(low) or not pays(high):
        raise ValueError(f"hunting must not pay at an impact of {low:g} and must pay at {high:g}; widen the range")
    for _ in range(steps):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if pays(middle) else (middle, high)
    return math.sqrt(low * high)


def _cluster(distance: float, size: float, steps: int) -> list[Line]:
    """The depth at which hunting one cluster ceases, by decision and by profit."""
    wanted = turning_impact(distance, size)

    def market(impact: float, hunter: dict[str, float]) -> Market:
        return Market(clusters={distance: size}, impact=impact, fee=_FEE, hunter=hunter)

    def decides(impact: float) -> bool:
        return hunt(market(impact, _RICH)).hunts > 0

    def profits(impact: float) -> bool:
        return hunt(market(impact, _RECKLESS)).profit > 0

    what = f"{size:g} units at {distance:g} USD: impact at which "
    lines = []
    for question, pays in (("a hunt is no longer begun", decides), ("a hunt begun anyway loses money", profits)):
        found = shallowest_safe(pays, wanted / 2, wanted * 2, steps)
        lines.append(within(_NAME, _TARGET, f"{what}{question}, USD a unit x 1e6", 1e6 * wanted, 1e6 * found, 0.03))
    return lines


def study(small: bool = False) -> Sequence[Line]:
    """Profit of a hunt, that nobody hunts a cluster too small to pay, and the depth at which hunting ceases."""
    lines = []
    clusters = _SMALL if small else _CLUSTERS
    for distance, size in clusters:
        wanted = theory_profit(distance, size, 0.001, _FEE)
        found = hunt(Market(clusters={distance: size})).profit
        what = f"net profit, USD: {size:g} units at {distance:g} USD"
        lines.append(within(_NAME, _TARGET, what, wanted, found, 0.03))
    least = break_even(2.0, 0.001, _FEE)
    for factor in (0.95, 1.05):
        hunts = hunt(Market(clusters={2.0: factor * least})).hunts
        what = f"hunts of a cluster of {factor:g} times the break-even size"
        wanted = float(factor > 1.0)
        lines.append(within(_NAME, _TARGET, what, wanted, float(hunts > 0), 0.0))
    return lines + [line for cluster in clusters for line in _cluster(*cluster, steps=6 if small else 10)]
