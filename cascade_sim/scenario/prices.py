"""Price files: reading bars of several formats, and filling them in by a path through high, low and close."""

import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.market.draws import normals, uniforms
from cascade_sim.market.kernel import entry
from cascade_sim.market.streams import BRIDGE, BRIDGE_NOISE

__all__ = ["Bars", "PriceFileError", "bridge", "read_bars"]

_TIMES = ("minute_utc", "open_time", "timestamp", "time", "datetime", "date", "ts")
_KLINE = (
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "quote_volume",
    "count",
    "taker_buy_volume",
    "taker_buy_quote_volume",
)
_FLOWS = (("quote_musd", "taker_buy_musd"), ("quote_volume", "taker_buy_quote_volume"))
_ROUGHNESS = 0.15  # standard deviation of the noise between two points, in units of the bar's range


class PriceFileError(ValueError):
    """A price file can't be used."""


@dataclass(frozen=True)
class Bars:
    """Bars of equal length.

    Attributes
    ----------
    start : float
        When the first one began, seconds since 1970.
    seconds : float
        Length of a bar.
    high, low, close : ndarray of float64, shape (bars,)
        In USD. The first bar only gives the price to start from: its close.
    volume, bought : ndarray of float64, shape (bars,), optional
        Value of what was traded, and of what takers bought, in one unit; none where the file does not say.
    """

    start: float
    seconds: float
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64] | None = None
    bought: NDArray[np.float64] | None = None

    @property
    def duration(self) -> float:
        """Seconds that the path lasts."""
        return self.seconds * (len(self.close) - 1)


def _frame(path: Path) -> tuple[pd.DataFrame, int]:
    """Columns by lower-case name, and the line of the first bar; kline files without a header get theirs."""
    try:
        first = pd.read_csv(path, header=None, nrows=1)
        bare = bool(pd.to_numeric(first.iloc[0, :5], errors="coerce").notna().all())
        frame = pd.read_csv(path, header=None) if bare else pd.read_csv(path)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise PriceFileError(f"price file {path}: not readable as CSV: {' '.join(str(error).split())}") from None
    names = [*_KLINE, *map(str, range(len(_KLINE), frame.shape[1]))][: frame.shape[1]] if bare else frame.columns
    frame.columns = pd.Index([str(name).strip().lower() for name in names])
    return frame, 1 if bare else 2


def _seconds(numbers: pd.Series) -> NDArray[np.float64]:
    """Numbers since 1970 in seconds; what they count is told from their size."""
    size = float(numbers.abs().max())
    unit = next((unit for above, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)) if size > above), 1.0)
    return numbers.to_numpy(float) / unit


def _times(frame: pd.DataFrame, path: Path, line: int) -> NDArray[np.float64]:
    """Seconds of each bar."""
    name = next((name for name in _TIMES if name in frame), None)
    if name is None:
        raise PriceFileError(f"price file {path}: no column of times; name it one of {', '.join(_TIMES)}")
    column = frame[name]
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().all():
        return _seconds(numbers)
    stamps = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
    if stamps.isna().any():
        row = int(stamps.isna().to_numpy().argmax())
        raise PriceFileError(f"price file {path}: row {row + line}: {column.tolist()[row]!r} is not a time")
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6


def _within(
    frame: pd.DataFrame, times: NDArray[np.float64], start: datetime | None, end: datetime | None, path: Path
) -> tuple[pd.DataFrame, NDArray[np.float64], int]:
    """Bars from `start` to `end`, their times, and how many were left out before them."""
    first = -np.inf if start is None else _stamp(start)
    inside = (times >= first) & (times <= (np.inf if end is None else _stamp(end)))
    if inside.sum() < 2:
        span = f"{_shown(times.min())} to {_shown(times.max())}"
        raise PriceFileError(
            f"price file {path}: fewer than two bars from prices.start ({start}) to prices.end ({end}); it has {span}"
        )
    return frame[inside], times[inside], int(inside.argmax())


