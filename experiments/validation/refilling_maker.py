"""A maker whose book gives permanent and temporary impact: what has been taken out of it refills at a rate.

At every price the book gains ``1 / (2 kappa)`` units per USD and unit of time, and keeps what one interval brings.
Flow at a constant rate v then eats through ``2 kappa v`` USD of it and pays ``kappa v`` on average, the temporary
impact of the theory; with the next interval the book is full again around a centre that only the permanent impact
has moved. Within an interval both sides close up around the last trade, so that flows against each other cancel.

References
----------
Carlin, Lobo and Viswanathan (2007), "Episodic liquidity crises: cooperative and predatory trading", J. Finance 62
(price = permanent impact of holdings + temporary impact of the rate of trading).
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from cascade_sim.agents import View
from cascade_sim.experiments.validation.linear_maker import LinearMaker

__all__ = ["RefillingMaker", "refilling_maker"]


class RefillingMaker(LinearMaker):
    """Quotes rungs that are narrow near the centre and wide far from it, so that small orders meet a fine grain.

    Attributes
    ----------
    temporary : float
        USD that one unit of the asset moves the price until the book is refilled.
    refill : float
        Seconds between refills.
    reach : float
        Furthest quote from the centre, USD.
    """

    temporary: float
    refill: float
    reach: float

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._refills = -1
        self._held_at_refill = 0.0

    def centre(self, view: View) -> float:
        """Where the price stands: what has traded since the last refill weighs more."""
        held = view.position(self.market).size
        refills = int(view.time / self.refill)
        if refills != self._refills:
            self._refills, self._held_at_refill = refills, held
        return self.price - self.impact * held - self.temporary * (held - self._held_at_refill)

    def ladder(self) -> list[tuple[float, float]]:
        """Rung k reaches from (k / rungs)^2 to ((k + 1) / rungs)^2 of the way and stands in the middle of that."""
        edges = [self.reach * (k / self.rungs) ** 2 for k in range(self.rungs + 1)]
        density = 1.0 / (self.impact + self.temporary)
        return [((near + far) / 2, density * (far - near)) for near, far in pairwise(edges)]


def refilling_maker(**attributes: Any) -> Callable[[Any], RefillingMaker]:
    """Maker of refilling makers, to be passed in `CascadeModel(..., custom=[...])`; attributes as of the class."""
    return type("RefillingMaker", (RefillingMaker,), attributes)
