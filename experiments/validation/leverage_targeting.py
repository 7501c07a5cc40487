"""A holder who keeps its leverage: the loss spiral, and the margin spiral on top of it.

A holder of assets A at leverage L loses A x when the price falls by x, and must sell (L - 1) A x to be at L again. In
a market of depth D (USD that move the price by 100 %, for good) the sale moves the price by R x,

    R = (L - 1) A / D,

so that a small shock ends multiplied by 1 / (1 - R). Where margins rise with the fall, m = m0 + m1 x and L = 1 / m, it
must sell m1 / m0 more for each A x: R = (L - 1 + m1 / m0) A / D.

The multipliers are derivatives at a shock of zero. Each is measured as the mean of the responses to a fall and to a
rise of one size, in which the terms of second order cancel, with shocks that theory ends at 0.05 %. The holder sees
the price in half ticks, and stops short of the end by up to a quarter of a tick times R / (1 - R), on the side that
it comes from. So it is made to come from both: once after the shock, and once after half as much again and back (a
holder of fixed leverage has ``(p / p0)^(L - 1)`` of its units whatever the way of the price to p).

References
----------
Brunnermeier and Pedersen (2009), "Market liquidity and funding liquidity", Review of Financial Studies 22, 2201-2238,
section 4 (loss spiral and margin spiral); Adrian and Shin (2010), "Liquidity and leverage", Journal of Financial
Intermediation 19, for the leverage target.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cascade_sim.agents import Agent, Order, View
from cascade_sim.experiments.validation.linear_maker import linear_maker
from cascade_sim.experiments.validation.verdict import Line, within
from cascade_sim.model import CascadeModel

__all__ = ["LeverageHolder", "branching_ratio", "multiplier", "study"]

_PRICE, _TICK = 100.0, 0.0004
_RUNG = 4.5 * _TICK  # best prices a quarter tick off the whole ones, so that the mid moves in half ticks
_ASSETS, _DEPTH = 2e9, 2e10  # USD
_END = 0.0005  # where theory says that shocks end
_EXCESS = 0.5
_SHOCK_AT, _RETURN_AT, _SECONDS = 10, 160, 310
_CASES = ((5.0, 0.0), (8.0, 0.0), (10.0, 0.0), (5.0, 1.0))  # leverage, and rise of the margin with the fall
_TIER = {"floor": 0, "maintenance": 0.005, "leverage": 100}
_TARGET = "loss and margin spiral of Brunnermeier and Pedersen (2009), linear permanent impact"


class LeverageHolder(Agent):
    """Buys once, and from then on trades back to the leverage that its margin allows.

    Attributes
    ----------
    margin : float
        Share of its assets that it must hold as equity at the opening price.
    margin_slope : float
        What is added to the margin for a fall of 100 %.
    """

    venue = "v"
    leverage = 100.0
    latency = 0.001
    margin: float
    margin_slope: float

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._has_bought = False

    def decide(self, view: View) -> Sequence[Order]:
        """Trade what lies between the assets held and those that equity allows."""
        if not self._has_bought:
            self._has_bought = True
            return [Order(market="X", size=_ASSETS / _PRICE, price=_PRICE)]
        mark = view.market("X").mark
        allowed = view.equity / (self.margin + self.margin_slope * (1 - mark / _PRICE))
        wanted = allowed / mark - view.position("X").size
        return [Order(market="X", size=wanted, kind="market")] if abs(wanted) >= 1 else []


def _holder(leverage: float, slope: float) -> Callable[[Any], LeverageHolder]:
    traits = {"deposit": _ASSETS / leverage, "margin": 1 / leverage, "margin_slope": slope}
    return type("LeverageHolder", (LeverageHolder,), traits)


def _scenario(shock: float, excess: float) -> dict[str, Any]:
    """Somebody who hands the assets over at the opening price, and sales (or purchases) as the shock."""
    rules = {"mark": {"rule": "mid", "interval": 0.05}, "tiers": {"default": [_TIER]}}
    start = {"account": "giver", "market": "X", "size": -_ASSETS / _PRICE, "price": _PRICE}
    sales = [_sale(_SHOCK_AT, shock * (1 + excess)), _sale(_RETURN_AT, -shock * excess)]
    return {
        "name": "leverage targeting",
        "duration": _SECONDS,
        "ladder_range": (0.9, 1.04),
        "assets": {"X": {"price": _PRICE}},
        "oracles": {"X": {"sources": [{}]}},
        "venues": {"v": {"rules": rules, "markets": {"X": {"asset": "X", "tick": _TICK, "lot": 1}}}},
        "accounts": {name: {"venue": "v", "deposit": 1e12} for name in ("giver", "shock")},
        "orders": [start, *(sales if excess else sales[:1])],
    }


def _sale(at: float, move: float) -> dict[str, Any]:
    """Order that by itself moves the price down by a share."""
    return {"at": at, "account": "shock", "market": "X", "type": "market", "size": -move * _DEPTH / _PRICE}


def branching_ratio(leverage: float, slope: float) -> float:
    """Share of a fall that the holder's sale adds to it."""
    return (leverage - 1 + slope * leverage) * _ASSETS / _DEPTH


def _response(leverage: float, slope: float, shock: float, excess: float, seed: int) -> float:
    """Final fall as a multiple of the shock."""
    maker = linear_maker(venue="v", market="X", price=_PRICE, impact=_PRICE**2 / _DEPTH, rung=_RUNG)
    model = CascadeModel(_scenario(shock, excess), rng=seed, custom=[maker, _holder(leverage, slope)])
    model.run()
    fall = 1 - model.market("X").mid / _PRICE
    model.close()
    return float(fall / shock)


def multiplier(leverage: float, slope: float = 0.0, seed: int = 1) -> float:
    """Final over first move, as the mean over falls and rises, and over both sides to come from."""
    shock = _END * (1 - branching_ratio(leverage, slope))
    ways = [(sign * shock, excess) for sign in (1, -1) for excess in (0.0, _EXCESS)]
    return sum(_response(leverage, slope, *way, seed) for way in ways) / len(ways)


def study(small: bool = False) -> Sequence[Line]:
    """Multipliers of the loss spiral at three leverages, and of a margin spiral."""
    lines = []
    for leverage, slope in _CASES[::3] if small else _CASES:
        what = f"final over first fall at leverage {leverage:g}"
        what += f", margin rising by {slope:g} per fall of 1" if slope else ", margin fixed"
        wanted = 1 / (1 - branching_ratio(leverage, slope))
        lines.append(within("leverage-targeting", _TARGET, what, wanted, multiplier(leverage, slope), 0.01))
    return lines
