"""What a student's agent is shown: the usual view, over tables that can't be written and that close after its turn.

It is a fence, not a wall: Python lets who wants to climb over it. What it catches are mistakes, and plain cheating.
"""

import weakref
from typing import Any

from cascade_sim.agents.custom import View
from cascade_sim.agents.roster import Roster
from cascade_sim.market.tables import World

__all__ = ["KeptViewError", "Sight", "read_only"]


class KeptViewError(RuntimeError):
    """An agent looks at, or keeps, the view of a turn that is over."""


def read_only(world: World) -> dict[str, Any]:
    """Tables of a world by name, that refuse to be written; they follow what happens in it."""
    tables = {}
    every: list[Any] = list(world)
    for name, table in zip(world._fields, every, strict=True):
        tables[name] = table.view()
        tables[name].flags.writeable = False
    return tables


class _Window:
    """Stands for the world until it is closed."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables: dict[str, Any] | None = tables

    def __getattr__(self, name: str) -> Any:
        if self._tables is None:
            raise KeptViewError("a view is valid during its turn only; keep numbers from it, not the view itself")
        return self._tables[name]


class Sight:
    """A view for one turn.

    Parameters
    ----------
    tables : dict of str to ndarray
        Of `read_only`.
    roster : Roster
    account : int
    """

    def __init__(self, tables: dict[str, Any], roster: Roster, account: int) -> None:
        self._window = _Window(tables)
        world: Any = self._window
        self.view: View | None = View(world, roster, account)

    def shut(self) -> None:
        """End the turn; who holds the view still can't look any more."""
        self._window._tables = None

    def close(self) -> None:
        """End the turn.

        Raises
        ------
        KeptViewError
            If somebody holds the view still.
        """
        held, self.view = weakref.ref(self.view), None
        self.shut()
        if held() is not None:
            raise KeptViewError("it keeps the view of its turn; keep numbers from it, not the view itself")
