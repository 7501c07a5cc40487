"""Agents written in Python: what they see, what their wishes become, and the check that tells people what is wrong."""

import random
import time

import numpy as np
import pytest

from cascade_sim.agents import Agent, CancelAll, Order, Quotes
from cascade_sim.model import CascadeModel
from cascade_sim.testing import AgentError, check_agent
from tests.conftest import small_scenario

PERP = "BTC-PERP"


class Buyer(Agent):
    """Buys once."""

    venue = "perps"
    interval = 2.0

    def decide(self, view):
        if view.position(PERP).size == 0:
            return [Order(market=PERP, size=0.01, kind="market")]
        return []


def like_buyer(**changes):
    """A class that differs from `Buyer`."""
    return type("Changed", (Buyer,), changes)


def wishing(*wishes):
    """A class that always wants these."""
    return like_buyer(decide=lambda self, view: list(wishes))


def test_check_accepts_a_good_agent():
    report = check_agent(Buyer)
    assert 15 <= report["decisions"] <= 60  # 60 seconds, a wake-up every 1 to 3 seconds
    assert 0 < report["seconds_per_decision"] < 0.005


def test_check_accepts_a_maker_and_chance_from_the_model():
    def decide(self, view):
        mid = view.market(PERP).mid + 10 * self.random.random()
        return [Quotes(market=PERP, pairs=[(0.01, mid * 0.99), (-0.01, mid * 1.01)])]

    assert check_agent(like_buyer(decide=decide))["decisions"] > 0


REFUSED = Order(market=PERP, size=1.0, price=1e300)
BAD = {
    "no venue": (type("Homeless", (Agent,), {}), "Homeless.venue must be one of .'spot', 'perps'., got None"),
    "unknown venue": (like_buyer(venue="moon"), "venue must be one of .*'moon'"),
    "no time between": (like_buyer(interval=0), "interval must be at least 1e-06, got 0"),
    "back in time": (like_buyer(latency=-1.0), "latency must be at least 0, got -1.0"),
    "debts": (like_buyer(deposit=-5.0), "deposit must be at least 0, got -5.0"),
    "no leverage": (like_buyer(leverage=float("nan")), "leverage must be at least 1, got nan"),
    "unknown asset": (like_buyer(holdings={"XRP": 1}), "holdings: .'XRP': 1. must be .* of one of .'USD', 'BTC'."),
    "never woken": (like_buyer(interval=1e6), "was never woken"),
    "nothing": (like_buyer(decide=lambda self, view: None), "decide returned None; give a list"),
    "a number": (wishing(3), "decide returned 3 at place 0; give Order, CancelAll or Quotes"),
    "unknown market": (wishing(Order(market="X", size=1)), "wish 0: market 'X' is not one of .*'BTC-PERP'"),
    "unknown kind": (wishing(Order(market=PERP, size=1, kind="stop")), "kind 'stop' is not one of .*'post-only'"),
    "no price": (wishing(Order(market=PERP, size=1)), "wish 0: a limit order needs a price"),
    "bad price": (wishing(Order(market=PERP, size=1, price=-1.0)), "wish 0: price must be above 0, got -1.0"),
    "bad size": (wishing(Order(market=PERP, size=np.nan, price=1.0)), "wish 0: size must be a finite number"),
    "too many": (wishing(*[CancelAll(market=PERP)] * 65), "returned 65 wishes; at most 64"),
    "too many quotes": (wishing(Quotes(market=PERP, pairs=[(1, 1)] * 129)), "129 quotes; at most 128"),
    "beyond the ladder": (wishing(REFUSED), "most of its messages were refused: price outside the ladder"),
    "beyond its money": (wishing(Order(market=PERP, size=50, price=60_000)), "were refused: insufficient margin"),
    "slow": (like_buyer(decide=lambda self, view: time.sleep(0.006) or []), "a decision takes .* ms on average"),
}


@pytest.mark.parametrize("case", BAD)
def test_check_says_what_is_wrong(case):
    agent, said = BAD[case]
    with pytest.raises(AgentError, match=said):
        check_agent(agent)


def test_check_finds_luck_of_its_own():
    def decide(self, view):
        return [Order(market=PERP, size=0.01 * random.choice([-2, -1, 1, 2]), kind="market")]

    with pytest.raises(AgentError, match="two runs on the same luck differ"):
        check_agent(like_buyer(decide=decide))


