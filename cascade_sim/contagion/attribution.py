"""What consumed the buffer of a liquidated account: exact shares, by cause.

Between an account's reference time and its breach its positions lost ``size * (mark then - mark now)``, and
paid funding. The mark's change is a sum over the moves of the book that are on record with who made them.
The reference time is the account's last own change of size or collateral, or the start of the venue's
current episode, whichever is later; an episode starts a minute before the first liquidation after a quiet
minute. Rebounds count negative; what no record explains is called unexplained, never news.

The parts grow in number as the square of the liquidations. So in a cascade of more than 1,000 only those of at least
a thousandth of a loss are named one by one, of more than 5,000 only those of so many times more; the others are pooled,
and no cascade has more than five million named parts a market.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.mark_path import MarkPath, Window, mark_paths

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["POOLED", "Losses", "attribute", "losses_of", "smallest_named"]

QUIET = 60.0  # seconds without a liquidation that end an episode, and the look back before the next
POOLED = -1  # source of what is pooled

_COLUMNS = ["liquidation", "account", "market", "source", "category", "amount"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def smallest_named(liquidations: int) -> float:
    """Share of a loss from which on what a liquidation's forced trades took is named, in a cascade of so many."""
    return 1e-3 * max(1.0, liquidations / 5_000) if liquidations > 1_000 else 0.0


def _episode_starts(breaches: pd.DataFrame, accounts: pd.DataFrame) -> Floats:
    """Start of the episode of each breach, in seconds, venue by venue."""
    starts = np.zeros(len(breaches))
    venues, _ = pd.factorize(accounts["venue"].loc[breaches["account"]])
    times = breaches["time"].to_numpy(float)
    for venue in range(venues.max() + 1):
        own = np.flatnonzero(venues == venue)
        begins = np.append(True, np.diff(times[own]) > QUIET)
        starts[own] = times[own][np.maximum.accumulate(np.where(begins, np.arange(len(own)), 0))] - QUIET
    return starts


@dataclass
class Losses:
    """What the positions of liquidated accounts lost between their references and their breaches.

    Attributes
    ----------
    number : ndarray of int64, shape (liquidations,)
        Of the liquidations, ascending.
    row, account : ndarray of int64, shape (positions,)
        Place of each position's liquidation in `number`, and whose it was.
    market : ndarray of str, shape (positions,)
    size, notional : ndarray of float64, shape (positions,)
        Units of the asset; USD at the mark of the breach.
    where : dict of str to (ndarray of int64, tuple)
        By market: which positions are in it, and the rows of the marks at their references and breaches.
    paths : dict of str to MarkPath
    price_loss, funding : ndarray of float64, shape (positions,)
        USD lost to the mark, and paid.
    """

    number: Whole
    row: Whole
    account: Whole
    market: NDArray[np.object_]
    size: Floats
    notional: Floats
    where: dict[str, tuple[Whole, Window]]
    paths: dict[str, MarkPath]
    price_loss: Floats
    funding: Floats

    @classmethod
    def of(cls, result: "Result") -> "Losses":
        """Losses of a run in which somebody was liquidated."""
        breaches, exposures = result.events["breach"], result.events["exposure"]
        paths, size = mark_paths(result), exposures["size"].to_numpy(float)
        liquidation = breaches["liquidation"].to_numpy(np.int64)
        row = np.searchsorted(liquidation, exposures["liquidation"].to_numpy(np.int64))
        begin = _episode_starts(breaches, result.accounts)[row]
        reference = breaches["reference"].to_numpy(np.int64)[row]
        number, time = exposures["mark_number"].to_numpy(np.int64), exposures["time"].to_numpy(float)
        where, lost, paid = {}, np.zeros(len(size)), np.zeros(len(size))
        for market, rows in exposures.groupby("market").indices.items():
            own, path = np.asarray(rows, np.int64), paths[str(market)]
            episode = np.searchsorted(path.time, begin[own], side="right") - 1
            was, now = np.maximum(path.place(reference[own]), np.maximum(episode, 0)), path.place(number[own])
            where[str(market)] = own, path.window_of(was, now)
            lost[own] = -size[own] * (path.mark[now] - path.mark[was])
            paid[own] = size[own] * _funding(result, str(market), path.time[was], time[own])
        return cls(
            number=liquidation,
            row=row,
            account=exposures["account"].to_numpy(np.int64),
            market=exposures["market"].to_numpy(object),
            size=size,
            notional=np.abs(size) * exposures["mark"].to_numpy(float),
            where=where,
            paths=paths,
            price_loss=lost,
            funding=paid,
        )

    @property
    def lost(self) -> Floats:
        """What each position lost and paid, USD."""
        return self.price_loss + self.funding

    def by_liquidation(self, amounts: Floats) -> Floats:
        """Sums of amounts of positions for every liquidation, shape (liquidations,)."""
        return np.bincount(self.row, amounts, len(self.number)).astype(float)

    def made_by(self, liquidations: NDArray[np.bool_]) -> Floats:
        """What the forced trades of some liquidations together took from each position, USD.

        Parameters
        ----------
        liquidations : ndarray of bool
            By number; the first, of nobody, is false.
        """
        made = np.zeros(len(self.size))
        for market, (own, where) in self.where.items():
            path = self.paths[market]
            made[own] = -self.size[own] * path.made_together(liquidations[path.sources.liquidation], where)
        return made

    @cached_property
    def parts(self) -> pd.DataFrame:
        """What each position lost and paid, by cause; see `attribute`."""
        least = smallest_named(len(self.number)) * np.abs(self.by_liquidation(self.lost))[self.row]
        parts = []
        for market, (own, where) in self.where.items():
            parts += _parts(self.paths[market], self.size[own], where, least[own], own, self.price_loss[own])
        everyone = np.arange(len(self.size))
        parts.append((everyone, np.zeros_like(everyone), np.full(len(everyone), "funding", object), self.funding))
        position, source, category, amount = (np.concatenate(columns) for columns in zip(*parts))
        there = amount != 0.0
        order = np.flatnonzero(there)[np.argsort(position[there], kind="stable")]
        position = position[order]
        columns = self.number[self.row[position]], self.account[position], self.market[position]
        return pd.DataFrame(dict(zip(_COLUMNS, (*columns, source[order], category[order], amount[order]), strict=True)))


