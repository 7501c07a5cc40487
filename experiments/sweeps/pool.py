"""Tasks handed to an executor a few at a time, whatever becomes of its workers."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context

from cascade_sim.experiments.sweeps.design import Task
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.ledger import FAILED, KILLED, Entry
from cascade_sim.experiments.sweeps.worker import THREADS, carry_out, settle_in

__all__ = ["Pool", "local_executor"]

_AHEAD = 4  # tasks a worker that are handed out: enough to keep it busy, few enough to lose little with it
_GLANCE = 1.0  # seconds of waiting after which an executor is asked whether it still can
_SUSPECT = 2  # deaths after which a task is tried alone, to see whether it is to blame


def local_executor(workers: int) -> Executor:
    """Processes of this machine, started afresh (Mesa and some libraries do not survive a fork).

    Raises
    ------
    SweepError
        If not even the first can be started: that is no fault of a run, and must not be recorded as one.
    """
    os.environ.update({name: os.environ.get(name, count) for name, count in THREADS.items()})
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=settle_in)
    try:
        executor.submit(os.getpid).result()
    except BrokenProcessPool:
        raise SweepError(
            "no worker can be started", ["in a script, call it below if __name__ == '__main__', for workers import it"]
        ) from None
    return executor


class Pool:
    """Carries out tasks and gives their entries as they come, in any order.

    A worker that dies takes only what it was doing with it: local pools are made anew, and what was under way is handed
    out again. A task that was under way at several deaths is tried alone; one that dies alone too is given up.

    Parameters
    ----------
    make : callable
        Makes an executor; called again when the former one has broken. An executor may have a method `check`, asked
        now and then while nothing comes back, which raises when there is no use in waiting.
    workers : int
        How many tasks it carries out at a time.
    retries : int
        Further attempts for a task whose worker died or could not carry it out.
    """

    def __init__(self, make: Callable[[], Executor], workers: int, retries: int = 2) -> None:
        self._make, self._workers, self._retries = make, workers, retries
        self._executor = make()
        self._under_way: dict[Future[Entry], Task] = {}
        self._deaths: dict[tuple[int, int], int] = {}
        self._again: deque[Task] = deque()

    def results(self, tasks: Iterable[Task]) -> Iterator[Entry]:
        """Entry of every task."""
        left = iter(tasks)
        while True:
            self._hand_out(left)
            if not self._under_way:
                return
            for future in self._ended():
                entry = self._collect(future)
                if entry is not None:
                    yield entry

    def _ended(self) -> "set[Future[Entry]]":
        """Wait for tasks that have ended."""
        check = getattr(self._executor, "check", None)
        while True:
            done, _ = wait(self._under_way, timeout=_GLANCE, return_when=FIRST_COMPLETED)
            if done:
                return done
            if check is not None:
                check()

    def _hand_out(self, left: Iterator[Task]) -> None:
        """Keep every worker busy; a suspect goes alone."""
        while len(self._under_way) < _AHEAD * self._workers and not any(
            map(self._is_suspect, self._under_way.values())
        ):
            if self._again and self._is_suspect(self._again[0]) and self._under_way:
                return
            task = self._again.popleft() if self._again else next(left, None)
            if task is None:
                return
            self._submit(task)

    def _is_suspect(self, task: Task) -> bool:
        return self._deaths.get(_key(task), 0) >= _SUSPECT

    def _submit(self, task: Task) -> None:
        try:
            future = self._executor.submit(carry_out, task)
        except RuntimeError as error:  # it has broken, or somebody has shut it down
            self._renew(error)
            future = self._executor.submit(carry_out, task)
        self._under_way[future] = task

    def _renew(self, error: RuntimeError) -> None:
        """Another executor instead of one that takes no more tasks."""
        former, self._executor = self._executor, self._make()
        if self._executor is former:
            where = f"the executor takes no more tasks ({' '.join(str(error).split())})"
            raise SweepError(where, ["finished runs are kept; the same sweep with another executor goes on"])
        former.shutdown(wait=False)

    def _collect(self, future: "Future[Entry]") -> Entry | None:
        """Entry of a task that has ended; none if it is to be tried again."""
        task = self._under_way.pop(future)
        try:
            return replace(future.result(), attempts=1 + self._deaths.get(_key(task), 0))
        except (BrokenExecutor, CancelledError):
            return self._after(task, KILLED, "its worker was killed each time it was tried, alone at last")
        except SweepError:
            raise
        except Exception as error:  # of the executor, or of a machine short of something
            return self._after(task, FAILED, f"{type(error).__name__}: {' '.join(str(error).split())}")

    def _after(self, task: Task, status: str, error: str) -> Entry | None:
        deaths = self._deaths[_key(task)] = self._deaths.get(_key(task), 0) + 1
        if deaths <= max(self._retries, _SUSPECT if status == KILLED else 0):
            self._again.append(task)
            return None
        return Entry(task.cell, task.seed, status, error, {}, 0.0, deaths)

    def cancel(self) -> None:
        """Take back what has not begun, and leave the executor to its owner."""
        for future in self._under_way:
            future.cancel()

    def close(self, stop: bool = False) -> None:
        """Let the workers go; `stop`: at once, whatever they are doing."""
        if stop:
            for process in list((getattr(self._executor, "_processes", None) or {}).values()):
                process.terminate()
        self._executor.shutdown(wait=not stop, cancel_futures=True)


def _key(task: Task) -> tuple[int, int]:
    return task.cell, task.seed
