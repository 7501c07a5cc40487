"""How fast sweeps are: two workers against one, the runner's own cost, Mesa's way beside it, memory."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from cascade_sim.bench.batch import batch, rate_of
from cascade_sim.bench.measure import HIGHER, Line, best_time
from cascade_sim.experiments.sweeps.design import Design, Task, make_design
from cascade_sim.experiments.sweeps.folder import LEDGER
from cascade_sim.experiments.sweeps.ledger import DONE, Entry, Ledger
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.experiments.sweeps.pool import local_executor
from cascade_sim.experiments.sweeps.question import Question
from cascade_sim.experiments.sweeps.runner import run_sweep
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.experiments.sweeps.worker import carry_out

__all__ = ["hour", "memory_line", "sweep_lines", "trivial"]

_CROWD, _HOUR = 1000, 3600
_WHAT = f"an hour of {_CROWD:,} traders"
_MEGABYTE = 2**20
_WARM = 2  # runs of each worker before anything is timed


def hour(seeds: int, seconds: float = _HOUR) -> Design:
    """A sweep of the shipped flash crash with a thousand traders, without twins.

    Parameters
    ----------
    seeds : int
        Runs.
    seconds : float
        Simulated time of a run.
    """
    return make_design(
        Question.model_validate(
            {
                "name": "hour",
                "scenario": "flash-crash",
                "axes": {"traders": {"values": [_CROWD], "set": "agents.traders.crowd.count"}},
                "settings": {"duration": seconds},
                "seeds": {"at_least": seeds},
                "twin": False,
                "event": "fall > 0.1",
            }
        )
    )


def trivial(seeds: int) -> Design:
    """A sweep of runs of a few milliseconds: twenty seconds of the scenario worked by hand."""
    return make_design(
        Question.model_validate(
            {
                "name": "trivial",
                "scenario": "by-hand",
                "axes": {"sale": {"values": [-25], "set": "orders.20.size"}},
                "seeds": {"at_least": seeds},
                "twin": False,
                "event": "fall > 0.05",
            }
        )
    )


def _timed(design: Design, executor: Executor, workers: int) -> tuple[float, float, Sweep]:
    """Wall time of a sweep into a new folder, the time its runs took themselves, and the sweep."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sweep"
        began = time.perf_counter()
        found = run_sweep(design, out, executor=executor, workers=workers)
        spent = time.perf_counter() - began
        with Ledger(out / LEDGER) as ledger:
            return spent, ledger.seconds(), found


def _warmed(workers: int, seconds: float) -> Executor:
    """Processes that have all loaded the code and run a few."""
    executor, task = local_executor(workers), hour(1, seconds=seconds).task(0, 10**6)
    ran: Counter[tuple[int, int]] = Counter()
    while len(ran) < workers or min(ran.values()) < _WARM:
        ran.update(executor.map(_who_ran, [task] * workers))
    return executor


def _who_ran(task: Task) -> tuple[int, int]:
    carry_out(task)
    return os.getpid(), threading.get_ident()


def sweep_lines(runs: int = 40, trivial_runs: int = 500, repeats: int = 3, seconds: float = _HOUR) -> Iterator[Line]:
    """Rates of the same runs by one worker, by two, and by Mesa with two processes; the runner's own cost.

    Parameters
    ----------
    runs : int
        Runs of the sweep that is timed.
    trivial_runs : int
        Runs of the sweep that shows the runner's own cost.
    repeats : int
        How often each is timed; the best counts.
    seconds : float
        Simulated time of a run.
    """
    design, small = hour(runs, seconds=seconds), trivial(trivial_runs)
    alone, both, plain_alone, plain_both, own = [], [], [], [], []
    with _warmed(1, seconds) as one, _warmed(2, seconds) as two:
        for _ in range(repeats):  # in turns, so that both meet the same machine
            alone.append(_timed(design, one, 1)[0])
            spent, _, found = _timed(design, two, 2)
            both.append(spent)
            plain_alone.append(_plain_time(one))
            plain_both.append(_plain_time(two))
            own.append(_own_cost(small, one, trivial_runs))
    frames = [_mesa(runs, seconds) for _ in range(repeats)]
    yield from _rate_lines(runs, min(alone), min(both), min(plain_alone) / min(plain_both))
    yield Line(what="the runner's own cost of a run", unit="ms", measured=min(own) * 1e3, target=5.0, note=_OWN)
    yield _mesa_line(runs / min(both), max(rate_of(frame) for frame in frames))
    yield _agreement(found, frames[0])