def _stamp(time: datetime) -> float:
    """Seconds since 1970; a time without a zone is UTC."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _flows(frame: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Volume and takers' purchases, where the file has both."""
    for volume, bought in _FLOWS:
        if volume in frame and bought in frame:
            numbers = frame[[volume, bought]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
            return {"volume": numbers[:, 0], "bought": numbers[:, 1]}
    return {}


def read_bars(file: str, start: datetime | None = None, end: datetime | None = None) -> Bars:
    """Bars of a CSV file.

    Parameters
    ----------
    file : str
        With a header: a column of times (``minute_utc``, ``open_time``, ``timestamp``, ``time``, ``date``) and
        ``high``, ``low``, ``close``; or an exchange kline file without one (open time, open, high, low, close,
        volume, close time, ...). Times are ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970.
        Takers' purchases are read from ``quote_musd`` and ``taker_buy_musd``, or from the columns of a kline file.
    start, end : datetime, optional
        First and last bar to use, by the time at which they began; UTC where no zone is given.

    Raises
    ------
    PriceFileError
        Naming the file, the row and the value.
    """
    path = Path(file)
    if not path.is_file():
        raise PriceFileError(f"price file {path}: there is no such file")
    frame, line = _frame(path)
    missing = [name for name in ("high", "low", "close") if name not in frame]
    if missing:
        raise PriceFileError(f"price file {path}: columns {', '.join(missing)} are missing; it has {list(frame)}")
    times = _times(frame, path, line)
    if start is not None or end is not None:
        frame, times, left_out = _within(frame, times, start, end, path)
        line += left_out
    values = frame[["high", "low", "close"]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    high, low, close = values.T
    bad = ~np.isfinite(values).all(axis=1) | (low <= 0) | (high < low) | (close > high) | (close < low)
    if bad.any():
        row = int(bad.argmax())
        shown = dict(zip(("high", "low", "close"), values[row].tolist(), strict=True))
        raise PriceFileError(f"price file {path}: row {row + line}: needs 0 < low <= close <= high, got {shown}")
    steps = np.diff(times)
    odd = ~np.isclose(steps, steps[0], rtol=1e-3) | (steps <= 0) if len(steps) else np.array([True])
    if odd.any():
        row = int(odd.argmax()) + 1
        raise PriceFileError(
            f"price file {path}: row {row + line}: needs at least two bars of equal length in order of time; "
            "fill gaps first"
        )
    return Bars(float(times[0]), float(steps[0]), high, low, close, **_flows(frame))


@entry
def _bar_draws(seed: int, bars: int, ticks: int, places: NDArray[Any], noise: NDArray[Any]) -> None:
    """Where in each bar the extremes lie (four uniforms) and the noise between them (a normal a tick)."""
    for bar in range(bars):
        places[bar, 0], places[bar, 1] = uniforms(seed, BRIDGE, bar, 0, 0)
        places[bar, 2], places[bar, 3] = uniforms(seed, BRIDGE, bar, 1, 0)
        for tick in range(ticks):
            z, _ = normals(seed, BRIDGE_NOISE, bar, tick, 0)
            noise[bar, tick] = z


def bridge(bars: Bars, interval: float, seed: int, through_extremes: bool = True) -> NDArray[np.float64]:
    """Path through the bars: starts at the first close, visits each later bar's high and low, ends at its close.

    Parameters
    ----------
    bars : Bars
    interval : float
        Seconds between points; at most a quarter of a bar for both extremes to fit in.
    seed : int
        Of the addressed draws that place the extremes and roughen the path.
    through_extremes : bool
        Whether to visit high and low, or only go to the close.

    Returns
    -------
    ndarray of float64, shape (points,)
        Starting with the first close; never outside a bar's high and low.
    """
    ticks = max(round(bars.seconds / interval), 1)
    n = len(bars.close)
    places, noise = np.zeros((n, 4)), np.zeros((n, ticks))
    _bar_draws(seed, n, ticks, places, noise)
    path = [np.array([bars.close[0]])]
    for bar in range(1, n):
        path.append(_one_bar(bars, bar, ticks, places[bar], noise[bar], through_extremes))
    return np.concatenate(path)


def _one_bar(
    bars: Bars, bar: int, ticks: int, place: NDArray[np.float64], noise: NDArray[np.float64], visits: bool
) -> NDArray[np.float64]:
    """Points of one bar after its first moment."""
    start, high, low, close = bars.close[bar - 1], bars.high[bar], bars.low[bar], bars.close[bar]
    points = {0: start, ticks: close}
    if visits and ticks >= 4:
        one = 1 + int(place[0] * (ticks - 1))
        other = 1 + int(place[1] * (ticks - 2))
        other += other >= one
        first, second = min(one, other), max(one, other)
        # A bar that closes near its low went there last more often than not.
        low_last = place[2] < (high - close) / max(high - low, 1e-300)
        points |= {first: high, second: low} if low_last else {first: low, second: high}
    where = np.array(sorted(points))
    grid = np.arange(ticks + 1)
    path: NDArray[np.float64] = np.interp(grid, where, [points[k] for k in where])
    rough = np.append(0.0, np.cumsum(noise)) / np.sqrt(ticks) * _ROUGHNESS * (high - low)
    path += rough - np.interp(grid, where, rough[where])
    path[1:] = np.clip(path[1:], low, high)
    return path[1:]
