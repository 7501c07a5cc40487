"""Many runs of scenarios, measured one by one, in seed order whatever the number of workers."""

import os
import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import active_children, get_context
from typing import TypeVar

import pandas as pd

from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Measure", "Measures", "in_parallel", "measure_runs"]

Measures = dict[str, float]
Measure = Callable[[Result], Measures]
Job = TypeVar("Job")
Found = TypeVar("Found")


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
    order = list(seeds)
    rows = in_parallel(partial(_one, scenario, measure, counterfactual), order, workers, progress, label)
    return pd.DataFrame(rows, index=pd.Index(order, name="seed"))


def in_parallel(
    one: Callable[[Job], Found],
    jobs: Sequence[Job],
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "runs",
) -> list[Found]:
    """What a function finds for each job, in the order of the jobs whatever the number of workers.

    Parameters
    ----------
    one : callable
        A function at the top of a module, or a partial of one, so that workers can import it.
    jobs : sequence
    workers : int, optional
        Processes; default one a core, 1 runs in this process.
    progress : callable, optional
        Called with `label`, the jobs done and the jobs in all.

    Raises
    ------
    KeyboardInterrupt
        At Ctrl-C, which workers leave to the parent; they are ended in the middle of their jobs.
    """
    count = min(workers or os.cpu_count() or 1, len(jobs))
    context = get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_leave_stopping) if count > 1 else None
    found: list[Found] = []
    try:
        for item in map(one, jobs) if pool is None else pool.map(one, jobs):
            found.append(item)
            if progress is not None:
                progress(label, len(found), len(jobs))
    except KeyboardInterrupt:
        for worker in active_children():
            worker.terminate()
        raise
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    return found


def _leave_stopping() -> None:
    """Leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
