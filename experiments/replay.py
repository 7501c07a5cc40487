"""Replays of a real hour, scored: once with its whole move as news, once with the part that is news.

Imposed, the fall and the rebound are inputs; what counts is what was not fed in: who was liquidated, how
suddenly, what happened to depth. With a part as news, the fall itself is an outcome. The part is fitted on
another event. Other settings of the shipped scenario are not independent of October 2025: the crowd's leverage is
fitted on who was liquidated that day, and makers were set by hand with its replay in view.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cascade_sim.experiments.event import Event, of_bars, of_result
from cascade_sim.experiments.runs import Measures, measure_runs
from cascade_sim.experiments.statistics.intervals import range_of_runs
from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.prices import Bars, read_bars
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Target", "bars_of", "fit_news_share", "followed_market", "score", "score_both", "targets_of", "with_share"]


@dataclass(frozen=True)
class Target:
    """What a quantity was in the real event.

    Attributes
    ----------
    quantity : str
        Attribute of an Event.
    label : str
    low, high : float
        Band; equal for a single observation.
    source : str
    """

    quantity: str
    label: str
    low: float
    high: float
    source: str

    def verdict(self, median: float, low: float, high: float) -> str:
        """How the median and the range of nine runs in ten lie to it.

        A single observation is one draw, and should be among the runs; a band says where the true value lies, and
        should hold the median. "edge": band and range meet, but the median lies outside.
        """
        if self.low == self.high:
            return "yes" if low <= self.low <= high else "no"
        if self.low <= median <= self.high:
            return "yes"
        return "edge" if low <= self.high and high >= self.low else "no"


OCTOBER_2025 = (
    Target("liquidated_share", "liquidated / open interest", 0.088, 0.43, "19.1 of 217 bn reported; OI fell 43 %"),
    Target("long_share", "longs, of notional", 0.84, 0.91, "a day, all coins: Amberdata 83.9 %, Coinglass 91 %"),
    Target("long_share_accounts", "longs, of accounts", 0.932, 0.932, "Hyperliquid BTC: 1,468 longs, 107 shorts"),
    Target("worst_minute_share", "worst minute of liquidation", 0.17, 0.32, "3.21 bn of 19.1 or of 9.89 bn"),
    Target("one_sidedness", "bids collapse / asks collapse", 4.0, np.inf, "exchange depth 20x to 4.7x at 21:20"),
    Target("bids_collapse", "bids within 5 %, calm / low", 20.0, 244.0, "733 M to 36 M at 21:20, 3 M at 21:24"),
    Target("asks_collapse", "asks within 5 %, calm / low", 2.8, 7.0, "500 M to 174 M at 21:20, 107 M at worst"),
    Target("minutes_to_adl", "minutes to the first ADL", 25.1, 25.1, "Hyperliquid, 21:16:05"),
)
_SHAPE = {
    "fall": "fall",
    "minutes_to_low": "minutes to low",
    "retraced_5": "regained 5 min after",
    "retraced_10": "regained 10 min after",
    "retraced_30": "regained 30 min after",
}


def followed_market(scenario: Scenario) -> str:
    """First perpetual on the asset that a price file would move."""
    asset = scenario.followed or next(iter(scenario.assets))
    for name, (_, market) in scenario.markets.items():
        if market.kind == "perpetual" and market.asset == asset:
            return name
    raise ValueError(f"scenario {scenario.name}: no perpetual on {asset}, so nothing to score a replay by")


def with_share(scenario: Scenario, share: float) -> Scenario:
    """The same replay with another part of the file's move as news."""
    assert scenario.prices is not None
    return scenario.model_copy(update={"prices": scenario.prices.model_copy(update={"news_share": share})})


def bars_of(scenario: Scenario) -> Bars:
    """Bars that a scenario follows."""
    assert scenario.prices is not None
    return read_bars(scenario.prices.file, scenario.prices.start, scenario.prices.end)


