"""How moves of the book arrive in the mark: at once, or through the mean that the rule takes of them.

At each publication one component is the mark: the last trade, the mid, the index, or a mean of them. The change
between two marks is what their components changed, each by its own moves. Where the mark was one component then and
is another now, the one of them is taken that was the mark both times, as the two stood at one price at either end;
where none was, the mean of both is taken, and what they were apart stays unexplained.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.arrival import AT_ONCE, EXPONENTIAL, WINDOW, Arrivals, arrivals, losses, running_mean
from cascade_sim.contagion.refill import Moves, net_of_refill
from cascade_sim.contagion.sources import Sources, sources_of
from cascade_sim.market.mark_price import FAST_SECONDS, SLOW_SECONDS
from cascade_sim.scenario.venues import MarkPrice

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["MarkPath", "Window", "mark_paths"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_COMPONENTS = {  # by rule and part: what the component follows, how, and the memory of its mean in seconds
    ("last", 0): ("last", AT_ONCE, 0.0),
    ("mid", 0): ("mid", AT_ONCE, 0.0),
    ("median", 1): ("mid", WINDOW, 0.0),
    ("median", 2): ("last", AT_ONCE, 0.0),
    ("hyperliquid", 0): ("mid", EXPONENTIAL, SLOW_SECONDS),
    ("hyperliquid", 1): ("mid", AT_ONCE, 0.0),
    ("hyperliquid", 2): ("mid", EXPONENTIAL, FAST_SECONDS),
}
_PARTS = 3
_ROUNDING = 1e-8  # share of a mark by which it can miss its component: it is published in whole units per lot
_ROOM = 1 << 20  # rows filled at a time


class Window(NamedTuple):
    """Two marks each, and the components that explain how the mark got from one to the other.

    Attributes
    ----------
    was, now : ndarray of int64
        Rows of the marks.
    one, other : ndarray of int64
        Components; the mean of what they changed counts.
    """

    was: Whole
    now: Whole
    one: Whole
    other: Whole


@dataclass
class MarkPath:
    """Marks of one market in order, and the moves of mid and last trade that made them.

    Attributes
    ----------
    rule : str
        Of the mark price.
    window : int
        Samples in its mean.
    first : int
        Number of the first mark on record.
    age : float
        Seconds for which marks had been published when the first on record was.
    time, mark, index : ndarray of float64, shape (marks,)
    part : ndarray of int64, shape (marks,)
        Component that was the mark.
    sources : Sources
        Who moved prices.
    mid, last : Moves
        Net of rebounds.
    """

    rule: str
    window: int
    first: int
    age: float
    time: Floats
    mark: Floats
    index: Floats
    part: Whole
    sources: Sources
    mid: Moves
    last: Moves

    def place(self, number: Any) -> Whole:
        """Rows of marks, or of the first one on record for those that are older."""
        rows: Whole = np.clip(np.asarray(number, np.int64) - self.first, 0, len(self.mark) - 1)
        return rows

    def keep(self, memory: float) -> Floats:
        """Share of an exponential mean at each mark that is of the mean before.

        A sample enters with the seconds since the one before; before the first mark on record they are taken to
        have been as far apart as the first two on record.
        """
        seconds = np.diff(self.time, prepend=self.time[0])
        apart = float(seconds[1]) if len(seconds) > 1 else 0.0
        fades = np.exp(-seconds / memory)
        full = apart / -np.expm1(-apart / memory) if apart > 0 else memory
        weight = np.empty(len(seconds))
        weight[0] = -full * np.expm1(-self.age / memory)
        for k in range(1, len(seconds)):
            weight[k] = weight[k - 1] * fades[k] + seconds[k]
        return np.append(1.0, weight[:-1] * fades[1:] / np.maximum(weight[1:], 1e-300))

    @cached_property
    def _keeps(self) -> dict[float, Floats]:
        memories = {memory for (rule, _), (_, _, memory) in _COMPONENTS.items() if rule == self.rule and memory > 0}
        return {memory: self.keep(memory) for memory in memories}

    @cached_property
    def parts(self) -> tuple[Arrivals, ...]:
        """Moves of each of the components that the mark can be; none where it follows the index."""
        return tuple(self._arrivals(part) for part in range(_PARTS))

    def _arrivals(self, part: int) -> Arrivals:
        follows, how, memory = _COMPONENTS.get((self.rule, part), ("nothing", AT_ONCE, 0.0))
        nothing = Moves(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        moves = {"mid": self.mid, "last": self.last}.get(follows, nothing)
        return arrivals(moves, self.first, len(self.sources), how, self.window, self._keeps.get(memory))

    def made_by_sources(self, where: Window, size: Floats, least: Floats) -> tuple[Whole, Whole, Floats]:
        """What each source took from positions between two marks.

        Parameters
        ----------
        where : Window
            One a position.
        size : ndarray of float64, shape (positions,)
            Units of the asset.
        least : ndarray of float64, shape (positions,)
            Smallest amounts of liquidations that are wanted, USD.

        Returns
        -------
        position, source : ndarray of int64
        amount : ndarray of float64
            USD, negative for a gain; none is zero. By position, then by source unless some amounts are not wanted.
        """
        order = np.flatnonzero(self._reach > 0)
        if least.any():
            order = order[np.argsort(-self._reach[order], kind="stable")]
        room = max(_ROOM, len(order))
        found = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        done, pieces = 0, []
        while done < len(size):
            done, rows = losses(self.parts, (*where, size, least), order, self._reach, done, found)
            pieces.append([column[:rows].copy() for column in found])
        who, source, amount = (np.concatenate(columns) for columns in zip(*pieces)) if pieces else found
        return who, source, amount

    @cached_property
    def _reach(self) -> Floats:
        """Most that each liquidation can have moved any component, USD; infinite for others who moved one."""
        by = [np.bincount(moves.source, np.abs(moves.size), len(self.sources)) for moves in (self.mid, self.last)]
        reach: Floats = np.maximum(*by)
        return np.where((self.sources.liquidation == 0) & (reach > 0), np.inf, reach)

    def window_of(self, was: Whole, now: Whole) -> Window:
        """Windows from rows `was` to rows `now`, each with the components that explain its change."""
        change, then, last = self.mark[now] - self.mark[was], self.part[was], self.part[now]
        fits = [
            np.abs(change - self._between(self._by_all, Window(was, now, part, part))) <= _ROUNDING * self.mark[now]
            for part in (then, last)
        ]
        return Window(was, now, np.where(fits[0] & ~fits[1], then, last), np.where(fits[1], last, then))

    @cached_property
    def _by_all(self) -> Floats:
        """What all moves and the index have made of each component at every mark."""
        everyone = np.ones(len(self.sources), np.bool_)
        return self._made_of(everyone) + np.stack(self._index_parts)

    def _between(self, made: Floats, where: Window) -> Floats:
        """Mean change of two components."""
        changes = [made[part, where.now] - made[part, where.was] for part in (where.one, where.other)]
        mean: Floats = (changes[0] + changes[1]) / 2
        return mean

    def made_together(self, chosen: NDArray[np.bool_], where: Window) -> Floats:
        """Part of the mark's change between two rows that some sources made together, USD.

        Parameters
        ----------
        chosen : ndarray of bool, shape (sources,)
        where : Window
        """
        return self._between(self._made_of(chosen), where)

    def _made_of(self, chosen: NDArray[np.bool_]) -> Floats:
        """What some sources have made of each component at every mark, USD."""
        sums = {}
        for name, moves in (("mid", self.mid), ("last", self.last)):
            own = chosen[moves.source]
            sums[name] = np.bincount(moves.number[own] - self.first, moves.size[own], len(self.mark)).cumsum()
        return np.stack([self._arrived(part, sums) for part in range(_PARTS)])

    def _arrived(self, part: int, sums: dict[str, Floats]) -> Floats:
        """What a sum of moves has made of a component at every mark."""
        if (self.rule, part) not in _COMPONENTS:
            return np.zeros(len(self.mark))
        follows, how, memory = _COMPONENTS[self.rule, part]
        moved = sums[follows]
        if how == AT_ONCE:
            return moved
        if how == EXPONENTIAL:
            return running_mean(moved, self._keeps[memory])
        whole = np.append(np.zeros(self.window), moved.cumsum())
        samples = np.clip(self.first + np.arange(len(moved)), 1, self.window)
        mean: Floats = (whole[self.window :] - whole[: -self.window]) / samples
        return mean

    def made_by_index(self, where: Window) -> Floats:
        """Part of the mark's change between two rows that the index made, USD."""
        return self._between(np.stack(self._index_parts), where)

    @cached_property
    def _index_parts(self) -> list[Floats]:
        """What the index adds to each component: itself, or how far it is above its own mean in the basis."""
        none = np.zeros(len(self.mark))
        if self.rule == "index":
            return [self.index] * _PARTS
        if self.rule == "median":
            mean = pd.Series(self.index).rolling(self.window, min_periods=1).mean().to_numpy()
            return [self.index, self.index - mean, none]
        if self.rule == "hyperliquid":
            return [self.index - running_mean(self.index, self._keeps[SLOW_SECONDS]), none, none]
        return [none] * _PARTS


