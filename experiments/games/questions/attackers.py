"""Attackers who do what they have decided, whatever they see: their choice is the game's, not their own."""

from collections.abc import Sequence

from cascade_sim.agents import Agent, CancelAll, Order, Quotes, View

__all__ = ["Attacker", "OracleAttacker"]


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
            return self.attack(view)
        if self.pushed_at is not None and view.time >= self.pushed_at + self.hold:
            return self.cover(view)
        return []

    def attack(self, view: View) -> Sequence[Order]:
        """Sell the push at once."""
        self.pushed_at = view.time
        price = view.market(self.market).mid
        return [Order(market=self.market, size=-self.push / price, price=self.floor * price, kind="immediate")]

    def cover(self, view: View) -> Sequence[Order]:
        """Buy everything back."""
        size = view.position(self.market).size
        return [Order(market=self.market, size=-size, kind="market", reduce_only=True)] if size != 0.0 else []


class OracleAttacker(Agent):
    """Goes short in a perpetual, then pushes the spot market that the oracle looks at, and buys all back afterwards.

    Attributes
    ----------
    market, source : str
        Perpetual, and the spot market that the oracle samples.
    asset : str
    stock : float
        Units of the asset it has at the start, to sell, and in the end.
    at : float
        When the push begins, seconds after the start.
    lead : float
        Seconds before it in which the perpetual is sold, little by little.
    clip, lasts : float
        What is sold in the spot market at every wake-up of the push, USD; its seconds.
    hold : float
        Seconds from the beginning of the push to the first purchase.
    pace : float
        What is sold in the perpetual before, and bought in both markets afterwards, at every wake-up, USD.
    slippage : float
        Distance of every order's limit from the mid.
    """

    venue = "exchange"
    deposit = 6_000_000.0
    holdings = {"BTC": 40.0}  # noqa: RUF012 (read only)
    leverage = 10.0
    interval = 0.25
    latency = 0.02
    market: str = "BTC-PERP"
    source: str = "BTC-SPOT"
    asset: str = "BTC"
    stock: float = 40.0
    at: float = 30.0
    lead: float = 10.0
    clip: float = 200_000.0
    lasts: float = 1.25
    hold: float = 4.0
    pace: float = 25_000.0
    slippage: float = 0.05

    def decide(self, view: View) -> Sequence[Order | CancelAll | Quotes]:
        """Do what the plan says for this moment."""
        since = view.time - self.at
        if -self.lead <= since < 0.0:
            return self._trade(view, self.market, -self.pace)
        if 0.0 <= since < self.lasts:
            return self._trade(view, self.source, -self.clip)
        return self._back(view) if since >= max(self.hold, self.lasts) else []

    def _trade(self, view: View, market: str, usd: float) -> list[Order]:
        price = view.market(market).mid
        limit = price * (1.0 + (self.slippage if usd > 0.0 else -self.slippage))
        return [Order(market=market, size=usd / price, price=limit, kind="immediate")]

    def _back(self, view: View) -> list[Order]:
        """Buy what is missing, a clip at a time."""
        missing = {self.market: -view.position(self.market).size, self.source: self.stock - view.balance(self.asset)}
        orders = []
        for market, size in missing.items():
            usd = min(size * view.market(market).mid, self.pace)
            orders += self._trade(view, market, usd) if usd > 10.0 else []
        return orders
