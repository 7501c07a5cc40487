"""A crash in numbers: the shape of its fall, who sold, what was liquidated, and what happened to depth."""

from dataclasses import dataclass, fields
from math import inf, nan

import numpy as np
import pandas as pd

from cascade_sim.contagion.closings import closed_positions
from cascade_sim.results import Result
from cascade_sim.scenario.prices import Bars

__all__ = ["Event", "of_bars", "of_result"]

_BY_LIQUIDATORS = ("closer", "liquidator")  # closed in the book for a reward, or taken over


@dataclass(frozen=True)
class Event:
    """What one crash looked like in one market; nan where it can't be known.

    Attributes
    ----------
    fall : float
        Largest fall below the first price, as a share of it.
    minutes_to_low : float
    retraced_5, retraced_10, retraced_30 : float
        Share of the fall regained so many minutes after the low.
    taker_sell_share : float
        Of the volume up to the low.
    liquidated_share : float
        Liquidated notional over the open interest at the start.
    long_share, long_share_accounts : float
        Of the notional whose liquidation began, and of the accounts.
    worst_minute_share : float
        Of the liquidated notional, in the minute with most of it.
    bids_collapse, asks_collapse : float
        Depth within 5 % before the event over depth in the worst minute to that of the low (its median).
    minutes_to_adl : float
        From the start to the first auto-deleveraging; infinite without one.
    liquidators_share : float
        Of the liquidated notional, taken over or closed for a reward by liquidators.
    """

    fall: float
    minutes_to_low: float
    retraced_5: float = nan
    retraced_10: float = nan
    retraced_30: float = nan
    taker_sell_share: float = nan
    liquidated_share: float = nan
    long_share: float = nan
    long_share_accounts: float = nan
    worst_minute_share: float = nan
    bids_collapse: float = nan
    asks_collapse: float = nan
    minutes_to_adl: float = inf
    liquidators_share: float = nan

    @property
    def one_sidedness(self) -> float:
        """How many times more bids collapsed than asks."""
        return self.bids_collapse / self.asks_collapse

    def as_dict(self) -> dict[str, float]:
        """Every number by name."""
        return {item.name: getattr(self, item.name) for item in fields(self)} | {"one_sidedness": self.one_sidedness}


def _shape(minutes: np.ndarray, price: np.ndarray, low: np.ndarray, first: float) -> dict[str, float]:
    """Fall, time to the low, and what was regained after it."""
    k = int(np.argmin(low))
    fallen = first - low[k]
    numbers = {"fall": fallen / first, "minutes_to_low": float(minutes[k])}
    for after in (5, 10, 30):
        at = int(np.searchsorted(minutes, minutes[k] + after - 1e-9))
        regained = (price[at] - low[k]) / fallen if at < len(price) and fallen > 0 else nan
        numbers[f"retraced_{after}"] = float(regained)
    return numbers


def of_bars(bars: Bars) -> Event:
    """What the bars of a real hour show; of the first one only the close counts."""
    minutes = np.arange(len(bars.close)) * bars.seconds / 60.0
    low = np.append(bars.close[0], bars.low[1:])
    numbers = _shape(minutes, bars.close, low, float(bars.close[0]))
    if bars.volume is not None and bars.bought is not None:
        until = slice(1, int(np.argmin(low)) + 1)
        numbers["taker_sell_share"] = float(1.0 - bars.bought[until].sum() / bars.volume[until].sum())
    return Event(**numbers)


def _long_accounts(exposure: pd.DataFrame) -> float:
    """Share of longs among the accounts that were liquidated, each counted once a side."""
    sides = exposure.assign(long=exposure["size"] > 0).drop_duplicates(["account", "long"])
    return float(sides["long"].mean())


def _forced(result: Result, market: str, open_interest: float) -> dict[str, float]:
    """How much was liquidated, of whom, how suddenly, by whom."""
    closed = closed_positions(result)
    closed = closed[closed["market"] == market]
    whole = float(closed["notional"].sum())
    if whole == 0.0:
        return {"liquidated_share": 0.0}
    exposure = result.events["exposure"]
    exposure = exposure[exposure["market"] == market]
    value = exposure["size"].abs() * exposure["mark"]
    by_minute = closed["notional"].groupby(closed["time"] // 60).sum()
    numbers = {
        "liquidated_share": whole / open_interest if open_interest > 0 else nan,
        "long_share": float(value[exposure["size"] > 0].sum() / value.sum()),
        "long_share_accounts": _long_accounts(exposure),
        "worst_minute_share": float(by_minute.max() / whole),
        "liquidators_share": float(closed.loc[closed["way"].isin(_BY_LIQUIDATORS), "notional"].sum() / whole),
    }
    adl = result.events.get("adl")
    if adl is not None:
        numbers["minutes_to_adl"] = float(adl["time"].min() / 60.0)
    return numbers


def _collapse(series: pd.DataFrame, low: float, calm: float) -> dict[str, float]:
    """Depth within 5 % in the first minutes over that in the emptiest minute up to the low."""
    numbers = {}
    for side in ("bids", "asks"):
        depth = series[f"{side[:-1]}_depth_5pc"]
        usual = depth.loc[:calm].median()
        minutes = depth.loc[: low + 60.0].groupby(depth.loc[: low + 60.0].index // 60).median()
        numbers[f"{side}_collapse"] = float(usual / max(minutes.min(), usual / 1000.0)) if usual > 0 else nan
    return numbers


def of_result(result: Result, market: str, calm: float = 120.0) -> Event:
    """What a run shows in one market.

    Parameters
    ----------
    result : Result
    market : str
    calm : float
        Seconds after the start that count as before the event.
    """
    series = result.market(market)
    minutes = series.index.to_numpy() / 60.0
    mid = series["mid"].to_numpy()
    numbers = _shape(minutes, mid, mid, float(mid[0]))
    low = numbers["minutes_to_low"] * 60.0
    volume = series["volume"].loc[:low]
    sold = (series["taker_sell_share"].fillna(0.0) * series["volume"]).loc[:low].sum()
    numbers["taker_sell_share"] = float(sold / volume.sum()) if volume.sum() > 0 else nan
    numbers |= _collapse(series, low, calm)
    return Event(**numbers, **_forced(result, market, float(series["open_interest"].iloc[0])))
