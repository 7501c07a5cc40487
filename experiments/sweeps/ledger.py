"""The ledger of a sweep: every finished run, committed as it comes, so that none is lost and none repeated."""

import contextlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES

__all__ = ["DONE", "FAILED", "KILLED", "Entry", "Ledger"]

DONE, FAILED, KILLED = "done", "failed", "killed"
_TABLES = """
create table if not exists runs (
    cell integer, seed integer, status text, error text, outcomes text, seconds real, attempts integer,
    primary key (cell, seed)
) without rowid;
create table if not exists environments (told text primary key) without rowid;
"""


@dataclass(frozen=True)
class Entry:
    """What became of one run.

    Attributes
    ----------
    cell, seed : int
    status : str
        `DONE`; `FAILED` with an error; `KILLED` when its worker died each time.
    error : str
    outcomes : dict of str to float
    seconds : float
        That it took; differs from machine to machine.
    attempts : int
    environment : str
        What it was computed with; the ledger remembers which there were, not which each run had.
    """

    cell: int
    seed: int
    status: str
    error: str
    outcomes: dict[str, float]
    seconds: float
    attempts: int = 1
    environment: str = ""


class Ledger:
    """SQLite table with a single writer.

    Every entry is committed at once; a killed process loses nothing that was entered (write-ahead log). The log needs
    a local disk: on a network's, let every shard write where it runs, and merge the folders.

    Parameters
    ----------
    file : pathlib.Path
        Made if it is not there.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._explained():
            self._db = sqlite3.connect(file, timeout=30.0)
            try:
                self._set_up()
            except sqlite3.Error:
                self._db.close()
                raise

    def _set_up(self) -> None:
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_TABLES)
        self._db.commit()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the file system refuses into words."""
        try:
            yield
        except sqlite3.Error as error:
            raise SweepError(
                f"the ledger {self._file} can't be written ({error})",
                ["what was entered before is safe; free some space, or the file, and start the same sweep again"],
            ) from None

    def enter(self, entry: Entry) -> None:
        """Commit one run; a later entry replaces a failed one."""
        numbers = json.dumps(entry.outcomes)
        row = (entry.cell, entry.seed, entry.status, entry.error, numbers, entry.seconds, entry.attempts)
        with self._explained(), self._db:
            self._db.execute("insert or replace into runs values (?, ?, ?, ?, ?, ?, ?)", row)
            if entry.environment:
                self._db.execute("insert or ignore into environments values (?)", (entry.environment,))

    def environments(self) -> list[str]:
        """Everything that finished runs were computed with."""
        with self._explained():
            return [told for (told,) in self._db.execute("select told from environments order by told")]

    def remember(self, environments: Iterable[str]) -> None:
        """Enter what runs were computed with that are taken over from another ledger."""
        with self._explained(), self._db:
            self._db.executemany("insert or ignore into environments values (?)", [(told,) for told in environments])

    def status(self) -> dict[tuple[int, int], str]:
        """Status of every entered run by cell and seed."""
        with self._explained():
            return {
                (cell, seed): status for cell, seed, status in self._db.execute("select cell, seed, status from runs")
            }

    def seconds(self) -> float:
        """Time that all entered runs took together."""
        with self._explained():
            (total,) = self._db.execute("select coalesce(sum(seconds), 0) from runs").fetchone()
        return float(total)

    def outcomes(self, cell: int | None = None) -> pd.DataFrame:
        """Cell, seed, status, error and outcomes of every entered run, or of those of one cell, by cell and seed."""
        where, values = (" where cell = ?", (cell,)) if cell is not None else ("", ())
        with self._explained(), self._db:
            self._db.execute("begin")  # one view of the table, though another process may be adding to it
            (count,) = self._db.execute(f"select count(*) from runs{where}", values).fetchone()
            query = f"select cell, seed, status, error, outcomes from runs{where} order by cell, seed"
            keys, states, errors, numbers = _columns(count, self._db.execute(query, values))
        told = {"status": pd.Series(states, dtype="str"), "error": pd.Series(errors, dtype="str")}
        frames = [pd.DataFrame(keys, columns=["cell", "seed"]), pd.DataFrame(told)]
        return pd.concat([*frames, pd.DataFrame(numbers, columns=list(OUTCOMES))], axis=1)

    def frame(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Every entered run with the axis values of its cell.

        Parameters
        ----------
        cells : DataFrame
            Axis values by cell.

        Returns
        -------
        DataFrame
            ``cell``, ``seed``, axis values, ``status``, ``error``, outcomes; sorted by cell and seed.
        """
        runs = self.outcomes()
        axes = cells.loc[runs["cell"]].reset_index(drop=True)
        return pd.concat([runs[["cell", "seed"]], axes, runs.drop(columns=["cell", "seed"])], axis=1)

    def entries(self) -> Iterator[Entry]:
        """Every entered run, to be entered elsewhere."""
        for cell, seed, status, error, numbers, seconds, attempts in self._db.execute("select * from runs"):
            yield Entry(cell, seed, status, error, json.loads(numbers), seconds, attempts)


def _columns(
    count: int, rows: Iterable[tuple[int, int, str, str, str]]
) -> tuple[NDArray[np.int64], list[str], list[str], NDArray[np.float64]]:
    """Rows of the table as arrays: a hundred thousand as objects would take half a gigabyte."""
    keys, states, errors = np.empty((count, 2), np.int64), [""] * count, [""] * count
    numbers = np.full((count, len(OUTCOMES)), np.nan)
    for row, (cell, seed, status, error, text) in enumerate(rows):
        keys[row], states[row], errors[row] = (cell, seed), sys.intern(status), error
        found = json.loads(text)
        numbers[row] = [found.get(name, np.nan) for name in OUTCOMES]
    return keys, states, errors, numbers
