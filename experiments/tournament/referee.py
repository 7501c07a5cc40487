"""A student's agent at its turn: with a time limit, behind a fence, and what goes wrong is its own loss."""

import contextlib
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cascade_sim.agents.custom import CancelAll
from cascade_sim.experiments.tournament.entrants import Entrant
from cascade_sim.experiments.tournament.sight import Sight
from cascade_sim.experiments.tournament.student import load_agent

__all__ = ["Fault", "Limits", "Referee", "in_words"]

_TURNS = 10  # that may be lost in a run before the agent sits out the rest of it


@dataclass(frozen=True)
class Limits:
    """How long students' code may take, s of real time.

    Attributes
    ----------
    decision : float
        One decision; also the making of an agent.
    thinking : float
        All decisions of a run together.
    run : float
        A whole run, after which its process is ended.
    """

    decision: float = 1.0
    thinking: float = 20.0
    run: float = 120.0


@dataclass(frozen=True)
class Fault:
    """Why a turn was lost.

    Attributes
    ----------
    entrant : str
    time : float
        Seconds since the start of the run.
    error : str
    fatal : bool
        Whether the agent sits out the rest of the run for it.
    """

    entrant: str
    time: float
    error: str
    fatal: bool = False


class _TooSlow(BaseException):
    """No Exception, so that a student's `except Exception` does not swallow it."""


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer, again and again; where there are no signals only the run is limited."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(*_: Any) -> None:
        raise _TooSlow

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)


def in_words(error: BaseException) -> str:
    """Kind and text of an error, with the line of the student's file that it came from."""
    line = ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<entrant "):
            line = f" (line {trace.tb_lineno})"
        trace = trace.tb_next
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if text else ''}{text[:300]}{line}"


class Referee:
    """Takes a student's place among the agents.

    Parameters
    ----------
    entrant : Entrant
    seat : int
        Where it sits, from 1.
    seed : int
    terms : mapping
        ``venue`` and ``deposit``, the same for everybody, and ``most_leverage`` of the venue.
    limits : Limits
    deciding : object with `value`, optional
        Where it is noted which seat's agent is at work; 0: none.
    """

    latency = 0.1  # the same for all students, s
    _QUICKEST = 1.0  # between wake-ups, s

    def __init__(
        self, entrant: Entrant, seat: int, seed: int, terms: dict[str, Any], limits: Limits, deciding: Any = None
    ) -> None:
        self.name, self.limits, self.faults = entrant.name, limits, list[Fault]()
        self._seat, self._deciding = seat, deciding
        self.venue, self.deposit, self.holdings = terms["venue"], terms["deposit"], dict[str, float]()
        self.leverage, self.interval = 1.0, self._QUICKEST
        self.turns, self.spent, self._said_goodbye = 0, 0.0, False
        self._agent: Any = None
        try:
            with self._at_work(max(limits.decision, 5.0)):
                self._agent = load_agent(entrant, seat, seed)
                self._agree(terms["most_leverage"])
        except (Exception, SystemExit, _TooSlow) as error:
            self._blame(0.0, error, fatal=True)

    @contextlib.contextmanager
    def _at_work(self, seconds: float) -> Iterator[None]:
        """Note whose code runs, and limit it."""
        if self._deciding is not None:
            self._deciding.value = self._seat
        try:
            with _within(seconds):
                yield
        finally:
            if self._deciding is not None:
                self._deciding.value = 0

    def _agree(self, most: float) -> None:
        """Take over what an agent may choose itself."""
        self.leverage, interval = float(self._agent.leverage), float(self._agent.interval)
        if not 1.0 <= self.leverage <= most:
            raise ValueError(f"leverage must be from 1 to {most:g}, got {self._agent.leverage!r}")
        if not 0.0 < interval < 1e9:
            raise ValueError(f"interval must be a number of seconds above 0, got {self._agent.interval!r}")
        self.interval = max(interval, self._QUICKEST)

    @property
    def is_out(self) -> bool:
        """Whether it sits out the rest of the run."""
        return bool(self.faults) and (self.faults[-1].fatal or len(self.faults) >= _TURNS)

    def turn(self, sight: Sight, markets: Sequence[str]) -> Any:
        """What the agent wants, or nothing if its turn is lost; who is out cancels its orders, once."""
        if self.is_out:
            goodbye = [] if self._said_goodbye else [CancelAll(market=name) for name in markets]
            self._said_goodbye = True
            return goodbye
        assert sight.view is not None
        self.turns, began, now = self.turns + 1, time.perf_counter(), sight.view.time
        try:
            with self._at_work(self.limits.decision):
                wishes: Any = self._agent.decide(sight.view)
                wishes = list(wishes) if isinstance(wishes, Sequence) else wishes
            sight.close()
        except (Exception, SystemExit, GeneratorExit, _TooSlow) as error:
            sight.shut()
            self._blame(now, error, fatal=isinstance(error, _TooSlow))
            wishes = []
        self.spent += time.perf_counter() - began
        if self.spent > self.limits.thinking and not self.is_out:
            self.faults.append(Fault(self.name, now, f"used up the {self.limits.thinking:g} s for a run", True))
        return wishes

    def refuse(self, now: float, error: Exception) -> None:
        """The exchange can't be sent what was wanted."""
        self._blame(now, error, fatal=False)

    def _blame(self, now: float, error: BaseException, fatal: bool) -> None:
        slow = f"took longer than {self.limits.decision:g} s for a decision"
        words = slow if isinstance(error, _TooSlow) else in_words(error)
        self.faults.append(Fault(self.name, now, words, fatal))
        error.__traceback__ = None  # it holds the view