def targets_of(bars: Bars, imposed: bool) -> list[Target]:
    """What a replay of bars is scored on: their shape where that was not imposed, and what is known of the event."""
    real = of_bars(bars)
    shape = [] if imposed else [_observed(real, name, label) for name, label in _SHAPE.items()]
    shape = [target for target in shape if np.isfinite(target.low)]
    if np.isfinite(real.taker_sell_share):
        shape.append(_observed(real, "taker_sell_share", "takers' sales up to the low"))
    day = datetime.fromtimestamp(bars.start, UTC).date()
    return [*shape, *(OCTOBER_2025 if day == date(2025, 10, 10) else ())]


def _observed(real: Event, name: str, label: str) -> Target:
    value = float(getattr(real, name))
    # A bar tells in which minute the low was, not when in it.
    low = value - 1.0 if name == "minutes_to_low" else value
    return Target(name, label, low, value, "the price file")


def _measure(market: str, result: Result) -> Measures:
    return of_result(result, market).as_dict()


def score(
    scenario: Scenario,
    targets: list[Target],
    seeds: range,
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "replay",
) -> pd.DataFrame:
    """Replay with many seeds and hold the outcome against what was seen.

    Returns
    -------
    DataFrame
        Indexed by quantity: ``label``, ``real_low``, ``real_high``, ``median``, ``low``, ``high``, ``met`` (see
        `Target.verdict`), ``source``.
    """
    measured = measure_runs(
        scenario, seeds, partial(_measure, followed_market(scenario)), workers=workers, progress=progress, label=label
    )
    rows = {}
    for target in targets:
        middle, low, high = range_of_runs(measured[target.quantity])
        met = target.verdict(middle, low, high)
        rows[target.quantity] = (target.label, target.low, target.high, middle, low, high, met, target.source)
    columns = ["label", "real_low", "real_high", "median", "low", "high", "met", "source"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def score_both(
    scenario: Scenario, seeds: range, workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Scores of a replay imposed and, where the scenario has a fitted share, with that part as news.

    Returns
    -------
    DataFrame
        As `score` gives, with columns ``quantity``, ``replay`` and ``news_share`` in front.
    """
    assert scenario.prices is not None
    shares = {"imposed": 1.0}
    if scenario.fitted_news_share is not None:
        shares["part as news"] = scenario.fitted_news_share
    parts = []
    for name, share in shares.items():
        targets = targets_of(bars_of(scenario), imposed=name == "imposed")
        frame = score(with_share(scenario, share), targets, seeds, workers, progress, f"replay, {name}")
        frame.insert(0, "replay", name)
        frame.insert(1, "news_share", share)
        parts.append(frame.rename_axis("quantity").reset_index())
    return pd.concat(parts, ignore_index=True)


def fit_news_share(
    source: str, file: str | Path, seeds: range, workers: int | None = None, tolerance: float = 0.01
) -> tuple[float, pd.DataFrame]:
    """Part of a file's move that, taken as news, makes the mean simulated fall the real one.

    Bisection on common seeds; the fall grows with the share.

    Parameters
    ----------
    source : str
        Scenario.
    file : str or Path
    seeds : range
    workers : int, optional
    tolerance : float
        Width of the last bracket.

    Returns
    -------
    share : float
    tried : DataFrame
        ``share`` and mean ``fall`` of every step.
    """
    scenario = load_scenario(source, [f"prices.file={file}", "news=[]", "duration=null"])
    real, measure = of_bars(bars_of(scenario)).fall, partial(_measure, followed_market(scenario))
    low, high, tried = 0.0, 1.0, []
    while high - low > tolerance:
        share = (low + high) / 2.0
        fall = float(measure_runs(with_share(scenario, share), seeds, measure, workers=workers)["fall"].mean())
        tried.append((share, fall))
        low, high = (share, high) if fall < real else (low, share)
    return (low + high) / 2.0, pd.DataFrame(tried, columns=["share", "fall"])
