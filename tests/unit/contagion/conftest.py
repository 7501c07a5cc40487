"""A run in which everything happens that can happen to an account, and a small one with two markets in one account."""

from collections.abc import Callable
from typing import Any

import pytest

from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

EVERYTHING = (
    "duration=90",
    "burn_in=30",
    "news.0.at=10",
    "news.0.over=20",
    "news.0.move=-0.2",
    "agents.traders.crowd.count=300",
    "agents.traders.crowd.leverage.median=8",
    "agents.traders.crowd.guard_share=1",
    "agents.traders.crowd.interval=20",
    "venues.perps.rules.funding.interval=7",
    "venues.perps.rules.funding.interest=0.05",
    "venues.perps.rules.waterfall.insurance_fund=100000",
)


@pytest.fixture(scope="session")
def everything() -> Result:
    """A deep crash with funding every seven seconds, takeovers, deleveraging, shared losses and transfers."""
    return run(load_scenario("flash-crash", EVERYTHING), seed=2, counterfactual=False, summary=False)


@pytest.fixture(scope="session")
def cross_margin() -> Callable[[str], Result]:
    """Function that runs a fall of A on an account that holds A and B, under a liquidation rule.

    The account has 800 USD against 100 A at 100 and 300 B at 50; A trades at 92.98 after a second, at 92.97 after two.
    """

    def make(rule: str) -> Result:
        liquidation = {"rule": rule, "latency": 0.0, "retry_interval": 1.0}
        rules = {
            "mark": {"rule": "last", "interval": 0},
            "liquidation": liquidation,
            "tiers": {"default": [{"floor": 0, "maintenance": 0.004, "leverage": 125}]},
        }
        markets = {"A-PERP": {"asset": "A", "tick": 0.01, "lot": 1}, "B-PERP": {"asset": "B", "tick": 0.1, "lot": 0.1}}
        held = {"A-PERP": {"size": 100, "entry": 100}, "B-PERP": {"size": 300, "entry": 50}}
        other = {name: {"size": -item["size"], "entry": item["entry"]} for name, item in held.items()}
        rich = {"venue": "perps", "deposit": 1e6}
        data: dict[str, Any] = {
            "name": "cross margin",
            "duration": 4,
            "sample_interval": 0.5,
            "map_interval": 0.5,
            "assets": {"A": {"price": 100}, "B": {"price": 50}},
            "oracles": {"A": {"sources": [{}]}, "B": {"sources": [{}]}},
            "venues": {"perps": {"rules": rules, "markets": markets}},
            "accounts": {
                "both": {"venue": "perps", "deposit": 800, "positions": held},
                "other": rich | {"positions": other},
                "bidder": rich,
                "seller": rich,
            },
            "orders": [
                {"at": 0.1, "account": "bidder", "market": "B-PERP", "size": 1000, "price": 50},
                {"at": 0.1, "account": "bidder", "market": "A-PERP", "size": 1, "price": 92.98},
                {"at": 0.1, "account": "bidder", "market": "A-PERP", "size": 200, "price": 92.97},
                {"at": 1, "account": "seller", "market": "A-PERP", "type": "market", "size": -1},
                {"at": 2, "account": "seller", "market": "A-PERP", "type": "market", "size": -1},
            ],
        }
        return run(Scenario.model_validate(data), seed=1, counterfactual=False, summary=False)

    return make
