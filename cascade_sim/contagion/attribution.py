"""What consumed the buffer of a liquidated account: exact shares, by cause.

Between an account's reference time and its breach its positions lost ``size * (mark then - mark now)``, and
paid funding. The mark's change is a sum over the moves of the book that are on record with who made them.
The reference time is the account's last own change of size or collateral, or the start of the venue's
current episode, whichever is later; an episode starts a minute before the first liquidation after a quiet
minute. Rebounds count negative; what no record explains is called unexplained, never news.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.mark_path import MarkPath, mark_paths

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["attribute"]

QUIET = 60.0  # seconds without a liquidation that end an episode, and the look back before the next
_COLUMNS = ["liquidation", "account", "market", "source", "category", "amount"]


def _episode_starts(breaches: pd.DataFrame, venue_of: dict[Any, str]) -> NDArray[np.float64]:
    """Start of the episode of each breach, in seconds, venue by venue."""
    starts = np.zeros(len(breaches))
    venues = breaches["account"].map(venue_of).to_numpy(object)
    times = breaches["time"].to_numpy(float)
    for venue in set(venues):
        own = np.flatnonzero(venues == venue)
        begins = np.append(True, np.diff(times[own]) > QUIET)
        starts[own] = times[own][np.maximum.accumulate(np.where(begins, np.arange(len(own)), 0))] - QUIET
    return starts


def _losses(path: MarkPath, size: float, was: int, is_: int) -> Iterator[tuple[int, str, float]]:
    """Loss of a position between two marks by cause: (liquidation or 0, category, USD)."""
    made = -size * path.made_by_moves(was, is_)
    explained = 0.0
    counts = np.flatnonzero(made)
    who, sources = path.sources
    sums = np.bincount(who[counts], made[counts], len(sources))
    for k in np.unique(who[counts]):
        if sums[k] != 0.0:
            amount = float(sums[k])
            explained += amount
            yield *sources[k], amount
    oracle = -size * path.made_by_index(was, is_)
    if oracle != 0.0:
        explained += oracle
        yield 0, "oracle", oracle
    whole = -size * float(path.mark[is_] - path.mark[was])
    if whole != explained:
        yield 0, "unexplained", whole - explained


def _funding(funding: pd.DataFrame, market: str, size: float, start: float, end: float) -> float:
    """Funding a position paid between two times, USD."""
    own = (funding["market"] == market) & (funding["time"] > start) & (funding["time"] <= end)
    return float(size * funding.loc[own, "per_unit"].sum())


def attribute(result: "Result") -> pd.DataFrame:
    """Loss that every liquidated account suffered between its reference and its breach, by cause.

    Parameters
    ----------
    result : Result

    Returns
    -------
    DataFrame
        Columns ``liquidation``, ``account``, ``market``, ``source`` (liquidation whose forced trades did it; 0:
        none), ``category`` and ``amount`` (USD; negative for a rebound). The amounts of one liquidation sum exactly
        to what its positions lost.
    """
    breaches, exposures = result.events.get("breach"), result.events.get("exposure")
    if breaches is None or exposures is None:
        return pd.DataFrame(columns=_COLUMNS)
    paths = mark_paths(result)
    starts = _episode_starts(breaches, result.accounts["venue"].to_dict())
    of_liquidation = dict(zip(breaches["liquidation"], zip(starts, breaches["reference"], strict=True), strict=True))
    funding = result.events.get("funding", pd.DataFrame(columns=["time", "market", "per_unit"]))
    rows: list[tuple[int, int, str, int, str, float]] = []
    item: Any
    for item in exposures.itertuples():
        path = paths[item.market]
        start, reference = of_liquidation[item.liquidation]
        was = max(path.place(int(reference)), int(np.searchsorted(path.time, start, side="right")) - 1, 0)
        is_ = path.place(int(item.mark_number))
        who = (item.liquidation, item.account, item.market)
        rows.extend((*who, *loss) for loss in _losses(path, item.size, was, is_))
        paid = _funding(funding, item.market, item.size, path.time[was], item.time)
        if paid != 0.0:
            rows.append((*who, 0, "funding", paid))
    return pd.DataFrame(rows, columns=_COLUMNS)
