"""What tests share: small markets, and accounts with money in them."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from cascade_sim.market.records import DEFAULT, LOSS
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

# The first call of a compiled function takes longer than any deadline. What is checked before a change is taken are the
# same examples every time, so that the change is judged and not the draw; elsewhere every run looks for new ones.
settings.register_profile("compiled", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("compiled")

PERPETUALS = {
    "rules": {
        "fees": {"taker": 0.0005, "maker": 0.0002},
        "mark": {"rule": "last", "interval": 0},
        "liquidation": {"rule": "full", "latency": 0.0, "retry_interval": 0.01},
        "tiers": {
            "default": [
                {"floor": 0, "maintenance": 0.004, "leverage": 125},
                {"floor": 50_000, "maintenance": 0.005, "leverage": 100},
                {"floor": 250_000, "maintenance": 0.01, "leverage": 50},
                {"floor": 1_000_000, "maintenance": 0.025, "leverage": 20},
            ]
        },
    },
    "markets": {
        "A-PERP": {"asset": "A", "tick": 0.01, "lot": 1},
        "B-PERP": {"asset": "B", "tick": 0.1, "lot": 0.1},
    },
}
SPOT = {
    "rules": {"fees": {"taker": 0.001, "maker": 0.0005}, "mark": {"rule": "mid", "interval": 1}},
    "markets": {"A-SPOT": {"asset": "A", "kind": "spot", "tick": 0.01, "lot": 0.5}},
}


def small_scenario(**changes: Any) -> dict[str, Any]:
    """Two perpetuals and a spot market without agents; `changes` replace top-level keys."""
    return {
        "name": "small",
        "duration": 10,
        "assets": {"A": {"price": 100}, "B": {"price": 50}},
        "oracles": {"A": {"sources": [{}]}, "B": {"sources": [{}]}},
        "venues": {"perps": PERPETUALS, "spot": SPOT},
    } | changes


@pytest.fixture
def simulate() -> Callable[..., Simulation]:
    """Function that makes a checked simulation from the small scenario with changes."""

    def make(seed: int = 1, checks: bool = True, **changes: Any) -> Simulation:
        return Simulation(Scenario.model_validate(small_scenario(**changes)), seed, checks=checks)

    return make


def unpaid(simulation: Simulation) -> dict[tuple[int, int], int]:
    """What accounts owed at their ends less what was paid for them, where they differ; units by (cause, account)."""
    events = simulation.records.table("events")
    owed: dict[tuple[int, int], int] = {}
    for kind, sign in ((DEFAULT, 1), (LOSS, -1)):
        for row in events[events["kind"] == kind]:
            who = int(row["cause"]), int(row["account"])
            owed[who] = owed.get(who, 0) + sign * int(row["amount"])
    return {who: units for who, units in owed.items() if units != 0}


def crowded_scenario(traders: int = 200, **changes: Any) -> dict[str, Any]:
    """A perpetual and its spot market with traders and makers, through a piece of bad news."""
    return {
        "name": "crowded",
        "duration": 60,
        "assets": {"BTC": {"price": 60_000, "volatility": 0.6}},
        "news": [{"at": 20, "over": 5, "move": -0.05}],
        "oracles": {"BTC": {"sources": [{"market": "BTC-SPOT", "lag": 0.2}, {"noise": 0.0001}]}},
        "venues": {
            "spot": {
                "rules": {"fees": {"taker": 0.0005}, "mark": {"rule": "mid"}},
                "markets": {"BTC-SPOT": {"asset": "BTC", "kind": "spot", "tick": 0.5, "lot": 0.0001}},
            },
            "perps": {
                "rules": {
                    "file": "binance-usdm",
                    "liquidation": {"rule": "full", "limit": "backed"},
                    "waterfall": {"insurance_fund": 20_000},
                },
                "markets": {"BTC-PERP": {"asset": "BTC", "tick": 0.5, "lot": 0.001}},
            },
        },
        "agents": {
            "traders": {
                "crowd": {
                    "venue": "perps",
                    "count": traders,
                    "interval": 10,
                    "leverage": {"law": "lognormal", "median": 20, "sigma": 0.6, "low": 2, "high": 100},
                }
            },
            "makers": {
                "spot": {"venue": "spot", "count": 2, "levels": 12, "markets": {"BTC-SPOT": 5e6}, "anchor": 0.5},
                "perps": {
                    "venue": "perps",
                    "count": 3,
                    "levels": 12,
                    "markets": {"BTC-PERP": 5e6},
                    "hedge": {"BTC-PERP": "BTC-SPOT"},
                },
            },
        },
    } | changes
