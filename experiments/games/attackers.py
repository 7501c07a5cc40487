"""Attackers who do what they have decided, whatever they see: their choice is the game's, not their own."""

from collections.abc import Sequence

from cascade_sim.agents import Agent, CancelAll, Order, Quotes, View

__all__ = ["Attacker"]


class Attacker(Agent):
    """Sells at a stated time, waits for what comes, and buys back.

    It does not look at the map: whether a push reaches a cluster, alone or together with another attacker's, is found
    out in the market.

    Attributes
    ----------
    market : str
        Perpetual.
    push : float
        What is sold, USD.
    at : float
        When, seconds after the start; it notices at its next wake-up.
    hold : float
        Seconds from the push to buying everything back.
    floor : float
        Lowest price at which it sells, over the mid at that moment.
    """

    venue = "exchange"
    deposit = 1_000_000.0
    leverage = 10.0
    interval = 0.25
    latency = 0.02
    market: str = "BTC-PERP"
    push: float = 0.0
    at: float = 30.0
    hold: float = 5.0
    floor: float = 0.95

    pushed_at: float | None = None

    def decide(self, view: View) -> Sequence[Order | CancelAll | Quotes]:
        """Push once; cover when the time has come."""
        if self.push > 0.0 and self.pushed_at is None and view.time >= self.at:
            return self._pushes(view)
        if self.pushed_at is not None and view.time >= self.pushed_at + self.hold:
            return self._covers(view)
        return []

    def _pushes(self, view: View) -> list[Order]:
        self.pushed_at = view.time
        price = view.market(self.market).mid
        return [Order(market=self.market, size=-self.push / price, price=self.floor * price, kind="immediate")]

    def _covers(self, view: View) -> list[Order]:
        size = view.position(self.market).size
        return [Order(market=self.market, size=-size, kind="market", reduce_only=True)] if size != 0.0 else []
