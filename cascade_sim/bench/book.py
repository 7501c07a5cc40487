"""The book alone: ours, the naive one and the C++ twin on the same stream, and whether they agree."""

import ctypes
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.bench.measure import HIGHER, Line, best_rate
from cascade_sim.bench.naive_book import NaiveBook
from cascade_sim.bench.streams import SHIFT, book_world, run_book
from cascade_sim.bench.twin import Twin, ladder_rows
from cascade_sim.bench.workload import message_stream
from cascade_sim.market.tables import World

__all__ = ["Outcome", "book_lines", "naive_outcome", "our_outcome", "twin_outcome"]

Rows = NDArray[np.int64]
_PIECE = 5_000  # messages between two looks at a ring of 65,536 trades; a market order trades 10 times at most
_RING = 1 << 16


@dataclass(frozen=True)
class Outcome:
    """What a book made of a stream: equal outcomes mean equal trades, one by one."""

    trades: int
    volume: int
    digest: str


def _outcome(parts: list[Rows]) -> Outcome:
    rows = np.concatenate(parts) if parts else np.zeros((0, 4), np.int64)
    digest = hashlib.blake2b(np.ascontiguousarray(rows, dtype=np.int64).tobytes(), digest_size=8)
    return Outcome(len(rows), int(np.abs(rows[:, 1]).sum()), digest.hexdigest())


def _pieces(warm: Rows, stream: Rows) -> Iterator[Rows]:
    yield warm
    for start in range(0, len(stream), _PIECE):
        yield stream[start : start + _PIECE]


def naive_outcome(warm: Rows, stream: Rows) -> Outcome:
    """Trades of the naive book."""
    book = NaiveBook(keeps_trades=True)
    book.run(warm.tolist())
    book.run(stream.tolist())
    assert book.trades is not None
    return _outcome([np.array(book.trades, np.int64).reshape(-1, 4)])


def _latest(world: World, first: int, end: int) -> Rows:
    """Trades of a span of numbers, from the ring of our book."""
    rows = world.trades[np.arange(first, end) % _RING]
    columns = [rows["level"].astype(np.int64) - SHIFT, rows["lots"], rows["taker"], rows["maker"]]
    return np.column_stack([column.astype(np.int64) for column in columns])


def our_outcome(warm: Rows, stream: Rows) -> Outcome:
    """Trades of our book."""
    world = book_world(1)
    parts: list[Rows] = []
    count = 0
    for _ in run_book(world, *_pieces(warm, stream)):
        end = int(world.pools["trades"][0])
        parts.append(_latest(world, count, end))
        count = end
    return _outcome(parts)


def _numbers(warm: Rows, stream: Rows) -> int:
    return int(max(warm[:, 1].max(), stream[:, 1].max())) + 1


def twin_outcome(library: ctypes.CDLL, warm: Rows, stream: Rows) -> Outcome:
    """Trades of the C++ twin."""
    book = Twin(library, _numbers(warm, stream))
    parts: list[Rows] = []
    count = 0
    for piece in _pieces(warm, stream):
        end = book.run(ladder_rows(piece))
        parts.append(book.trades(count, end))
        count = end
    book.close()
    return _outcome(parts)


def _naive_run(warm: list[list[int]], stream: list[list[int]]) -> Iterator[None]:
    book = NaiveBook()
    book.run(warm)
    yield
    book.run(stream)
    yield


def _twin_run(library: ctypes.CDLL, warm: Rows, stream: Rows) -> Iterator[None]:
    book = Twin(library, _numbers(warm, stream))
    rows = ladder_rows(stream)
    book.run(ladder_rows(warm))
    yield
    book.run(rows)
    yield
    book.close()


def _agreement(library: ctypes.CDLL | None, warm: Rows, stream: Rows) -> Line:
    """Whether all books made the same trades."""
    outcomes = [our_outcome(warm, stream), naive_outcome(warm, stream)]
    outcomes += [] if library is None else [twin_outcome(library, warm, stream)]
    first = outcomes[0]
    others = sum(outcome != first for outcome in outcomes)
    note = f"{len(outcomes)} books; {first.trades:,} trades of {first.volume:,} lots, digest {first.digest}"
    return Line(what="books with other trades than ours", unit="", measured=others, target=0, note=note)


def book_lines(library: ctypes.CDLL | None, messages: int, repeats: int) -> list[Line]:
    """Rates of the three books, and the two ratios.

    Parameters
    ----------
    library : ctypes.CDLL or None
        Of `build_twin`.
    messages, repeats : int
        Length of the stream, and how often it is run; the best counts.
    """
    warm, stream = message_stream(messages)
    small = stream[: min(messages, 200_000)].tolist()  # the naive book gets slower on longer streams, not faster
    naive = ours = twin = 0.0
    for _ in range(repeats):  # in turn, so that what others do on the machine meets all three
        naive = max(naive, best_rate(lambda: _naive_run(warm.tolist(), small), len(small), 1) / 1e6)
        ours = max(ours, best_rate(lambda: run_book(book_world(1), warm, stream), messages, 1) / 1e6)
        if library is not None:
            twin = max(twin, best_rate(lambda: _twin_run(library, warm, stream), messages, 1) / 1e6)
    size = f"{messages:,} messages"
    lines = [
        _agreement(library, warm, stream),
        Line(what="naive Python book", unit="M/s", measured=naive, note=f"{len(small):,} messages"),
        Line(what="book alone", unit="M/s", measured=ours, target=25, sense=HIGHER, note=size),
        Line(what="book alone, against the naive book", unit="x", measured=ours / naive, target=15, sense=HIGHER),
    ]
    return [*lines, *_twin_lines(twin, ours, size)]


def _twin_lines(twin: float, ours: float, size: str) -> list[Line]:
    what = "book alone, against its C++ twin"
    if twin == 0.0:
        return [Line(what=what, unit="x", target=0.5, sense=HIGHER, note="no C++ compiler found (g++, clang++, $CXX)")]
    return [
        Line(what="C++ twin of the book", unit="M/s", measured=twin, note=size),
        Line(what=what, unit="x", measured=ours / twin, target=0.5, sense=HIGHER),
    ]
