"""Progress bars on a terminal; silence in a pipe."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any, Protocol

__all__ = ["Progress", "bars"]


class Progress(Protocol):
    """Called with a label, what is done, what there is in all, and a note."""

    def __call__(self, label: str, done: float, whole: float, note: str = "", /) -> None:
        """Say how far it is."""


@contextlib.contextmanager
def bars(quiet: bool) -> Iterator[Progress | None]:
    """Bars that a run or a study reports to; none when nobody looks.

    Yields
    ------
    callable or None
        Takes a label, what is done and what there is in all (simulated seconds, or runs), and a note.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
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
