"""A run at one moment, as its pictures need it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Liquidations", "Snapshot"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Claims = NDArray[np.bool_]


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True)
class Liquidations:
    """Who was liquidated so far, and by whose forced trades.

    Attributes
    ----------
    time : ndarray of float64, shape (n,)
        Seconds.
    generation : ndarray of int64, shape (n,)
        0 if it would have come without anybody's forced trades.
    notional : ndarray of float64, shape (n,)
        USD of all positions at the breach.
    is_long : ndarray of bool, shape (n,)
    parent : ndarray of int64, shape (n,)
        Place in these arrays of the one that cost it most; -1 if no other one did.
    """

    time: Floats = field(default_factory=_none)
    generation: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    notional: Floats = field(default_factory=_none)
    is_long: Claims = field(default_factory=lambda: np.zeros(0, bool))
    parent: Whole = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment, seen from one of its markets.

    Attributes
    ----------
    market : str
    duration : float
        Seconds of the whole run.
    news : tuple of (float, float)
        When news arrives: first and last second of each.
    time, mid, mark, fundamental : ndarray of float64, shape (samples,)
        Seconds; USD.
    edges : ndarray of float64, shape (bands + 1,)
        Prices between the bands of the liquidation map, USD.
    longs, shorts : ndarray of float64, shape (bands,)
        USD of positions liquidated when the mark reaches the band.
    distance, depth : ndarray of float64, shape (n,)
        Distance of a band of the book from the mid, as a share, negative for bids; USD that stands in it.
    left : ndarray of float64, shape (traders,)
        Equity now over equity at the start.
    was_liquidated : ndarray of bool, shape (traders,)
    liquidations : Liquidations
    liquidated, bad_debt, fund : float
        USD: closed by force so far; unpaid losses so far; what the insurance fund has now.
    branching : float
        Notional of longs liquidated within the next 0.5 % down, over the bids there; nan if not measured yet.
    """

    market: str
    duration: float
    news: tuple[tuple[float, float], ...]
    time: Floats
    mid: Floats
    mark: Floats
    fundamental: Floats
    edges: Floats
    longs: Floats
    shorts: Floats
    distance: Floats
    depth: Floats
    left: Floats
    was_liquidated: Claims
    liquidations: Liquidations
    liquidated: float
    bad_debt: float
    fund: float
    branching: float

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return float(self.time[-1])

    @property
    def fall(self) -> float:
        """Largest fall of the price so far, as a share."""
        return float(max(1 - self.mid.min() / self.mid[0], 0.0))
