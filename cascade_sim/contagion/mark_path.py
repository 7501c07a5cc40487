"""How moves of the book arrive in the mark: at once, or through the mean that the rule takes of them.

At each publication one component is the mark: the last trade, the mid, the index, or a mean of them. The change
between two marks is what their components changed, each by its own moves; where the mark was one component then
and is another now, the mean of both is taken, and what the components were apart stays unexplained.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.refill import net_of_refill
from cascade_sim.scenario.venues import MarkPrice

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["CATEGORIES", "MarkPath", "mark_paths"]

_SLOW, _FAST = 150.0, 30.0
_COMPONENTS = {  # by rule and part: what the component follows, and how
    ("last", 0): ("last", "at once"),
    ("mid", 0): ("mid", "at once"),
    ("median", 1): ("mid", "window"),
    ("median", 2): ("last", "at once"),
    ("hyperliquid", 0): ("mid", "slow"),
    ("hyperliquid", 1): ("mid", "at once"),
    ("hyperliquid", 2): ("mid", "fast"),
}
CATEGORIES = {
    "maker": "quotes",
    "trader": "trading",
    "investor": "trading",
    "arbitrageur": "arbitrage",
    "hunter": "hunters",
    "liquidator": "liquidators",
    "fund": "insurance fund",
    "custom": "custom agents",
    "forced": "liquidations",
}

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass
class MarkPath:
    """Marks of one market in order, and the moves of mid and last trade that made them.

    Attributes
    ----------
    rule, window
        Of the mark price.
    first : int
        Number of the first mark.
    time, mark, index : ndarray of float64, shape (marks,)
    part : ndarray of int64, shape (marks,)
        Component that was the mark.
    moves : DataFrame
        ``time``, ``number`` (of the mark a move first counts in), ``cause``, ``category``, ``mid_move``, ``last_move``.
    """

    rule: str
    window: int
    first: int
    time: Floats
    mark: Floats
    index: Floats
    part: Whole
    moves: pd.DataFrame

    def place(self, number: int) -> int:
        """Row of a mark, or of the first one on record if it is older."""
        return min(max(number - self.first, 0), len(self.mark) - 1)

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        """Columns of the moves."""
        return {name: self.moves[name].to_numpy(float) for name in ("time", "number", "mid_move", "last_move")}

    @cached_property
    def sources(self) -> tuple[Whole, list[tuple[int, str]]]:
        """Who made each move, as places in a list of (cause, category)."""
        groups: Any = self.moves.groupby(["cause", "category"])
        return groups.ngroup().to_numpy(np.int64), [(int(cause), str(category)) for cause, category in groups.groups]

    def _arrived(self, how: str, row: int) -> Floats:
        """Share of each move that has arrived in a component at a row."""
        number = self._columns["number"]
        now = self.first + row
        if how == "window":
            return np.clip((now - number + 1) / self.window, 0.0, 1.0)
        there = number <= now
        if how == "at once":
            return there.astype(float)
        age = np.maximum(self.time[row] - self._columns["time"], 0.0)
        return np.where(there, -np.expm1(-age / (_SLOW if how == "slow" else _FAST)), 0.0)

    def _by_moves(self, part: int, was: int, is_: int) -> Floats:
        """Change of one component between two rows that each move made."""
        if (self.rule, part) not in _COMPONENTS:
            return np.zeros(len(self.moves))
        follows, how = _COMPONENTS[self.rule, part]
        return (self._arrived(how, is_) - self._arrived(how, was)) * self._columns[f"{follows}_move"]

    def made_by_moves(self, was: int, is_: int) -> Floats:
        """Part of the mark's change between two rows that each move made, USD."""
        then, now = int(self.part[was]), int(self.part[is_])
        made = self._by_moves(now, was, is_)
        return made if then == now else (made + self._by_moves(then, was, is_)) / 2

    @cached_property
    def _behind(self) -> Floats:
        """How far the index is above its own mean in the basis: what it adds to a component of mean basis."""
        if self.rule == "median":
            own_mean: Floats = pd.Series(self.index).rolling(self.window, min_periods=1).mean().to_numpy()
            return self.index - own_mean
        keep = np.exp(-np.append(1.0, np.diff(self.time)) / _SLOW)
        mean, weight, behind = 0.0, 0.0, np.empty(len(self.index))
        for k, price in enumerate(self.index):
            mean, weight = mean * keep[k] + price * (1 - keep[k]), weight * keep[k] + 1 - keep[k]
            behind[k] = price - mean / weight
        return behind

    def _by_index(self, part: int, was: int, is_: int) -> float:
        """Change of one component between two rows that the index made."""
        if self.rule == "index" or (self.rule == "median" and part == 0):
            return float(self.index[is_] - self.index[was])
        if (self.rule, part) in (("median", 1), ("hyperliquid", 0)):
            return float(self._behind[is_] - self._behind[was])
        return 0.0

    def made_by_index(self, was: int, is_: int) -> float:
        """Part of the mark's change between two rows that the index made, USD."""
        then, now = int(self.part[was]), int(self.part[is_])
        return (self._by_index(then, was, is_) + self._by_index(now, was, is_)) / 2


def mark_paths(result: "Result") -> dict[str, MarkPath]:
    """Paths of all perpetual markets that published marks."""
    paths = {}
    for venue in result.scenario.venues.values():
        for name, market in venue.markets.items():
            marks = result.events["mark"]
            marks = marks[marks["market"] == name]
            if market.kind == "perpetual" and len(marks):
                paths[name] = _path(marks, result.moves[result.moves["market"] == name], venue.rules.mark)
    return paths


def _path(marks: pd.DataFrame, moves: pd.DataFrame, rule: MarkPrice) -> MarkPath:
    """Columns of the frames as a path; refilled quotes are booked against the trades before."""
    made = pd.DataFrame(
        {
            "time": moves["time"],
            "number": moves["mark_number"],
            "cause": moves["cause"],
            "category": moves["origin"].map(CATEGORIES).fillna("unexplained"),
            "mid_move": moves["mid_move"],
            "last_move": moves["last_move"],
        }
    )
    return MarkPath(
        rule=rule.rule,
        window=rule.window,
        first=int(marks["number"].iloc[0]),
        time=marks["time"].to_numpy(float),
        mark=marks["mark"].to_numpy(float),
        index=marks["index"].to_numpy(float),
        part=marks["part"].to_numpy(np.int64),
        moves=net_of_refill(made),
    )
