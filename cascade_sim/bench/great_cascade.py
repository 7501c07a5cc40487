"""A made-up record of a very large cascade: as if an hour's run had left it, in no time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario

__all__ = ["great_cascade"]

_HOUR = 3600.0
_MARKETS = np.array(["BTC-PERP", "ETH-PERP", "SOL-PERP"], object)
_ROLES = ("maker", "trader", "arbitrageur", "hunter")
_FALL = 50.0  # USD of 100 that forced sales make
_WALK = 0.02  # USD that each role moves a market between two marks, on average
_TWO_MARKETS, _HAS_TRADED = 0.3, 0.5  # shares of the accounts

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class _Cascade:
    """Who is liquidated when, with how much, in which market."""

    marks: int
    breach: Whole  # mark at which each account breaches
    notional: Floats
    own: Whole
    rng: np.random.Generator

    def __post_init__(self) -> None:
        self.number = np.arange(1, len(self.breach) + 1)
        self.step = _HOUR / self.marks

    def moves(self) -> pd.DataFrame:
        """Forced sales that move their market in proportion to their size, and a random walk of each role."""
        sold = -_FALL * len(_MARKETS) * self.notional / self.notional.sum()
        between = (self.breach + 0.5) * self.step
        rows = [_moves(between, _MARKETS[self.own], "forced", self.number, self.breach + 1, sold)]
        number = np.arange(1, self.marks)
        for role in _ROLES:
            for market in _MARKETS:
                walk = self.rng.normal(0, _WALK, len(number))
                rows.append(_moves((number - 0.3) * self.step, market, role, 0, number, walk))
        return pd.concat(rows).sort_values("time", kind="stable", ignore_index=True)

    def published(self, moves: pd.DataFrame) -> pd.DataFrame:
        """Marks that follow the moves at once; said to be means, so that means are taken."""
        frames = []
        for market in _MARKETS:
            own = moves[moves["market"] == market]
            mark = 100 + np.bincount(own["mark_number"], own["mid_move"], self.marks).cumsum()
            frame = pd.DataFrame({"number": np.arange(self.marks), "mark": mark, "index": 100.0, "part": 1})
            frames.append(frame.assign(time=frame["number"] * self.step, market=market))
        return pd.concat(frames, ignore_index=True)

    def breaches(self) -> pd.DataFrame:
        """Breaches just below the margin; a part of the accounts has traded before."""
        traded = (self.breach * self.rng.random(len(self.breach))).astype(np.int64)
        return pd.DataFrame(
            {
                "time": self.breach * self.step,
                "liquidation": self.number,
                "account": self.number,
                "role": "trader",
                "notional": self.notional,
                "equity": 0.004 * self.notional,
                "maintenance": 0.005 * self.notional,
                "reference": np.where(self.rng.random(len(traded)) < _HAS_TRADED, traded, 0),
            }
        )

    def exposures(self, marks: pd.DataFrame) -> pd.DataFrame:
        """Longs in one market, and for a part of the accounts in the next one too."""
        second = np.flatnonzero(self.rng.random(len(self.number)) < _TWO_MARKETS)
        who = np.concatenate([np.arange(len(self.number)), second])
        market = np.concatenate([self.own, (self.own[second] + 1) % len(_MARKETS)])
        mark = marks["mark"].to_numpy().reshape(len(_MARKETS), self.marks)[market, self.breach[who]]
        columns = {"time": self.breach[who] * self.step, "liquidation": self.number[who], "account": self.number[who]}
        columns |= {"market": _MARKETS[market], "size": self.notional[who] / mark, "mark": mark}
        frame = pd.DataFrame(columns | {"mark_number": self.breach[who]})
        return frame.sort_values("liquidation", kind="stable", ignore_index=True)


def _moves(time: Any, market: Any, role: str, cause: Any, number: Whole, size: Floats) -> pd.DataFrame:
    columns = {"time": time, "market": market, "origin": role, "cause": cause, "mark_number": number}
    return pd.DataFrame(columns | {"mid_move": size, "last_move": size})


def great_cascade(liquidations: int, marks: int = 3600, seed: int = 1) -> Result:
    """Record of an hour in which so many accounts of lognormal size are liquidated.

    Parameters
    ----------
    liquidations : int
    marks : int
        Published in each of three markets.
    seed : int
    """
    rng = np.random.default_rng(seed)
    breach = np.sort(rng.integers(marks // 20, marks - 1, liquidations))
    cascade = _Cascade(
        marks, breach, rng.lognormal(8, 1.5, liquidations), rng.integers(0, len(_MARKETS), liquidations), rng
    )
    scenario, moves, nothing = load_scenario("flash-crash"), cascade.moves(), pd.DataFrame()
    published = cascade.published(moves)
    events = {"mark": published, "breach": cascade.breaches(), "exposure": cascade.exposures(published)}
    venue = next(name for name, each in scenario.venues.items() if _MARKETS[0] in each.markets)
    accounts = pd.DataFrame({"venue": venue}, index=pd.Index(cascade.number, name="account"))
    return Result(scenario, seed, nothing, events, nothing, moves, nothing, nothing, accounts)
