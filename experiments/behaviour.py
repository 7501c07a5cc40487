"""Whether the default market behaves: a table of checks over many seeds, each with its interval.

Comparisons are paired: both runs of a pair
have the same luck, so that what differs is what was changed.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from cascade_sim.experiments.event import of_result
from cascade_sim.experiments.runs import Measures, measure_runs
from cascade_sim.experiments.statistics.intervals import interval_of_mean, interval_of_median
from cascade_sim.experiments.stylised import DEPTH_BANDS, calm_measures, depth_at_largest_move
from cascade_sim.experiments.variants import (
    with_depth,
    with_leverage,
    with_maintenance,
    with_shock,
    without_hunters,
    without_leverage,
)
from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Check", "behaviour_table", "measure_crash"]

Measured = Callable[[Scenario, str], pd.DataFrame]  # of all seeds, with a label for whoever waits

SMALL_SHOCK = -0.03
_LESSER_SHOCKS = (-0.006, -0.012, -0.02, -0.06)  # for depth at moves of every size
_DEPTH_FACTOR = 1.5
_EMPTY = 1000.0  # by how much a book has shrunk that has next to nothing left
# Times as many seeds where luck is large: what hunters add, what depth beyond the usual takes away, and the rare
# large account that is liquidated on a calm day.
_MANY = 5


@dataclass(frozen=True)
class Check:
    """One line of the table.

    Attributes
    ----------
    check : str
        What is asked.
    found, low, high : float
        Mean over seeds and its 95 % interval.
    wanted : str
    holds : str
        "yes"; "edge" where the mean holds and its interval reaches beyond what is wanted; "no"; empty where nothing is
        wanted: the number is only reported.
    """

    check: str
    found: float
    low: float
    high: float
    wanted: str = ""
    holds: str = ""


def _perpetuals(scenario: Scenario) -> list[str]:
    return [name for name, (_, market) in scenario.markets.items() if market.kind == "perpetual"]


def _mids(series: pd.DataFrame, markets: list[str]) -> pd.DataFrame:
    """Mid prices, a column a market."""
    return series.pivot(index="time", columns="market", values="mid")[markets]


def _once_a_venue(series: pd.DataFrame, markets: list[str]) -> pd.DataFrame:
    """Last row of one market of each venue: what belongs to the venue stands in the rows of all its markets."""
    return series[series["market"].isin(markets)].groupby("venue").last()


def measure_calm(result: Result) -> Measures:
    """Steadiness of every perpetual, by market and measure."""
    return {
        f"{market} {name}": value
        for market in _perpetuals(result.scenario)
        for name, value in calm_measures(result, market).items()
    }


def measure_crash(result: Result) -> Measures:
    """Falls, cascades, liquidations and losses of a run with its twin, and the shape of its largest market."""
    markets = _perpetuals(result.scenario)
    series = result.series[result.series["market"].isin(markets)].groupby("market", sort=False)
    mid = _mids(result.series, markets)
    fall = 1.0 - mid.min() / mid.iloc[0]
    numbers = {
        "fall": float(fall.mean()),
        "liquidated": float(series["liquidated"].last().sum() / 1e6),
        "bad_debt": float(_once_a_venue(result.series, markets)["bad_debt"].sum() / 1e3),
    }
    if result.without_impact is not None:
        twin = _mids(result.without_impact, markets)
        numbers["cascade"] = float((fall - (1.0 - twin.min() / twin.iloc[0])).mean())
        numbers["widest_gap"] = float(((twin - mid) / mid.iloc[0]).max().mean())
    profit = result.accounts.groupby("role")["profit"].sum()
    numbers["hunters_profit"] = float(profit.get("hunter", 0.0) / 1e3)
    numbers |= of_result(result, markets[0]).as_dict() | {"fall": numbers["fall"]}
    return numbers | depth_at_largest_move(result, markets[0])


def _mean(check: str, values: "pd.Series[float]", low: float = math.nan, high: float = math.nan) -> Check:
    """Mean over seeds, wanted from `low` to `high` (infinite: no bound; nan: nothing is wanted)."""
    found = interval_of_mean(values)
    if math.isnan(low):
        return Check(check, *found)
    wanted = f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"
    inside = [low <= value <= high for value in found]
    return Check(check, *found, wanted, "no" if not inside[0] else "yes" if all(inside) else "edge")


def _paired(check: str, more: pd.DataFrame, less: pd.DataFrame, quantity: str, is_wanted: bool = True) -> Check:
    """Mean difference on equal luck; where it is wanted, its whole interval must lie above 0."""
    found = interval_of_mean(more[quantity] - less[quantity])
    return Check(check, *found, "above 0", _yes(found[1] > 0.0)) if is_wanted else Check(check, *found)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _calm(calm: pd.DataFrame, markets: list[str]) -> Iterator[Check]:
    """No news: the price keeps to its value, spread and depth stay, nobody is liquidated."""
    for market in markets:
        names = {name: str(name).removeprefix(f"{market} ") for name in calm if str(name).startswith(f"{market} ")}
        own = calm[list(names)].rename(columns=names)
        ratio = own["volatility"] / own["fundamental_volatility"]
        yield _mean(f"calm {market}: autocorrelation of minutes", own["autocorrelation"], -0.1, 0.1)
        yield _mean(f"calm {market}: volatility over that of value", ratio, 0.8, 1.25)
        yield _mean(f"calm {market}: spread, last over first 10 min", own["spread_drift"], 0.8, 1.25)
        yield _mean(f"calm {market}: depth, last over first 10 min", own["depth_drift"], 0.8, 1.25)
        yield _mean(f"calm {market}: liquidated / open interest", own["liquidated_share"], 0.0, 0.002)


def _comparisons(base: Scenario, usual: pd.DataFrame, crash: Measured) -> Iterator[Check]:
    """Leverage feeds cascades, depth starves them."""
    yield _mean("leverage 1: liquidated, M USD", crash(without_leverage(base), "leverage 1")["liquidated"], 0.0, 0.0)
    half, double = crash(with_leverage(base, 0.5), "half leverage"), crash(with_leverage(base, 2.0), "double leverage")
    yield _paired("cascade: usual less half leverage", usual, half, "cascade")
    yield _paired("cascade: double less usual leverage", double, usual, "cascade")
    yield _paired("cascade: half less usual depth", crash(with_depth(base, 0.5), "half depth"), usual, "cascade")


def _small_effects(base: Scenario, many: Measured) -> Iterator[Check]:
    """More depth starves cascades, hunters deepen falls."""
    usual = many(base, "usual")
    seeds = f"{len(usual)} seeds"
    deep, spared = many(with_depth(base, 2.0), "double depth"), many(without_hunters(base), "no hunters")
    for quantity, name in (("cascade", "cascade"), ("widest_gap", "widest gap")):
        yield _paired(f"{name}: usual less double depth, {seeds}", usual, deep, quantity)
    yield _paired(f"fall: with less without hunters, {seeds}", usual, spared, "fall")
    yield _mean(f"hunters' profit, k USD, {seeds}", usual["hunters_profit"])


def _depth(events: pd.DataFrame) -> Iterator[Check]:
    """Depth by size of move, one event a run, against the published curve.

    The curve comes with a ninth decile, so its numbers are read as medians.
    """
    middles = []
    for low, high, seen in DEPTH_BANDS:
        inside = (events["deviations"] >= low) & (events["deviations"] < high)
        factors = events["quiet_factor"] if low == 0.0 else events.loc[inside, "depth_factor"]
        middle, bottom, top = interval_of_median(factors)
        middles.append(middle)
        band = f"{low:g} to {high:g} sd" if math.isfinite(high) else f"over {low:g} sd"
        near = seen / _DEPTH_FACTOR <= middle <= seen * _DEPTH_FACTOR
        name = f"depth falls by (fitted, median): 5-min moves of {band}"
        yield Check(name, middle, bottom, top, f"{seen:g} within x1.5", _yes(near))
    decile = min(float(factors.quantile(0.9)), _EMPTY)
    yield Check(f"depth falls by, ninth decile of {band} (seen: 34; {_EMPTY:g}: empty)", decile, math.nan, math.nan)
    monotone = all(a < b for a, b in itertools.pairwise(middles))
    yield Check(
        "depth falls more in larger moves", middles[-1] / middles[0], math.nan, math.nan, "monotone", _yes(monotone)
    )


def _crash(usual: pd.DataFrame, small: pd.DataFrame) -> Iterator[Check]:
    """What a crash looks like."""
    yield _mean("takers' sales up to the low", usual["taker_sell_share"], 0.5, 0.65)
    yield _mean("bids collapse / asks collapse", usual["one_sidedness"], 4.0, math.inf)
    yield _mean(f"liquidators' share, {-SMALL_SHOCK:.0%} shock", small["liquidators_share"], 0.1, 0.6)
    yield _paired("liquidators' share: small shock less crash", small, usual, "liquidators_share")


def _margin(base: Scenario, crash: Measured) -> Iterator[Check]:
    """Maintenance margin in two arms; the step map gives it no sign of its own, so none is wanted."""
    for arm, caps in (("leverage fixed", False), ("leverage capped", True)):
        low = crash(with_maintenance(base, 1.0, caps), f"margin x1, {arm}")
        high = crash(with_maintenance(base, 4.0, caps), f"margin x4, {arm}")
        for quantity in ("fall", "liquidated", "bad_debt"):
            yield _paired(f"maintenance x4 less x1, {arm}: {quantity}", high, low, quantity, is_wanted=False)


def behaviour_table(
    source: str = "flash-crash", seeds: range = range(20), workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Run every check.

    Parameters
    ----------
    source : str
        Scenario with news, lognormal leverage, makers and hunters.
    seeds : range
    workers : int, optional
    progress : callable, optional

    Returns
    -------
    DataFrame
        Columns of `Check`.
    """
    base = load_scenario(source)

    def crash(scenario: Scenario, label: str) -> pd.DataFrame:
        return measure_runs(scenario, seeds, measure_crash, True, workers, progress, label)

    more = range(seeds.start, seeds.start + _MANY * len(seeds))

    def many(scenario: Scenario, label: str) -> pd.DataFrame:
        return measure_runs(scenario, more, measure_crash, True, workers, progress, label)

    calm = measure_runs(with_shock(base, 0.0), more, measure_calm, False, workers, progress, "calm")
    usual, small = crash(base, "crash"), crash(with_shock(base, SMALL_SHOCK), "small shock")
    events = [crash(with_shock(base, move), f"shock of {-move:.1%}") for move in _LESSER_SHOCKS]
    rows = [
        *_calm(calm, _perpetuals(base)),
        *_comparisons(base, usual, crash),
        *_small_effects(base, many),
        *_crash(usual, small),
        *_depth(pd.concat([*events, small])),
        *_margin(base, crash),
    ]
    return pd.DataFrame([asdict(row) for row in rows])
