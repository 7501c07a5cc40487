"""Whether measures of systemic risk taken before the news say who does the damage, better than plain size or leverage.

One run's rank correlations may be luck; `predictive_power` puts an interval over seeds around each, and around its
difference from the best of what anybody can see: size of positions, leverage, and how small a fall breaks the margin.
"""

from typing import Any

import pandas as pd

from cascade_sim.contagion.systemic import prediction
from cascade_sim.experiments.runs import Measures, measure_runs
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario

__all__ = ["predictive_power"]

_KEYS = ["measure", "outcome", "among"]


def _correlations(result: Result) -> Measures:
    """Rank correlations of one run, by measure, outcome and group."""
    table = prediction.predictive_power(result)
    return dict(zip(table[_KEYS].agg(" ".join, axis=1), table["correlation"], strict=True))


def _best(runs: pd.DataFrame, outcome: str, among: str) -> str:
    """Benchmark with the largest mean correlation."""
    means = {name: runs[f"{name} {outcome} {among}"].mean() for name in prediction.BENCHMARKS}
    return max(means, key=lambda name: (pd.notna(means[name]), means[name]))


def _row(runs: pd.DataFrame, measure: str, outcome: str, among: str) -> tuple[Any, ...]:
    """Mean with its interval, and the mean difference from the best benchmark on the same seeds."""
    values, best = runs[f"{measure} {outcome} {among}"], _best(runs, outcome, among)
    difference = values - runs[f"{best} {outcome} {among}"]
    return int(values.notna().sum()), *student_interval(values), best, *student_interval(difference)


def predictive_power(
    source: str = "flash-crash",
    seeds: range = range(20),
    settings: tuple[str, ...] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Mean rank correlation of measures before the news with what accounts then did, over seeds.

    Parameters
    ----------
    source : str
        Scenario.
    seeds : range
    settings : tuple of str
        As ``--set`` takes them.
    workers, progress
        As in `measure_runs`.

    Returns
    -------
    DataFrame
        Indexed by ``measure``, ``outcome`` and ``among``, as in `cascade_sim.contagion.systemic.prediction`:
        ``seeds`` (in which it is defined), mean ``correlation`` with Student's 95 % interval ``low``, ``high``,
        ``benchmark`` (of `BENCHMARKS`, the one with the largest mean), and ``beyond`` with ``beyond_low``,
        ``beyond_high``: by how much the measure exceeds it on the same seeds.
    """
    scenario = load_scenario(source, list(settings))
    runs = measure_runs(scenario, seeds, _correlations, workers=workers, progress=progress, label="prediction")
    keys = [str(name).split(" ") for name in runs.columns]
    rows = {(measure, outcome, among): _row(runs, measure, outcome, among) for measure, outcome, among in keys}
    columns = ["seeds", "correlation", "low", "high", "benchmark", "beyond", "beyond_low", "beyond_high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.set_axis(pd.MultiIndex.from_tuples(list(rows), names=_KEYS))
