"""Matches in worker processes that may die or hang: each has a deadline, and who was at work then forfeits."""

import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from cascade_sim.experiments.sweeps.worker import THREADS, settle_in
from cascade_sim.experiments.tournament.match import Match, Outcome, Terms, play
from cascade_sim.experiments.tournament.problems import TournamentError
from cascade_sim.experiments.tournament.referee import Fault
from cascade_sim.progress import Progress

__all__ = ["Crew"]

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


class Crew:
    """Workers that play matches; to be used as a context, at whose end the processes end.

    Parameters
    ----------
    terms : Terms
    workers : int, optional
        Processes; default one a core. One is a process too: the parent runs no student's code.
    """

    def __init__(self, terms: Terms, workers: int | None = None) -> None:
        os.environ.update({name: os.environ.get(name, count) for name, count in THREADS.items()})
        self._terms, self._most = terms, workers or os.cpu_count() or 1
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def play_all(self, matches: Sequence[Match], progress: Progress | None = None) -> list[Outcome]:
        """Outcome of every match, in their order whatever the number of workers.

        A match whose process dies or overruns the limit is played again without the agent that was at work.

        Raises
        ------
        TournamentError
            If a match can't be played for a reason that no student gave.
        """
        left, found = deque(enumerate(matches)), dict[int, Outcome]()
        forfeits: dict[int, list[Fault]] = {}
        while len(found) < len(matches):
            self._hand_out(left)
            for worker, answer, late in self._answers():
                if answer is None:
                    left.appendleft((worker.place, _without_culprit(worker, late, forfeits)))
                    self._dismiss(worker)
                else:
                    found[worker.place] = answer
                    worker.place = -1
            if progress is not None:
                progress("matches", len(found), len(matches))
        every = (replace(found[k], faults=(*forfeits.get(k, ()), *found[k].faults)) for k in range(len(matches)))
        return list(every)

    def _hand_out(self, left: deque[tuple[int, Match]]) -> None:
        """Keep everybody busy, and take on more as long as there is more to do."""
        while left:
            idle = next((worker for worker in self._workers if worker.place < 0), None)
            if idle is None:
                if len(self._workers) >= self._most:
                    return
                idle = _Worker(self._terms)
                self._workers.append(idle)
            idle.begin(*left.popleft())

    def _answers(self) -> Iterator[tuple[_Worker, Outcome | None, bool]]:
        """Workers that are ready, dead or late, with what they found."""
        busy = {worker.pipe: worker for worker in self._workers if worker.place >= 0}
        ready = set(wait(list(busy), timeout=_GLANCE))
        for pipe, worker in busy.items():
            late = pipe not in ready and time.monotonic() > worker.deadline
            if pipe in ready or late:
                answer = None if late else worker.answer()
                if isinstance(answer, str):
                    raise TournamentError(f"a match can't be played: {answer}")
                yield worker, answer, late

    def _dismiss(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


def _without_culprit(worker: _Worker, late: bool, forfeits: dict[int, list[Fault]]) -> Match:
    """The match once more, without the agent that was at work."""
    match, seat = worker.match, int(worker.deciding.value)
    assert match is not None
    if not 1 <= seat <= len(match.seats) or seat in match.sitting_out:
        raise TournamentError(
            "a match overran its time while no agent was at work; choose a longer --limit or a shorter scenario"
            if late
            else "a match ended with its process while no agent was at work; is there enough memory?"
        )
    why = "did not stop when its time was up" if late else "ended the process it ran in"
    forfeits.setdefault(worker.place, []).append(Fault(match.seats[seat - 1].name, float("nan"), why, True))
    return replace(match, sitting_out=(*match.sitting_out, seat))
