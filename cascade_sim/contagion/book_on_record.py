"""What stood in the books at a time of a finished run, and how far an order would have moved a price.

Depth is what samples and depth profiles have on record: the last ones at or before the time.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.market.constants import PROFILE_BINS, PROFILE_STEP

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["BookSide", "book_side", "book_time", "market_depth"]

Floats = NDArray[np.float64]
_REACHES = {0.001: "10bp", 0.01: "1pc", 0.05: "5pc"}


def market_depth(result: "Result", time: float, markets: list[str], within: float = 0.05) -> Floats:
    """Market depth: USD that move a price by a whole unit of itself, if the book is as deep all along.

    Parameters
    ----------
    result : Result
    time : float
        Seconds.
    markets : list of str
    within : float
        0.001, 0.01 or 0.05: distance from the mid that is looked at.

    Returns
    -------
    ndarray of float64, shape (markets,)
        Mean of bids and asks within the distance, over the distance.

    Raises
    ------
    ValueError
        If there is no such distance on record, or nothing stood within it.
    """
    if within not in _REACHES:
        raise ValueError(f"depth is on record within {', '.join(map(str, _REACHES))} of the mid, not {within}")
    series = result.series[result.series["time"] <= max(time, 0.0)]
    last = series.groupby("market").last().loc[markets]
    depth = (last[f"bid_depth_{_REACHES[within]}"] + last[f"ask_depth_{_REACHES[within]}"]) / 2
    empty = depth.index[depth <= 0]
    if len(empty):
        raise ValueError(f"{empty[0]}: nothing stood within {within:g} of the mid {time:g} s after the start")
    return (depth / within).to_numpy(float)


@dataclass(frozen=True)
class BookSide:
    """Bids or asks of a market: USD in each band of distance, from the mid outwards.

    Attributes
    ----------
    depth : ndarray of float64, shape (PROFILE_BINS,)
        Bands are 20 bp wide and reach 5 % out.
    """

    depth: Floats

    def impact(self, notional: Floats) -> Floats:
        """Relative distance from the mid that orders trade through to, each alone in this book.

        Parameters
        ----------
        notional : ndarray of float64
            Unsigned, USD.

        Returns
        -------
        ndarray of float64
            Evenly through each band; beyond what is on record the book is taken to go on at its mean depth; at most 1,
            and 1 where nothing stands at all.
        """
        below, edges = np.append(0.0, np.cumsum(self.depth)), PROFILE_STEP * np.arange(PROFILE_BINS + 1)
        if below[-1] <= 0.0:
            return np.where(notional > 0, 1.0, 0.0)
        beyond = edges[-1] * notional / below[-1]
        distance: Floats = np.where(notional > below[-1], beyond, np.interp(notional, below, edges))
        return np.minimum(distance, 1.0)


def book_time(result: "Result", time: float) -> float:
    """Time (s) of the profile that stands for a time: the last one by then, else the first; nan if there is none."""
    times = result.depth_profile["time"].unique()
    return float(times[max(int(np.searchsorted(times, time, side="right")) - 1, 0)]) if len(times) else np.nan


def book_side(result: "Result", time: float, market: str, side: str) -> BookSide:
    """Bids or asks of a market from the profile that stands for a time.

    Parameters
    ----------
    result : Result
    time : float
        Seconds.
    market : str
    side : {"bids", "asks"}
    """
    profiles, at = result.depth_profile, book_time(result, time)
    rows: pd.DataFrame = profiles[(profiles["time"] == at) & (profiles["market"] == market)]
    rows = rows[(rows["distance"] > 0) == (side == "asks")]
    place = (rows["distance"].abs() / PROFILE_STEP).to_numpy(float).astype(np.int64)
    depth = np.zeros(PROFILE_BINS)
    np.add.at(depth, place, rows["depth"].to_numpy(float))
    return BookSide(depth)
