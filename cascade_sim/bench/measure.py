"""One line of the report: what was measured, what was wanted, and whether it is met."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["HIGHER", "LOWER", "Line", "best_rate", "best_time"]

HIGHER, LOWER = "at least", "at most"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A measured figure.

    Attributes
    ----------
    what, unit : str
        What was measured, and in what.
    measured : float or None
        None where it was left out.
    target : float or None
        None where the figure is only there to compare with.
    sense : {"at least", "at most"}
        Which side of the target is good.
    note : str
        Sizes, or why it was left out.
    """

    what: str
    unit: str
    measured: float | None = None
    target: float | None = None
    sense: str = LOWER
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met, short, or nothing where there is no target or no measurement."""
        if self.measured is None:
            return "left out"
        if self.target is None:
            return ""
        good = self.measured >= self.target if self.sense == HIGHER else self.measured <= self.target
        return "met" if good else "short"


def best_time(function: Callable[[], object], repeats: int) -> float:
    """Least wall time of some calls, in seconds: others on the machine only ever make it longer."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - began)
    return best


def best_rate(begin: Callable[[], Iterator[Any]], messages: int, repeats: int) -> float:
    """Most messages a second of some runs that warm up at the first `next` and work at the second."""
    best = float("inf")
    for _ in range(repeats):
        run = begin()
        next(run)
        best = min(best, best_time(lambda run=run: next(run), 1))  # type: ignore[misc]
    return messages / best
