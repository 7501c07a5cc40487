"""10 October 2025 in numbers that anybody can look up, and the same quantities in a simulated day like it.

Prices are the exchange's public one-minute bars of the BTCUSDT perpetual; depth is its public book depth (every half
minute); accounts are a public reconstruction of one on-chain venue, Hyperliquid. Times are UTC.
"""

import math
from collections.abc import Sequence

import pandas as pd

from cascade_sim.experiments.replay import OCTOBER_2025, Target
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["ACCOUNTS", "BIDS", "DAY_TARGETS", "MARKET", "day", "longs_liquidated"]

MARKET = "BTC-PERP"

# What buyers offered within 5 % below the price of BTCUSDT, million USD.
BIDS = pd.Series(
    {"18-20 h": 733.0, "20:50": 569.0, "20:59": 216.0, "21:14": 40.0, "21:20": 36.0, "21:23": 5.0, "21:35": 30.0},
    name="bids within 5 %, M USD",
)

# Accounts with a position on Hyperliquid: how many per cent of them were liquidated or deleveraged.
ACCOUNTS = pd.DataFrame(
    {
        "BTC longs": {"liquidated": 100 * 1468 / 4485, "deleveraged": 1.3},
        "BTC shorts": {"liquidated": 100 * 107 / 2440, "deleveraged": 69.6},
        "SOL longs": {"liquidated": 43.7, "deleveraged": math.nan},
        "SOL shorts": {"liquidated": math.nan, "deleveraged": 90.6},
    }
).T

_NEEDS_THE_REAL_PATH = ("minutes_to_adl",)
DAY_TARGETS = [
    Target("fall", "fall", 0.128, 0.128, "BTCUSDT perpetual, 20:50 to 21:20"),
    Target("taker_sell_share", "takers' sales up to the low", 0.571, 0.571, "the same bars"),
    *(target for target in OCTOBER_2025 if target.quantity not in _NEEDS_THE_REAL_PATH),
]


def day(settings: Sequence[str] = ()) -> Scenario:
    """A day like it without its prices: the shipped scenario, shortened, with its news after five minutes."""
    return load_scenario("flash-crash", ["duration=2100", "news.0.at=300", *settings])


def longs_liquidated(result: Result) -> float:
    """Share of the traders who were long BTC at the start that were liquidated at least once."""
    accounts = result.accounts
    longs = accounts[(accounts["role"] == "trader") & (accounts[f"start_size_{MARKET}"] > 0)]
    return float((longs["liquidations"] > 0).mean())
