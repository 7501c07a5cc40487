"""A contrarian: when the price is well below the index, somebody was forced to sell, it believes; it will come back."""

from cascade_sim.agents import Agent, CancelAll, Order

MARKET = "BTC-PERP"


class Contrarian(Agent):
    """Buys well below the index, sells when the price is back."""

    leverage = 3.0
    interval = 5.0

    def decide(self, view):
        """Compare the price here with the index, which is an average of other markets."""
        market = view.market(MARKET)
        held = view.position(MARKET).size
        gap = market.mid / market.index - 1.0
        if held == 0 and gap < -0.001:
            # A limit order names its price: it waits in the book, and pays a smaller fee if somebody comes to it.
            size = view.equity / market.mid
            return [CancelAll(market=MARKET), Order(market=MARKET, size=size, price=market.bid)]
        if held > 0 and gap > -0.0002:
            # reduce_only: this order may only make the position smaller, whatever happens until it arrives.
            return [CancelAll(market=MARKET), Order(market=MARKET, size=-held, kind="market", reduce_only=True)]
        return []
