"""How far a run or a study is: bars on a terminal; elsewhere, as in a log or a notebook, a plain line now and then."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

__all__ = ["Progress", "bars"]

_FIRST, _LONGEST = 30.0, 300.0  # seconds until the first plain line, and between two at most
_PART = 0.05  # of the time so far that passes between two, so that a long run does not fill its log


class Progress(Protocol):
    """Called with a label, what is done, what there is in all, and a note."""

    def __call__(self, label: str, done: float, whole: float, note: str = "", /) -> None:
        """Say how far it is."""


@contextlib.contextmanager
def bars(quiet: bool) -> Iterator[Progress | None]:
    """Bars that a run or a study reports to, or plain lines where standard error is no terminal.

    Nothing is written in the first half minute of plain lines, so that what is quick stays silent in a pipe.

    Yields
    ------
    callable or None
        Takes a label, what is done and what there is in all (simulated seconds, or runs), and a note. None where
        nobody wants to know.
    """
    if quiet:
        yield None
        return
    with _drawn() if sys.stderr.isatty() else _told(sys.stderr) as progress:
        yield progress


@contextlib.contextmanager
def _drawn() -> Iterator[Progress]:
    """Bars on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Display

    columns = (
        TextColumn("{task.description:>15}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Display(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[str, tuple[Any, float, float]] = {}

        def report(label: str, done: float, whole: float, note: str = "") -> None:
            if label not in tasks:
                task = display.add_task(label, total=whole, speed="", note="")
                tasks[label] = (task, time.perf_counter(), done)
            task, began, first = tasks[label]
            speed = (done - first) / max(time.perf_counter() - began, 1e-9)
            display.update(task, completed=done, total=whole, speed=f"{speed:,.3g} a second", note=note)

        yield report


@contextlib.contextmanager
def _told(stream: TextIO) -> Iterator[Progress]:
    """Plain lines, written beside the work: they come also while it has nothing to report."""
    known, over = _Known(time.monotonic()), threading.Event()
    teller = threading.Thread(target=_tell, args=(known, over, stream), daemon=True)
    teller.start()
    try:
        yield known
    finally:
        over.set()
        teller.join()


def _tell(known: "_Known", over: threading.Event, stream: TextIO) -> None:
    """Write a line whenever it is time, until it is over or nobody reads any more."""
    with contextlib.suppress(OSError, ValueError):
        while not over.wait(_pause(time.monotonic() - known.began)):
            print(known.line(time.monotonic()), file=stream, flush=True)


def _pause(so_far: float) -> float:
    """Seconds until the next line."""
    return min(max(_PART * so_far, _FIRST), _LONGEST)


@dataclass
class _Stage:
    """What was last reported under a label, and when and where it began."""

    began: float
    first: float
    label: str
    done: float
    whole: float
    note: str
    grows: bool = False

    def left(self, now: float) -> float | None:
        """Seconds that it is likely to take yet; None without a speed, where more is added, or at the end."""
        if self.done <= self.first or self.grows or self.done >= self.whole:
            return None
        return (self.whole - self.done) * (now - self.began) / (self.done - self.first)


class _Known:
    """Listens, and says in one line what it heard last.

    Parameters
    ----------
    began : float
        When the work did, in seconds of the monotonic clock.
    """

    def __init__(self, began: float) -> None:
        self.began = began
        self._stage: _Stage | None = None

    def __call__(self, label: str, done: float, whole: float, note: str = "", /) -> None:
        before = self._stage
        if before is None or before.label != label or done < before.done:  # another stage, or the same once more
            self._stage = _Stage(time.monotonic(), done, label, done, whole, note)
        else:
            grows = before.grows or whole > before.whole
            self._stage = _Stage(before.began, before.first, label, done, whole, note, grows)

    def line(self, now: float) -> str:
        """How far it is, and how long it may take yet."""
        stage, so_far = self._stage, f"{_in_words(now - self.began)} so far"
        if stage is None:
            return f"still at work, {so_far}"
        left = stage.left(now)
        parts = [f"{stage.label}: {stage.done:,.0f} of {stage.whole:,.0f}", stage.note, so_far]
        return ", ".join([part for part in parts if part] + ([] if left is None else [f"about {_in_words(left)} left"]))


def _in_words(seconds: float) -> str:
    """A span of time as people say it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
