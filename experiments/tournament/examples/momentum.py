"""A momentum trader: what has risen will rise a little more, it believes, and what has fallen will fall."""

from collections import deque

from cascade_sim.agents import Agent, Order

MARKET = "BTC-PERP"


class Momentum(Agent):
    """Holds a position in the direction of the last two minutes."""

    leverage = 5.0  # its position may be five times its money at most
    interval = 5.0  # seconds between two looks at the market

    def __init__(self, model):
        super().__init__(model)
        self.prices = deque(maxlen=24)  # numbers may be kept between turns, the view may not

    def decide(self, view):
        """Compare the price with the one of two minutes ago, and go with it."""
        market = view.market(MARKET)
        self.prices.append(market.mid)
        move = market.mid / self.prices[0] - 1.0
        if abs(move) < 0.004:  # less than four tenths of a per cent is noise
            return []
        wanted = view.equity / market.mid * (1 if move > 0 else -1)  # as much as its money, up or down
        missing = wanted - view.position(MARKET).size
        if abs(missing) < 0.2 * abs(wanted):  # every order costs a fee: no small ones
            return []
        return [Order(market=MARKET, size=missing, kind="market")]
