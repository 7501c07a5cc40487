"""The Mesa face of an agent that you write yourself."""

from collections.abc import Mapping, Sequence
from typing import Any

import mesa

from cascade_sim.agents.custom import CancelAll, Order, Quotes, View

__all__ = ["Agent"]


class Agent(mesa.Agent):
    """Subclass this, override `decide`, and pass the class to `CascadeModel(..., custom=[YourAgent])`.

    The agent is woken every `interval` seconds on average; what it wants arrives at the exchange after its
    latency, like everybody's. It is a Mesa agent too: it stands in ``model.agents``.

    Attributes
    ----------
    venue : str
        Venue its account is on; required.
    deposit : float
        Money in the account at the start, USD.
    holdings : mapping of str to float
        Other assets in it.
    leverage : float
        Leverage its orders are margined at.
    interval, latency : float
        Seconds between wake-ups, and from decision to exchange.

    Examples
    --------
    >>> class Fader(Agent):
    ...     venue = "perps"
    ...     deposit = 10_000
    ...
    ...     def decide(self, view):
    ...         market = view.market("BTC-PERP")
    ...         if market.mid < 0.99 * market.index and view.position("BTC-PERP").size == 0:
    ...             return [Order(market="BTC-PERP", size=0.01, kind="market")]
    ...         return []
    """

    venue: str
    deposit: float = 10_000.0
    holdings: Mapping[str, float] = {}
    leverage: float = 1.0
    interval: float = 1.0
    latency: float = 0.1

    def __init__(self, model: Any) -> None:
        super().__init__(model)

    def decide(self, view: View) -> Sequence[Order | CancelAll | Quotes]:
        """Say what you want, now that you see the market; the default wants nothing.

        Parameters
        ----------
        view : View
            The market and your account; valid during this call only.

        Returns
        -------
        sequence of Order, CancelAll or Quotes
        """
        return []

    def step(self) -> None:
        """Nothing: the engine wakes agents by their own clocks, not once per step."""
