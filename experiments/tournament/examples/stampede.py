"""A hunter of liquidations: it sells when it sees forced selling begin, and buys back when it is over."""

from cascade_sim.agents import Agent, Order

MARKET = "BTC-PERP"


class Stampede(Agent):
    """Runs with the herd for a minute, because those who are forced to sell can't wait."""

    leverage = 5.0
    interval = 2.0

    def __init__(self, model):
        super().__init__(model)
        self.before = None  # open interest at the last look: all positions together
        self.sold_at = 0.0

    def decide(self, view):
        """Look for positions that vanish while the price is below the index."""
        market = view.market(MARKET)
        held = view.position(MARKET).size
        before, self.before = self.before, market.open_interest
        vanish = before is not None and market.open_interest < 0.995 * before
        if held == 0 and vanish and market.mid < market.index:
            self.sold_at = view.time
            return [Order(market=MARKET, size=-0.5 * view.equity / market.mid, kind="market")]
        if held < 0 and view.time > self.sold_at + 60:
            return [Order(market=MARKET, size=-held, kind="market", reduce_only=True)]
        return []