def mark_paths(result: "Result") -> dict[str, MarkPath]:
    """Paths of all perpetual markets that published marks."""
    marks = result.events.get("mark")
    if marks is None:
        return {}
    sources, source = sources_of(result.moves)
    moves = _columns(result.moves, ("time", "mark_number", "mid_move", "last_move")) | {"source": source}
    published = _columns(marks, ("time", "number", "mark", "index", "part"))
    rows_of_marks, rows_of_moves = marks.groupby("market").indices, result.moves.groupby("market").indices
    paths = {}
    for venue in result.scenario.venues.values():
        for name, market in venue.markets.items():
            if market.kind == "perpetual" and name in rows_of_marks:
                own = {key: column[rows_of_marks[name]] for key, column in published.items()}
                made = {key: column[rows_of_moves.get(name, [])] for key, column in moves.items()}
                paths[name] = _path(own, made, venue.rules.mark, sources, result.scenario.burn_in)
    return paths


def _columns(frame: pd.DataFrame, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    return {name: frame[name].to_numpy() for name in names}


def _path(
    marks: dict[str, NDArray[Any]], moves: dict[str, NDArray[Any]], rule: MarkPrice, sources: Sources, burn_in: float
) -> MarkPath:
    """Columns of one market as a path; refilled quotes are booked against the trades before."""
    follows = {follows for (name, _), (follows, _, _) in _COMPONENTS.items() if name == rule.rule}
    net = {}
    for name in ("mid", "last"):
        there = np.flatnonzero(moves[f"{name}_move"] if name in follows else ())
        made = Moves(moves["mark_number"].astype(np.int64)[there], moves["source"][there], moves[f"{name}_move"][there])
        net[name] = net_of_refill(moves["time"][there], made, sources.is_quote[made.source], by_quotes=name == "mid")
    return MarkPath(
        rule=rule.rule,
        window=rule.window,
        first=int(marks["number"][0]),
        age=burn_in + float(marks["time"][0]),
        time=marks["time"],
        mark=marks["mark"],
        index=marks["index"],
        part=marks["part"].astype(np.int64),
        sources=sources,
        mid=net["mid"],
        last=net["last"],
    )