_OWN = "wall time less the runs' own, over the runs, with one worker and runs of a few milliseconds"
_WARMED = "workers started, code compiled and loaded beforehand; folder, ledger and tables included"


def _own_cost(design: Design, executor: Executor, runs: int) -> float:
    spent, inside, _ = _timed(design, executor, 1)
    return (spent - inside) / runs


def _plain_time(executor: Executor) -> float:
    """Seconds for additions in Python: what this machine makes of two processes when nothing could hold them up."""
    return best_time(lambda: list(executor.map(sum, [range(5_000_000)] * 8)), 1)


def _rate_lines(runs: int, alone: float, both: float, plain: float) -> Iterator[Line]:
    yield Line(what=f"{_WHAT}, one worker", unit="runs/s", measured=runs / alone, note=f"{runs} runs; {_WARMED}")
    yield Line(what=f"{_WHAT}, two workers", unit="runs/s", measured=runs / both)
    note = f"additions alone, without a sweep: {plain:.2f}"
    yield Line(what="two workers over one", unit="x", measured=alone / both, target=1.8, sense=HIGHER, note=note)
    note = "projected from the rate of two workers, not run"
    yield Line(what="10,000 such runs, projected", unit="min", measured=10_000 * both / runs / 60, note=note)


def _mesa(runs: int, seconds: float) -> Any:
    settings = {"scenario": "flash-crash", "duration": seconds, "agents__traders__crowd__count": _CROWD}
    return batch(settings, range(runs), 2)


def _mesa_line(ours: float, theirs: float) -> Line:
    note = f"{ours / theirs:.2f} of ours to one of its; one step a run, once every process has ended its first run"
    return Line(what="mesa.batch_run, two processes", unit="runs/s", measured=theirs, note=note)


def _agreement(ours: Sweep, theirs: Any) -> Line:
    """Outcomes in which the two differ: they must be the same runs."""
    names = [name for name in OUTCOMES if ours.runs[name].notna().any()]
    differing = sum(not theirs[name].astype(float).equals(ours.runs[name]) for name in names)
    note = f"{len(names)} outcomes of every run compared"
    return Line(what="outcomes that differ from Mesa's", unit="", measured=float(differing), target=0.0, note=note)


class _Instant(Executor):
    """Gives entries without running anything, so that only the runner is seen."""

    def submit(self, function: Any, task: Task, /) -> "Future[Entry]":  # type: ignore[override]
        found = {name: task.seed * 0.1 + number for number, name in enumerate(OUTCOMES)}
        future: Future[Entry] = Future()
        future.set_result(Entry(task.cell, task.seed, DONE, "", found, 0.0))
        return future


def memory_line(runs: int = 5_000) -> Line:
    """How much the parent grows over a sweep, in a process of its own; only where Linux tells.

    Parameters
    ----------
    runs : int
        Trivial runs; a tenth of them is let pass first, while caches fill.
    """
    what, unit = f"growth of the parent over {runs:,} runs", "MiB"
    if not Path("/proc/self/statm").exists():
        return Line(what=what, unit=unit, note="left out: this system does not tell")
    command = [sys.executable, "-m", "cascade_sim.bench.sweeps", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    begun, ended, peak = json.loads(done.stdout.splitlines()[-1])
    projected = (ended - begun) / (0.9 * runs) * 100_000
    note = (
        f"{projected:,.0f} MiB projected for 100,000 runs; tables written and read at the end: {peak - begun:,.0f} MiB"
    )
    return Line(what=what, unit=unit, measured=ended - begun, target=10.0, note=note)


def _resident() -> float:
    """Resident size of this process, MiB."""
    import resource  # not on Windows

    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / _MEGABYTE


def _grow(runs: int) -> tuple[float, float, float]:
    """Resident size early in a sweep, at its last run, and after it."""
    seen: dict[int, float] = {}

    def report(done: int, failed: int, whole: int) -> None:
        if done in (runs // 10, runs - 1):
            seen[done] = _resident()

    with tempfile.TemporaryDirectory() as folder:
        run_sweep(trivial(runs), Path(folder) / "sweep", executor=_Instant(), workers=2, report=report)
    return seen[runs // 10], seen[runs - 1], _resident()


if __name__ == "__main__":
    print(json.dumps(_grow(int(sys.argv[1]))))