_Part = tuple[Whole, Whole, NDArray[np.object_], Floats]  # position, source, category, amount


def _funding(result: "Result", market: str, start: Floats, end: Floats) -> Floats:
    """Funding that a unit of the asset paid between two times, USD."""
    funding = result.events.get("funding")
    if funding is None:
        return np.zeros(len(start))
    own = funding[funding["market"] == market]
    paid = np.append(0.0, own["per_unit"].to_numpy(float).cumsum())
    time = own["time"].to_numpy(float)
    between: Floats = paid[np.searchsorted(time, end, "right")] - paid[np.searchsorted(time, start, "right")]
    return between


def _parts(path: MarkPath, size: Floats, where: Window, least: Floats, own: Whole, lost: Floats) -> list[_Part]:
    """Parts of the losses in one market: of those who moved its price, what is pooled, the index, and the rest."""
    who, source, amount = path.made_by_sources(where, size, least)
    cause, category = path.sources.liquidation[source], path.sources.category[source]
    parts = [(own[who], cause, category, amount)]
    rest = [(0, "oracle", -size * path.made_by_index(where))]
    if least.any():
        together = -size * path.made_together(path.sources.liquidation > 0, where)
        rest.insert(0, (POOLED, "liquidations", together - np.bincount(who, amount * (cause > 0), len(size))))
    explained = np.bincount(who, amount, len(size)) + sum(amounts for _, _, amounts in rest)
    rest.append((0, "unexplained", lost - explained))
    for number, name, amounts in rest:
        parts.append((own, np.full(len(own), number), np.full(len(own), name, object), amounts))
    return parts


def losses_of(result: "Result") -> Losses | None:
    """Losses of the positions of all who were liquidated; none where nobody was who had one."""
    return Losses.of(result) if "breach" in result.events and "exposure" in result.events else None


def attribute(result: "Result", losses: Losses | None = None) -> pd.DataFrame:
    """Loss that every liquidated account suffered between its reference and its breach, by cause.

    Parameters
    ----------
    result : Result
    losses : Losses, optional
        `losses_of` the result, if they are at hand.

    Returns
    -------
    DataFrame
        Columns ``liquidation``, ``account``, ``market``, ``source`` (liquidation whose forced trades did it; 0: none;
        -1: many that are pooled), ``category`` and ``amount`` (USD; negative for a rebound). The amounts of one
        liquidation sum exactly to what its positions lost and paid. Parts that forced trades made and that are a
        smaller share of it than `smallest_named` are pooled, by position, in one row of category ``liquidations``.
    """
    losses = losses or losses_of(result)
    return losses.parts if losses else pd.DataFrame(columns=_COLUMNS)
