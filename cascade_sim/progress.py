"""Progress bars on a terminal; silence in a pipe."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Progress", "bars"]

Progress = Callable[[str, float, float], None]


@contextlib.contextmanager
def bars(quiet: bool) -> Iterator[Progress | None]:
    """Bars that a run or a study reports to; none when nobody looks.

    Yields
    ------
    callable or None
        Takes a label, what is done and what there is in all: simulated seconds, or runs.
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
    )
    with Display(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[str, tuple[Any, float]] = {}

        def report(label: str, done: float, whole: float) -> None:
            if label not in tasks:
                tasks[label] = (display.add_task(label, total=whole, speed=""), time.perf_counter())
            task, began = tasks[label]
            speed = done / max(time.perf_counter() - began, 1e-9)
            display.update(task, completed=done, speed=f"{speed:,.3g} a second")

        yield report
