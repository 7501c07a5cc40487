"""What a worker does: one run, and nothing that could stop the sweep."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait

from cascade_sim.experiments.sweeps.design import Task, code_version, load_cell
from cascade_sim.experiments.sweeps.environment import environment, numerics
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.ledger import DONE, FAILED, Entry

__all__ = ["THREADS", "carry_out", "settle_in"]

# More threads than cores cost more than they bring; read when numpy is imported, so set before a pool starts. Numba is
# not among them: no kernel here is parallel, and numba refuses another number once somebody else's has begun threads.
THREADS = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def carry_out(task: Task) -> Entry:
    """Run and measure one task; an error becomes an entry.

    Memory and the file system may serve the next attempt better, so their errors are raised.

    Raises
    ------
    SweepError
        If this worker has another version of the code, or of what computes: results of two versions are not mixed.
    """
    _check_versions(task)
    from cascade_sim.experiments.sweeps.outcomes import measure

    began = time.perf_counter()
    try:
        found = measure(load_cell(task.base, task.settings), task.seed, task.twin)
    except (MemoryError, OSError):
        raise
    except Exception as error:  # whatever a run raises, the others go on
        words = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Entry(task.cell, task.seed, FAILED, words, {}, time.perf_counter() - began, environment=environment())
    return Entry(task.cell, task.seed, DONE, "", found, time.perf_counter() - began, environment=environment())


def _check_versions(task: Task) -> None:
    for what, here, there in (
        ("another version of the code", code_version(), task.code),
        ("other libraries", numerics(), task.numerics),
    ):
        if here != there:
            raise SweepError(
                f"a worker has {what} ({here}; this sweep is by {there})",
                ["install the same version there and start the workers again; finished runs are kept"],
            )


def settle_in() -> None:
    """Begin as a worker of a local pool: leave Ctrl-C to the parent, and end when it is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
