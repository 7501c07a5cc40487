"""Matches in worker processes that may die or hang: each has a deadline, and who was at work then forfeits."""

import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from cascade_sim.experiments.sweeps.worker import THREADS, settle_in
from cascade_sim.experiments.tournament.match import Match, Outcome, Terms, play
from cascade_sim.experiments.tournament.problems import TournamentError
from cascade_sim.experiments.tournament.referee import Fault
from cascade_sim.progress import Progress

__all__ = ["play_all"]

_GLANCE = 0.5  # s between looks at the clock


def _serve(pipe: Connection, terms: Terms, deciding: Any) -> None:
    """What a worker does: matches, until there are none; students' files print into the void."""
    settle_in()
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 1)
    os.dup2(void, 2)
    sys.dont_write_bytecode = True
    while True:
        try:
            match = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(play(match, terms, deciding))
        except Exception as error:  # of the simulation, not of a student
            pipe.send(f"{type(error).__name__}: {' '.join(str(error).split())}")


class _Worker:
    """A process with one match at a time."""

    def __init__(self, terms: Terms) -> None:
        context: Any = get_context("spawn")
        self.deciding, self._limit = context.RawValue("i", 0), terms.limits.run
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, terms, self.deciding), daemon=True)
        self.process.start()
        theirs.close()
        self.place, self.deadline = -1, float("inf")
        self.match: Match | None = None

    def begin(self, place: int, match: Match) -> None:
        """Hand out a match; the first one has as much time again, for the worker has to load the simulation."""
        grace = 60.0 if self.match is None else 0.0
        self.place, self.match, self.deadline = place, match, time.monotonic() + self._limit + grace
        self.deciding.value = 0
        self.pipe.send(match)

    def answer(self) -> Any:
        """What came back, or nothing if the process is dead."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        """Let go of the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def play_all(
    matches: Sequence[Match], terms: Terms, workers: int | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Outcome of every match, in their order whatever the number of workers.

    A match whose process dies or overruns the limit is played again without the agent that was at work.

    Parameters
    ----------
    matches : sequence of Match
    terms : Terms
    workers : int, optional
        Processes; default one a core. One is a process too: this one runs no student's code.
    progress : callable, optional

    Raises
    ------
    TournamentError
        If a match can't be played for a reason that no student gave.
    """
    os.environ.update({name: os.environ.get(name, count) for name, count in THREADS.items()})
    left = deque(enumerate(matches))
    found: dict[int, Outcome] = {}
    forfeits: dict[int, list[Fault]] = {}
    crew = [_Worker(terms) for _ in range(min(workers or os.cpu_count() or 1, len(matches)))]
    try:
        while len(found) < len(matches):
            _hand_out(crew, left)
            _collect(crew, terms, left, found, forfeits)
            if progress is not None:
                progress("matches", len(found), len(matches))
    finally:
        for worker in crew:
            worker.end()
    return [replace(outcome, faults=(*forfeits.get(k, ()), *outcome.faults)) for k, outcome in sorted(found.items())]


def _hand_out(crew: list[_Worker], left: deque[tuple[int, Match]]) -> None:
    for worker in crew:
        if worker.place < 0 and left:
            worker.begin(*left.popleft())


def _collect(
    crew: list[_Worker],
    terms: Terms,
    left: deque[tuple[int, Match]],
    found: dict[int, Outcome],
    forfeits: dict[int, list[Fault]],
) -> None:
    """Take what is ready; end and replace who is dead or late."""
    busy = {worker.pipe: worker for worker in crew if worker.place >= 0}
    ready = set(wait(list(busy), timeout=_GLANCE))
    for pipe, worker in busy.items():
        late = time.monotonic() > worker.deadline
        if pipe not in ready and not late:
            continue
        answer = worker.answer() if pipe in ready else None
        if isinstance(answer, str):
            raise TournamentError(f"a match can't be played: {answer}")
        if answer is None:
            left.appendleft((worker.place, _without_culprit(worker, late and pipe not in ready, forfeits)))
            worker.end()
            crew[crew.index(worker)] = _Worker(terms)
        else:
            found[worker.place] = answer
            worker.place = -1


def _without_culprit(worker: _Worker, late: bool, forfeits: dict[int, list[Fault]]) -> Match:
    """The match once more, without the agent that was at work."""
    match, seat = worker.match, int(worker.deciding.value)
    assert match is not None
    if not 1 <= seat <= len(match.seats) or seat in match.sitting_out:
        raise TournamentError("a match ended with its process, and no agent was at work; is there enough memory?")
    why = "did not stop when its time was up" if late else "ended the process it ran in"
    forfeits.setdefault(worker.place, []).append(Fault(match.seats[seat - 1].name, float("nan"), why, True))
    return replace(match, sitting_out=(*match.sitting_out, seat))
