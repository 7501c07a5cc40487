"""The market of a class: every student is an account in it, and together they are its leveraged crowd."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["ALONE", "LUCK", "MARKET", "class_market", "entry_luck", "largest_leverage", "least_margin", "news"]

Floats = npt.NDArray[np.float64]

MARKET = "BTC-PERP"
MONEY = 30e6  # USD of the whole class, however many they are: at a leverage of 5 as much as all traders of `one-market`
LUCK = 0.7  # largest gain or loss before the news, as a share of a student's money
ALONE = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0, 50.0, 100.0)  # leverages that copies try
_STREAM = 71  # of the luck of entries, apart from all other draws


@cache
def _base() -> dict[str, Any]:
    text = files("cascade_sim.experiments.classroom").joinpath("market.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def _plain() -> Scenario:
    """The market without the class."""
    return load_scenario(_base())


@cache
def _resolved() -> dict[str, Any]:
    """The same as plain data with nothing left to look up, for it is loaded hundreds of times."""
    return _plain().model_dump(mode="json")


def _tier() -> Any:
    return _plain().venues["perps"].rules.tiers["BTC"][0]


def largest_leverage() -> float:
    """What the venue allows."""
    return float(_tier().leverage)


def least_margin() -> float:
    """Margin below which a position is sold, over the position."""
    return float(_tier().maintenance)


def news() -> tuple[float, float, float]:
    """Seconds at which the news begins, how long it comes in, and what it moves the asset's worth by."""
    item = _plain().news[0]
    return item.at, item.over, item.move


def entry_luck(seed: int, students: int) -> Floats:
    """What each student has gained (or lost) before the news over its money, shape (students,); uniform, mean 0."""
    return np.random.default_rng(np.random.Philox(key=[seed, _STREAM])).uniform(-LUCK, LUCK, students)


def _account(lots: int, leverage: float, gain: float, deposit: float) -> dict[str, Any]:
    """A long position that was bought at a price which has brought `gain` over the deposit since."""
    market, price = _plain().markets[MARKET][1], _plain().assets["BTC"].price
    # Nobody begins on the brink: twice what the venue asks for is left at least.
    gain = max(gain, 2.0 * _tier().maintenance * leverage - 1.0)
    position = {"size": lots * market.lot, "entry": price * (1.0 - gain / leverage)}
    return {"venue": "perps", "deposit": deposit, "leverage": largest_leverage(), "positions": {MARKET: position}}


def class_market(leverages: Sequence[float], seed: int, copies: bool = False) -> Scenario:
    """The small market with a class in it.

    Parameters
    ----------
    leverages : sequence of float, shape (students,)
    seed : int
        Of the entry prices.
    copies : bool
        Whether every student has copies of the smallest size there is, one at every leverage of `ALONE`: bought at the
        same moment as the student, too small to move a price, they show what another choice would have brought.

    Returns
    -------
    Scenario
        With the accounts ``student 1``, ``student 2``, ..., then the copies student by student, then ``other side``:
        a rich account that is short what they are long.
    """
    market, price = _plain().markets[MARKET][1], _plain().assets["BTC"].price
    luck, each, lot = entry_luck(seed, len(leverages)), MONEY / len(leverages), market.lot * price
    accounts, lots = {}, 0
    for k, (leverage, gain) in enumerate(zip(leverages, luck, strict=True), 1):
        own = max(round(leverage * each / lot), 1)
        accounts[f"student {k}"] = _account(own, leverage, gain, each)
        lots += own
    for k, gain in enumerate(luck if copies else (), 1):
        accounts |= {f"copy {k} at {other:g}": _account(1, other, gain, lot / other) for other in ALONE}
        lots += len(ALONE)
    short = {"size": -lots * market.lot, "entry": price}
    accounts["other side"] = {"venue": "perps", "deposit": 2.0 * lots * lot, "positions": {MARKET: short}}
    return load_scenario(_resolved() | {"accounts": accounts})
