"""Many runs of scenarios, measured one by one, in seed order whatever the number of workers."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pandas as pd

from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Measure", "Measures", "measure_runs"]

Measures = dict[str, float]
Measure = Callable[[Result], Measures]


def _one(scenario: Scenario, measure: Measure, counterfactual: bool, seed: int) -> Measures:
    return measure(run(scenario, seed, counterfactual=counterfactual, summary=False))


def measure_runs(
    scenario: Scenario,
    seeds: Iterable[int],
    measure: Measure,
    counterfactual: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "seeds",
) -> pd.DataFrame:
    """Run a scenario with many seeds and keep what `measure` reads off each.

    Parameters
    ----------
    scenario : Scenario
    seeds : iterable of int
    measure : callable
        From a Result to numbers by name; a function at the top of a module, so that workers can import it.
    counterfactual : bool
        Whether each run has its twin without the impact of liquidations.
    workers : int, optional
        Processes; default one a core, 1 runs in this process.
    progress : callable, optional
        Called with `label`, the runs done and the runs in all.

    Returns
    -------
    DataFrame
        One row a seed, in the order of `seeds`.
    """
    order: Sequence[int] = list(seeds)
    one = partial(_one, scenario, measure, counterfactual)
    count = min(workers or os.cpu_count() or 1, len(order))
    rows = []
    if count <= 1:
        found: Iterator[dict[str, float]] = map(one, order)
    else:
        pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
        found = pool.map(one, order)
    try:
        for row in found:
            rows.append(row)
            if progress is not None:
                progress(label, len(rows), len(order))
    finally:
        if count > 1:
            pool.shutdown(cancel_futures=True)
    return pd.DataFrame(rows, index=pd.Index(order, name="seed"))
