"""How much of the fall is the cascade: an interval over seeds, and how it hangs on what is known least."""

import pandas as pd

from cascade_sim.experiments.behaviour import measure_crash
from cascade_sim.experiments.runs import measure_runs
from cascade_sim.experiments.statistics.intervals import interval_of_mean, range_of_runs
from cascade_sim.progress import Progress
from cascade_sim.scenario.load import load_scenario

__all__ = ["UNCERTAIN", "amplification", "sensitivity"]

# The three settings of flash-crash that no source gives, over the range that seems possible.
UNCERTAIN = {
    "agents.traders.crowd.leverage.median": (1.5, 2.5, 4.0),
    "agents.makers.perp-makers.direction_scale": (8.0, 14.0, 24.0),
    "agents.makers.perp-makers.inventory": (1.5, 3.0, 6.0),
}


def amplification(
    source: str = "flash-crash", seeds: range = range(100), workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Fall, fall that is the cascade, and their ratio, over seeds.

    Returns
    -------
    DataFrame
        Indexed by quantity: ``mean`` with its 95 % interval ``mean_low``, ``mean_high``, and the range ``low`` to
        ``high`` of nine runs in ten.
    """
    runs = measure_runs(load_scenario(source), seeds, measure_crash, True, workers, progress, "amplification")
    runs["amplification"] = runs["fall"] / (runs["fall"] - runs["cascade"])
    rows = {}
    for name in ("fall", "cascade", "widest_gap", "amplification", "liquidated_share", "bad_debt"):
        _, low, high = range_of_runs(runs[name])
        rows[name] = (*interval_of_mean(runs[name]), low, high)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "mean_low", "mean_high", "low", "high"])


def sensitivity(
    source: str = "flash-crash", seeds: range = range(20), workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Mean cascade at the ends and the middle of the range of each uncertain setting, all else as it is.

    Returns
    -------
    DataFrame
        ``setting``, ``value``, mean ``cascade`` with its interval ``low``, ``high``.
    """
    rows = []
    for path, values in UNCERTAIN.items():
        for value in values:
            scenario = load_scenario(source, [f"{path}={value}"])
            runs = measure_runs(scenario, seeds, measure_crash, True, workers, progress, f"{path}={value}")
            rows.append((path, value, *interval_of_mean(runs["cascade"])))
    return pd.DataFrame(rows, columns=["setting", "value", "cascade", "low", "high"])
