"""The noise floor: what it changes that one order, which harmed nobody, was not sent.

A market in which everybody answers everybody is sensitive: any change, however small, makes later events fall
differently. What a placebo does to an outcome is therefore the least that an intervention must do to it to be seen.
How sensitive a market is changes within minutes, so a placebo is best sent at the time of what it is held against.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.intervention import Intervention
from cascade_sim.results import Result

__all__ = ["NEAREST", "floor_of", "floors_near", "harmless_orders", "noise_floor", "orders_beside"]

LEVEL = 0.95  # of placebos that stay at or below the floor
NEAREST = 19  # of so many and one more each is equally likely to be the largest: one in twenty


def harmless_orders(
    result: Result, count: int, after: float = 0.0, before: float | None = None, seed: int = 0
) -> list[Intervention]:
    """Interventions that suppress one small order each of a trader who is never liquidated.

    Parameters
    ----------
    result : Result
    count : int
        How many, drawn without replacement; fewer where there are not as many.
    after, before : float, optional
        Seconds between which they lie; default, from the start to the first liquidation, or the end without one.
    seed : int
        Of the choice.
    """
    breaches = result.events.get("breach")
    if before is None:
        before = float(breaches["time"].min()) if breaches is not None else np.inf
    orders = _harmless(result, after, before)
    chosen = orders.sample(min(count, len(orders)), random_state=seed)
    return _suppressed(result, chosen)


def _harmless(result: Result, after: float, before: float) -> pd.DataFrame:
    """Taker and time of small orders of traders who are never liquidated."""
    trades, accounts = result.trades, result.accounts
    safe = accounts.index[(accounts["liquidations"] == 0) & (accounts["role"] == "trader")]
    paid = trades["price"] * trades["size"].abs()
    own = trades["taker"].isin(safe) & (trades["origin"] == "trader") & trades["time"].between(after, before)
    small = own & (paid <= paid[own].median())
    return trades.loc[small, ["taker", "time"]].drop_duplicates()


def _suppressed(result: Result, orders: pd.DataFrame) -> list[Intervention]:
    times = ((orders["time"] + result.scenario.burn_in) * 1e6).round().astype(np.int64)
    return [Intervention(orders=(pair,)) for pair in zip(orders["taker"].tolist(), times.tolist(), strict=True)]


def orders_beside(result: Result, times: Sequence[float], each: int, within: float = 30.0) -> list[list[Intervention]]:
    """Interventions that suppress a harmless order each, soon after given times.

    Parameters
    ----------
    result : Result
    times : sequence of float
        Seconds, in order.
    each : int
        How many for each time: the next ones that are no other time's; fewer where there are not as many.
    within : float
        Seconds after the time.
    """
    orders = _harmless(result, times[0], times[-1] + within).sort_values("time", kind="stable")
    at = orders["time"].to_numpy()
    found, first = [], 0
    for time in times:
        first = max(first, int(np.searchsorted(at, time)))
        last = min(first + each, int(np.searchsorted(at, time + within, side="right")))
        found.append(_suppressed(result, orders.iloc[first:last]))
        first = max(first, last)
    return found


def floors_near(times: npt.ArrayLike, placebo_times: npt.ArrayLike, changes: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Size that one more placebo of the same time would exceed in at most one of twenty cases, for every time.

    Parameters
    ----------
    times : array_like of float, shape (n,)
    placebo_times, changes : array_like of float, shape (placebos,)
        When they were, and what they did. The `NEAREST` in time count.

    Returns
    -------
    ndarray of float64, shape (n,)
        nan where there is no placebo.
    """
    at, sizes = np.asarray(placebo_times, float), np.asarray(changes, float)
    near = (np.argsort(np.abs(at - time), kind="stable")[:NEAREST] for time in np.asarray(times, float))
    return np.array([floor_of(sizes[rows]) for rows in near])


def floor_of(changes: npt.ArrayLike) -> float:
    """Size that one more placebo would exceed in at most one of twenty cases, by the sizes of some; nan without any.

    Of n placebos and one more each is equally likely to be the largest, so the floor is the ``ceil(0.95 (n + 1))``-th
    smallest size. With fewer than 19 it is the largest, which one more exceeds in one of n + 1 cases.

    Source: Davison and Hinkley (1997), "Bootstrap methods and their application", chapter 4 (Monte Carlo tests). The
    sample's own quantile is too low: one more placebo exceeds that of twenty in two of 21 cases.

    Parameters
    ----------
    changes : array_like of float, shape (placebos,)
    """
    sizes = np.sort(np.abs(np.asarray(changes, float)))
    rank = min(math.ceil(LEVEL * (len(sizes) + 1) - 1e-9), len(sizes))
    return float(sizes[rank - 1]) if rank else math.nan


def noise_floor(base: pd.Series, placebos: pd.DataFrame) -> pd.Series:
    """Change of every outcome that one more placebo would exceed in at most one of twenty cases.

    Parameters
    ----------
    base : Series
        Outcomes of the run.
    placebos : DataFrame
        Outcomes of the runs with one harmless order suppressed, a row each.
    """
    floor: pd.Series = (placebos[base.index] - base).apply(floor_of)
    return floor
