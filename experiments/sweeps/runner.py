"""Running a sweep: what is not in the ledger yet is carried out, wherever, in whatever order."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cascade_sim.experiments.sweeps.design import Design, Task
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import LEDGER, ask_anew, export, prepare, sole_writer
from cascade_sim.experiments.sweeps.ledger import DONE, Ledger
from cascade_sim.experiments.sweeps.pool import Pool, local_executor
from cascade_sim.experiments.sweeps.replicates import missing
from cascade_sim.experiments.sweeps.stored import Sweep, load

__all__ = ["Report", "run_sweep"]

Report = Callable[[int, int, int], None]  # done, failed, runs in all


@dataclass
class _Count:
    """What has been done so far, for whoever waits."""

    report: Report | None
    whole: int = 0
    done: int = 0
    failed: int = 0

    def tell(self, status: str | None = None) -> None:
        if status is not None:
            self.done += status == DONE
            self.failed += status != DONE
        if self.report is not None:
            self.report(self.done, self.failed, self.whole)


def run_sweep(
    design: Design,
    out: str | os.PathLike[str],
    executor: Executor | None = None,
    workers: int | None = None,
    resume: bool = True,
    retries: int = 2,
    retry_failed: bool = False,
    shard: tuple[int, int] = (1, 1),
    report: Report | None = None,
) -> Sweep:
    """Carry out a design; what its folder holds already is not run again.

    The tables do not depend on the executor, the number of workers, the order of runs, or how often it was stopped.

    Parameters
    ----------
    design : Design
    out : path
        Folder; made if it is not there.
    executor : concurrent.futures.Executor, optional
        Where to run (`Cluster` for Dask, ``MPIPoolExecutor``, ...), left open; default: processes of this machine.
    workers : int, optional
        Tasks at a time; default one a core.
    resume : bool
        Whether a folder that exists is gone on with; otherwise it is refused.
    retries : int
        Further attempts where a worker dies or a machine is short of something. A run that raises is not tried again
        (the same seed raises again), but recorded.
    retry_failed : bool
        Whether runs that are recorded as failed are tried again.
    shard : tuple of int
        ``(i, n)``: only the i-th of n parts (from 1), for job arrays; `merge` puts the folders together.
    report : callable, optional
        Called with the numbers of runs done, failed and in all.

    Returns
    -------
    Sweep

    Raises
    ------
    SweepError
        If the folder holds something else, is being written to, or can't be written; if the executor takes no more
        tasks, or its workers run another version of the code. Finished runs are kept.
    """
    folder = Path(out)
    _check(workers, retries, shard)
    prepare(design, folder, resume)
    count = workers or os.cpu_count() or 1
    with sole_writer(folder), Ledger(folder / LEDGER) as ledger:
        ask_anew(design, folder)
        pool = Pool((lambda: executor) if executor is not None else partial(local_executor, count), count, retries)
        try:
            _carry_out(design, ledger, pool, shard, retry_failed, _Count(report))
        finally:
            stopped = sys.exc_info()[0] is not None
            if executor is None:
                pool.close(stop=stopped)
            else:
                pool.cancel()
            export(design, folder, ledger)
    return load(folder)


def _check(workers: int | None, retries: int, shard: tuple[int, int]) -> None:
    problems = []
    if workers is not None and workers < 1:
        problems.append(f"workers: must be at least 1, got {workers}")
    if retries < 0:
        problems.append(f"retries: must be at least 0, got {retries}")
    if not 1 <= shard[0] <= shard[1]:
        problems.append(f"shard: must be i/n with i from 1 to n, got {shard[0]}/{shard[1]}")
    if problems:
        raise SweepError("the sweep can't be run like this", problems)


def _carry_out(
    design: Design, ledger: Ledger, pool: Pool, shard: tuple[int, int], retry_failed: bool, count: _Count
) -> None:
    """Enter every run that is wanted and not there; again while runs already there ask for more seeds."""
    tried: set[tuple[int, int]] = set()
    while True:
        status = ledger.status()
        wanted, whole = missing(design, ledger, status, shard)
        if retry_failed:
            wanted += [run for run, state in status.items() if state != DONE and run not in tried]
        count.whole, count.done = whole, sum(state == DONE for state in status.values())
        count.failed = len(status) - count.done
        if retry_failed:
            count.failed -= len([run for run in wanted if run in status])
        count.tell()
        if not wanted:
            return
        tried.update(wanted)
        for entry in pool.results(_tasks(design, wanted)):
            ledger.enter(entry)
            count.tell(entry.status)


def _tasks(design: Design, runs: Iterable[tuple[int, int]]) -> Iterator[Task]:
    return (design.task(cell, seed) for cell, seed in runs)
