"""Light views of single agents: a row of a table with its account, in units."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.agents.custom import PositionView, View
from cascade_sim.market.constants import LINK
from cascade_sim.market.kernel import entry
from cascade_sim.market.margin import equity_and_margin, liquidation_mark
from cascade_sim.market.tables import World
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["Individual", "Individuals"]


@entry
def _margins(w: World, a: int) -> Any:
    """Equity, maintenance margin and gross notional of an account."""
    return equity_and_margin(w, LINK(a))


@entry
def _liquidation_mark(w: World, a: int, m: int) -> Any:
    """Mark at which an account's position in a market is liquidated."""
    return liquidation_mark(w, LINK(a), LINK(m))


class Individual:
    """One agent: properties of its account in USD, and any column of its row by name."""

    __slots__ = ("_row", "_rows", "_simulation")

    def __init__(self, simulation: Simulation, rows: NDArray[Any], row: int) -> None:
        self._simulation, self._rows, self._row = simulation, rows, row

    def __getattr__(self, name: str) -> Any:
        if self._rows.dtype.names and name in self._rows.dtype.names:
            return self._rows[name][self._row].item()
        raise AttributeError(f"{type(self).__name__} has no {name!r}; its columns are {self._rows.dtype.names}")

    @property
    def account_row(self) -> int:
        """Row of its account."""
        return int(self._rows["account"][self._row])

    @property
    def _view(self) -> View:
        return View(self._simulation.world, self._simulation.roster, self.account_row)

    @property
    def equity(self) -> float:
        """Money and profit at mark."""
        return float(_margins(self._simulation.world, self.account_row)[0]) / MONEY_UNITS

    @property
    def maintenance_margin(self) -> float:
        """Margin below which it is liquidated."""
        return float(_margins(self._simulation.world, self.account_row)[1]) / MONEY_UNITS

    @property
    def notional(self) -> float:
        """Value of all positions without sign."""
        return float(_margins(self._simulation.world, self.account_row)[2]) / MONEY_UNITS

    @property
    def effective_leverage(self) -> float:
        """Notional over equity."""
        return self.notional / self.equity if self.equity > 0 else float("inf") if self.notional else 0.0

    @property
    def margin_ratio(self) -> float:
        """Maintenance margin over equity; liquidated above 1."""
        return self.maintenance_margin / self.equity if self.equity > 0 else float("inf")

    @property
    def is_being_liquidated(self) -> bool:
        """Whether the venue is closing it out."""
        return bool(self._simulation.world.accounts["status"][self.account_row])

    def position(self, market: str) -> PositionView:
        """Position in a perpetual."""
        return self._view.position(market)

    def liquidation_price(self, market: str) -> float:
        """Mark at which its position in a market is liquidated, other marks as they are; nan without a position."""
        if self.position(market).size == 0:
            return float("nan")
        roster = self._simulation.roster
        mark = _liquidation_mark(self._simulation.world, self.account_row, roster.markets[market])
        return float(mark) / MONEY_UNITS / roster.market(market).lot


class Individuals(Sequence[Individual]):
    """All agents of one type, or of one cohort.

    Parameters
    ----------
    simulation : Simulation
    table : str
        Field of the population, for example "traders".
    first, count : int
        Rows of the table.
    """

    def __init__(self, simulation: Simulation, table: str, first: int, count: int) -> None:
        self._simulation, self._table, self._first, self._count = simulation, table, first, count

    @property
    def _rows(self) -> NDArray[Any]:
        return getattr(self._simulation.population, self._table)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Individual: ...
    @overload
    def __getitem__(self, index: slice) -> list[Individual]: ...
    def __getitem__(self, index: int | slice) -> Individual | list[Individual]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"{self._table}: there are {len(self)}, got index {index}")
        return Individual(self._simulation, self._rows, self._first + index % len(self))

    def __iter__(self) -> Iterator[Individual]:
        return (self[k] for k in range(len(self)))

    def get(self, name: str) -> NDArray[Any]:
        """One column of all of them, as a read-only array."""
        column = self._rows[name][self._first : self._first + self._count]
        column.flags.writeable = False
        return column

    def to_frame(self) -> pd.DataFrame:
        """Their rows as a data frame."""
        return pd.DataFrame(self._rows[self._first : self._first + self._count])

    def equities(self) -> NDArray[np.float64]:
        """Equity of every account, USD."""
        return np.array([individual.equity for individual in self])
