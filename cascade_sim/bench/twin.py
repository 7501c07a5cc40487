"""The C++ twin of our book: compiled when the bench runs, where there is a compiler."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cascade_sim.bench.streams import SHIFT

__all__ = ["Twin", "build_twin", "find_compiler"]

_RING = 1 << 16
_SOURCE = Path(__file__).with_name("twin.cpp")


def find_compiler() -> str | None:
    """Path of a C++ compiler, or None."""
    names = [os.environ.get("CXX", ""), "g++", "clang++", "c++"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def build_twin(folder: Path) -> ctypes.CDLL | None:
    """Compile the twin into a folder and load it; None where there is no compiler that can."""
    compiler = find_compiler()
    library = folder / "twin.so"
    if compiler is None:
        return None
    command = [compiler, "-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", str(_SOURCE), "-o", str(library)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return None
    return _declared(ctypes.CDLL(str(library)))


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """Tell ctypes what the functions take and give."""
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    for name, result, arguments in (
        ("twin_open", pointer, [number, number]),
        ("twin_close", None, [pointer]),
        ("twin_trades", pointer, [pointer]),
        ("twin_run", number, [pointer, pointer, number]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Twin:
    """A book in C++.

    Parameters
    ----------
    library : ctypes.CDLL
        Of `build_twin`.
    numbers : int
        One more than the largest order number to come.
    """

    def __init__(self, library: ctypes.CDLL, numbers: int, orders: int = 1 << 20) -> None:
        self._library = library
        self._book = library.twin_open(numbers, orders)

    def run(self, rows: NDArray[np.int64]) -> int:
        """Handle rows as `ladder_rows` makes them; returns the number of trades so far."""
        return int(self._library.twin_run(self._book, rows.ctypes.data, len(rows)))

    def trades(self, first: int, end: int) -> NDArray[np.int64]:
        """Trades of a span of numbers that the ring still holds: price, signed lots, taker, maker."""
        pointer = ctypes.cast(self._library.twin_trades(self._book), ctypes.POINTER(ctypes.c_int64))
        ring = np.ctypeslib.as_array(pointer, (_RING, 4))
        rows = ring[np.arange(first, end) % _RING].copy()
        rows[:, 0] -= SHIFT
        return rows

    def close(self) -> None:
        """Give its memory back."""
        self._library.twin_close(self._book)


def ladder_rows(stream: NDArray[np.int64]) -> NDArray[np.int64]:
    """The stream with its prices in the middle of the ladder."""
    rows = np.ascontiguousarray(stream).copy()
    rows[:, 3] += SHIFT
    return rows