def small_model(agent, seconds=10, **changes):
    """The small exchange with a rich bidder and seller, and one agent in Python, run to its end."""
    rich = {"venue": "perps", "deposit": 1e6, "leverage": 10}
    orders = [
        {"account": "bidder", "market": "A-PERP", "size": 30, "price": 99.5},
        {"account": "bidder", "market": "A-PERP", "size": 40, "price": 99.0},
        {"account": "seller", "market": "A-PERP", "size": -20, "price": 100.5},
    ]
    data = small_scenario(accounts={"bidder": rich, "seller": rich}, orders=orders, duration=seconds, **changes)
    model = CascadeModel(data, rng=1, custom=[agent], checks=True)
    model.run()
    return model


class Witness(Agent):
    """Notes what it sees; buys three at its first wake-up."""

    venue = "perps"
    deposit = 1_000.0
    interval = 1.0
    latency = 0.2

    def __init__(self, model):
        super().__init__(model)
        self.seen = []

    def decide(self, view):
        market, position = view.market("A-PERP"), view.position("A-PERP")
        depths = (market.depth("bid", 0.006), market.depth("bid", 0.02), market.depth("ask", 0.02))
        self.seen.append((view.time, market.bid, market.ask, market.mid, depths, position, view.equity))
        return [Order(market="A-PERP", size=3.5, price=100.509)] if len(self.seen) == 1 else []


@pytest.fixture(scope="module")
def witness():
    """What the witness noted, and the model afterwards."""
    model = small_model(Witness)
    return next(agent for agent in model.agents if isinstance(agent, Witness)).seen, model


def test_what_an_agent_sees(witness):
    time_, bid, ask, mid, depths, position, equity = witness[0][0]
    assert 0 < time_ <= 1
    assert (bid, ask, mid) == (99.5, 100.5, 100.0)
    assert depths == (30, 70, 20)
    assert (position.size, position.profit, equity) == (0, 0, 1_000)
    assert np.isnan(position.entry)


def test_what_an_agent_wants_arrives_after_its_latency(witness):
    seen, model = witness
    trades = model.result().trades
    assert len(trades) == 1
    # Three whole lots of 1, at the seller's price; the delay is the latency and up to half of it.
    assert (trades["size"][0], trades["price"][0], trades["origin"][0]) == (3, 100.5, "custom")
    assert 0.2 <= trades["time"][0] - seen[0][0] <= 0.3 + 1e-5


def test_what_an_agent_has_afterwards(witness):
    seen, model = witness
    position, equity = seen[-1][5:]
    assert (position.size, position.entry, position.profit) == (3, 100.5, 0)
    fee = 3 * 100.5 * 0.0005
    assert equity == pytest.approx(1_000 - fee, abs=1e-6)
    row = model.result().accounts.query("cohort == 'Witness'").iloc[0]
    assert (row["role"], row["start"], row["size_A-PERP"]) == ("custom", 1_000, 3)
    assert row["profit"] == pytest.approx(-fee, abs=1e-6)
    assert model.result().summary["profit"]["Witness"] == pytest.approx(-fee, abs=1e-6)


def test_wake_ups_are_half_to_one_and_a_half_intervals_apart(witness):
    times = np.array([row[0] for row in witness[0]])
    assert ((np.diff(times) > 0.5) & (np.diff(times) < 1.5001)).all()
    assert 7 <= len(times) <= 20


def test_quotes_replace_and_cancel_all_clears():
    class Quoter(Agent):
        venue, interval, latency, deposit = "perps", 1.0, 0.0, 50_000.0
        turn = 0

        def decide(self, view):
            self.turn += 1
            if self.turn <= 2:
                return [Quotes(market="A-PERP", pairs=[(5, 99.8 - self.turn), (-5, 100.2 + self.turn)])]
            return [CancelAll(market="A-PERP")] if self.turn == 10 else []  # pauses are half to one and a half seconds

    model = small_model(Quoter, seconds=4)
    book = model.simulation.world.levels["lots"][1]
    assert (book[9_880], book[9_780], book[10_220]) == (0, 5, 5)
    model.run(12)
    assert (book[9_780], book[10_220]) == (0, 0)


def test_an_agent_that_only_watches_changes_nothing():
    data = small_scenario(duration=20)
    agents = {"makers": {"m": {"venue": "perps", "count": 2, "markets": {"A-PERP": 1e5}}}}
    agents["traders"] = {"t": {"venue": "perps", "count": 30, "interval": 2, "markets": {"A-PERP": 1}}}
    digests = []
    for custom in ([], [like_buyer(decide=lambda self, view: [])]):
        model = CascadeModel(data | {"agents": agents}, rng=1, custom=custom)
        model.run()
        assert len(model.result().trades) > 10
        digests.append(model.simulation.records.digest())
    assert digests[0] == digests[1]
