"""Bad debt of many days at one margin, through the exchange, and its expected shortfall."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.margin_tiers.asset import AssetFile
from cascade_sim.experiments.margin_tiers.brackets import tiers_of
from cascade_sim.experiments.margin_tiers.market import NEWS_AT, data_of, with_news, with_tiers
from cascade_sim.experiments.margin_tiers.severity import Day, days_of
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.bootstrap import percentile_interval
from cascade_sim.experiments.statistics.weighted_tails import weighted_shortfall, weights_in_strata
from cascade_sim.experiments.sweeps.outcomes import measure
from cascade_sim.progress import Progress
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.scenario.venues import Tier

__all__ = ["Days", "Shortfall", "run_days"]

_RESAMPLES = 2000
_KEPT = ("fall", "liquidated", "bad_debt", "fund_change", "capital_efficiency")


class Shortfall(NamedTuple):
    """Expected shortfall of bad debt with its 95 % interval, USD."""

    value: float
    low: float
    high: float


@dataclass
class Days:
    """Days of an asset, run at whatever margin is asked for.

    Attributes
    ----------
    asset : AssetFile
    first_seed : int
    times : int
        How many times the days of the search.
    debts : dict of float to ndarray of float64, shape (days,)
        Bad debt in USD by scale, of what was run so far.
    frames : list of DataFrame
        All that was measured.
    """

    asset: AssetFile
    first_seed: int = 0
    workers: int | None = None
    progress: Progress | None = None
    times: int = 1
    debts: dict[float, NDArray[np.float64]] = field(default_factory=dict)
    frames: list[pd.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.days = days_of(self.times * self.asset.runs, self.asset.quantile, self.first_seed)
        self.weights = np.array([day.weight for day in self.days])
        self.resamples = weights_in_strata([day.stratum for day in self.days], self.weights, _RESAMPLES)
        self._data: dict[str, Any] = data_of(self.asset)

    def run(self, scale: float, tiers: Sequence[Tier] | None = None) -> Shortfall:
        """Run all days at a margin, by default the tiers of that scale; what was run is not run again."""
        if scale not in self.debts:
            scenario = with_tiers(self._data, tiers or tiers_of(self.asset, scale))
            label = f"days at margin x {scale:.3g}"
            found = run_days(scenario, self.asset, self.days, self.workers, self.progress, label)
            self.frames.append(found.assign(scale=scale))
            self.debts[scale] = found["bad_debt"].to_numpy()
        return self.shortfall(scale)

    def shortfall(self, scale: float) -> Shortfall:
        """Of what was run at a margin."""
        value = float(weighted_shortfall(self.debts[scale], self.weights, self.asset.quantile))
        low, high = percentile_interval(self.resampled(scale))
        return Shortfall(value, float(low), float(high))

    def resampled(self, scale: float) -> NDArray[np.float64]:
        """Shortfalls over resamples of days, the same days at every margin; shape (resamples,)."""
        return weighted_shortfall(self.debts[scale], self.resamples, self.asset.quantile)


def run_days(
    scenario: Scenario,
    asset: AssetFile,
    days: Sequence[Day],
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "days",
) -> pd.DataFrame:
    """Run a scenario on each day.

    Returns
    -------
    DataFrame
        One row a day: ``seed``, ``rank``, ``stratum``, ``weight``, ``move`` (of the news), and what came of it.
    """
    rows = in_parallel(partial(_one, scenario, asset), days, workers, progress, label)
    return pd.DataFrame(rows)


def _one(scenario: Scenario, asset: AssetFile, day: Day) -> dict[str, float]:
    news = asset.news.news(NEWS_AT, day.rank, day.side)
    found = measure(with_news(scenario, news), day.seed, twin=False)
    about = {"seed": day.seed, "rank": day.rank, "stratum": day.stratum, "weight": day.weight, "move": news.move}
    return about | {name: found[name] for name in _KEPT}
