"""A maker whose book gives linear, permanent impact: the counterpart that theories of predation assume.

The book holds ``1 / impact`` per unit of price on both sides of a centre, and the centre is where the maker's
own inventory puts it: ``price - impact * inventory``. An order of size q then trades at an average of
``centre + impact * q / 2``, and the centre stays where the order left it.

References
----------
Kyle (1985), "Continuous auctions and insider trading", Econometrica 53 (a price linear in the order flow);
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60 (permanent impact linear in holdings).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from cascade_sim.agents import Agent, CancelAll, Order, Quotes, View

__all__ = ["LinearMaker", "linear_maker"]


class LinearMaker(Agent):
    """Quotes equal rungs around a centre that moves with its inventory.

    Rung k stands at half a rung plus k rungs from the centre, so that trading through n of them costs on
    average n / 2 rungs and moves the centre by n: no spread besides the grain of the book.

    Attributes
    ----------
    market : str
        Perpetual quoted.
    price : float
        Centre while it holds nothing, USD.
    impact : float
        USD that one unit of the asset moves the price.
    rung : float
        USD between quotes.
    rungs : int
        Quotes a side.
    """

    deposit = 1e9
    leverage = 10.0
    interval = 0.05
    latency = 0.001
    market: str
    price: float
    impact: float
    rung: float
    rungs: int = 60

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._quoted_at = math.nan

    def centre(self, view: View) -> float:
        """Where the price stands now, USD."""
        return self.price - self.impact * view.position(self.market).size

    def ladder(self) -> list[tuple[float, float]]:
        """Distance from the centre in USD, and size, of every rung."""
        return [((k + 0.5) * self.rung, self.rung / self.impact) for k in range(self.rungs)]

    def decide(self, view: View) -> Sequence[Order | CancelAll | Quotes]:
        """Quote around the new centre if anything has traded."""
        centre = self.centre(view)
        if centre == self._quoted_at:
            return []
        self._quoted_at = centre
        ladder = self.ladder()
        bids = [(size, centre - distance) for distance, size in ladder]
        asks = [(-size, centre + distance) for distance, size in ladder]
        return [Quotes(market=self.market, pairs=bids + asks)]


def linear_maker(**attributes: Any) -> Callable[[Any], LinearMaker]:
    """Maker of linear makers, to be passed in `CascadeModel(..., custom=[...])`.

    Parameters
    ----------
    **attributes
        Of `LinearMaker`; ``venue``, ``market``, ``price``, ``impact`` and ``rung`` are needed.

    Examples
    --------
    >>> maker = linear_maker(venue="v", market="X", price=100.0, impact=0.001, rung=0.05)
    """
    return type("LinearMaker", (LinearMaker,), attributes)
