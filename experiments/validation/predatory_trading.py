"""One prey that must sell, one predator that sells alongside and buys back: Brunnermeier and Pedersen (2005).

With permanent impact lambda, a prey that must sell X, and a predator that sells y <= X at the same speed and buys
back when the prey has done, the price falls to p0 - lambda (X + y), ends at p0 - lambda X, and the predator gains
lambda y (X - y / 2): most at y = X. The prey gets p0 - lambda X on average then, and p0 - lambda X / 2 alone.

Beyond y = X nothing is gained: what it sells after the prey is bought back at the same prices.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60, 1825-1863; the formulas are derived from its
model with one predator whose holdings are bounded by y.
"""

import math
from collections.abc import Sequence

from cascade_sim.experiments.validation.linear_maker import linear_maker
from cascade_sim.experiments.validation.scripted_market import SPACING, Order, Outcome, run_script
from cascade_sim.experiments.validation.verdict import Line, inside, within

__all__ = ["gain", "prey_and_predator", "study"]

PRICE, IMPACT, SIZE = 100.0, 0.01, 100.0
_TARGET = "predatory trading with one predator, Brunnermeier and Pedersen (2005)"
_SHARES = (0.25, 0.5, 0.75, 0.9, 1.0, 1.25)
_SMALL = (0.5, 1.0)
_PAUSE = 1.0  # seconds between the fall and the predator's purchases


def gain(y: float) -> float:
    """Profit of a predator that sells y, USD."""
    return IMPACT * min(y, SIZE) * (SIZE - min(y, SIZE) / 2)


def _pieces(size: float, piece: float) -> list[float]:
    """A size in pieces, the last one smaller where it must be."""
    return [min(piece, size - k * piece) for k in range(math.ceil(size / piece - 1e-9))]


def _script(y: float, slices: int) -> list[Order]:
    """Slices of the prey, each in two halves around one of the predator: nobody comes first."""
    piece = SIZE / slices
    sold = _pieces(y, piece)
    sales: list[tuple[str, float]] = []
    for own in sold[:slices] + [0.0] * (slices - len(sold)):
        sales += [("prey", piece / 2), ("predator", own), ("prey", piece / 2)]
    sales += [("predator", own) for own in sold[slices:]]
    orders = [(who, -size) for who, size in sales if size > 0] + [("predator", size) for size in sold]
    pause_from = len(orders) - len(sold)
    return [(SPACING * (k + 1) + (_PAUSE if k >= pause_from else 0.0), *order) for k, order in enumerate(orders)]


def prey_and_predator(y: float, slices: int) -> Outcome:
    """Let a predator that sells y at a prey that sells 100 units, both in slices.

    The book's rungs are half a slice, so that no order ends within one.
    """
    rung = IMPACT * SIZE / slices / 2
    maker = linear_maker(venue="venue", market="X", price=PRICE, impact=IMPACT, rung=rung, rungs=8)
    return run_script(_script(y, slices), maker, PRICE, tick=0.0025, lot=0.01)


def study(small: bool = False) -> Sequence[Line]:
    """Lowest and last price, what both paid and gained, and how much the predator best sells."""
    name = "predatory-trading"
    slices = 20 if small else 100
    alone = prey_and_predator(0.0, slices)
    hunted = {share * SIZE: prey_and_predator(share * SIZE, slices) for share in (_SMALL if small else _SHARES)}
    full = hunted[SIZE]
    lowest = {who: PRICE - float(run.series["mid"].min()) for who, run in (("alone", alone), ("hunted", full))}
    profits = {y: run.profit["predator"] for y, run in hunted.items()}
    best = max(profits, key=lambda y: (round(profits[y], 6), -y))  # the smallest of those that bring most

    def close(what: str, wanted: float, simulated: float) -> Line:
        return within(name, _TARGET, what, wanted, simulated, 0.01)

    return [
        close("deepest fall, prey alone, USD", IMPACT * SIZE, lowest["alone"]),
        close("deepest fall with a predator, USD", 2 * IMPACT * SIZE, lowest["hunted"]),
        close("overshoot: deepest fall over that alone", 2.0, lowest["hunted"] / lowest["alone"]),
        close("fall that stays, USD", IMPACT * SIZE, PRICE - float(full.series["mid"].iloc[-1])),
        close("prey sells below the first price, alone, USD", IMPACT * SIZE / 2, PRICE - alone.average("prey")),
        close("prey sells below the first price, hunted, USD", IMPACT * SIZE, PRICE - full.average("prey")),
        close("extra cost of the prey, USD", gain(SIZE), alone.cash("prey") - full.cash("prey")),
        *(close(f"profit of a predator that sells {y:g}, USD", gain(y), profit) for y, profit in profits.items()),
        inside(name, _TARGET, "smallest of the sizes tried that brings most, units", SIZE, best, 0.0),
    ]
