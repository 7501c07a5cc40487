"""Price files: reading bars of several formats, and filling them in by a path through high, low and close."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.market.draws import normals, uniforms
from cascade_sim.market.kernel import entry

__all__ = ["Bars", "PriceFileError", "bridge", "read_bars"]

_BRIDGE_STREAM, _NOISE_STREAM = 1 << 12, (1 << 12) + 1
_TIMES = ("minute_utc", "open_time", "timestamp", "time", "datetime", "date", "ts")
_KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_ROUGHNESS = 0.15  # standard deviation of the noise between two points, in units of the bar's range


class PriceFileError(ValueError):
    """A price file can't be used."""


@dataclass(frozen=True)
class Bars:
    """Bars of equal length.

    Attributes
    ----------
    seconds : float
        Length of a bar.
    high, low, close : ndarray of float64, shape (bars,)
        In USD. The first bar only gives the price to start from: its close.
    """

    seconds: float
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]

    @property
    def duration(self) -> float:
        """Seconds that the path lasts."""
        return self.seconds * (len(self.close) - 1)


def _frame(path: Path) -> pd.DataFrame:
    """Columns by lower-case name; exchange kline files without a header get theirs."""
    try:
        frame = pd.read_csv(path)
        if pd.to_numeric(pd.Index(frame.columns[:5]), errors="coerce").notna().all():
            frame = pd.read_csv(path, header=None)
            frame.columns = [*_KLINE, *map(str, range(len(_KLINE), frame.shape[1]))][: frame.shape[1]]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise PriceFileError(f"price file {path}: not readable as CSV: {' '.join(str(error).split())}") from None
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    return frame


def _times(frame: pd.DataFrame, path: Path) -> NDArray[np.float64]:
    """Seconds of each bar."""
    name = next((name for name in _TIMES if name in frame), None)
    if name is None:
        raise PriceFileError(f"price file {path}: no column of times; name it one of {', '.join(_TIMES)}")
    column = frame[name]
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().all():
        size = float(numbers.abs().max())
        return numbers.to_numpy(float) / (1e6 if size > 1e14 else 1e3 if size > 1e11 else 1.0)
    stamps = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
    if stamps.isna().any():
        row = int(stamps.isna().to_numpy().argmax())
        raise PriceFileError(f"price file {path}: row {row + 2}: {column.iloc[row]!r} is not a time")
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6


def read_bars(file: str) -> Bars:
    """Bars of a CSV file.

    Parameters
    ----------
    file : str
        With a header: a column of times (``minute_utc``, ``open_time``, ``timestamp``, ``time``, ``date``) and
        ``high``, ``low``, ``close``; or an exchange kline file without one (open time, open, high, low, close,
        volume, close time, ...). Times are ISO 8601, or seconds, milliseconds or microseconds since 1970.

    Raises
    ------
    PriceFileError
        Naming the file, the row and the value.
    """
    path = Path(file)
    if not path.is_file():
        raise PriceFileError(f"price file {path}: there is no such file")
    frame = _frame(path)
    missing = [name for name in ("high", "low", "close") if name not in frame]
    if missing:
        raise PriceFileError(f"price file {path}: columns {', '.join(missing)} are missing; it has {list(frame)}")
    times = _times(frame, path)
    values = frame[["high", "low", "close"]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    high, low, close = values.T
    bad = ~np.isfinite(values).all(axis=1) | (low <= 0) | (high < low) | (close > high) | (close < low)
    if bad.any():
        row = int(bad.argmax())
        shown = dict(zip(("high", "low", "close"), values[row].tolist(), strict=True))
        raise PriceFileError(f"price file {path}: row {row + 2}: needs 0 < low <= close <= high, got {shown}")
    steps = np.diff(times)
    if len(times) < 2 or (steps <= 0).any() or not np.allclose(steps, steps[0], rtol=1e-3):
        row = int(np.argmax(steps != steps[0])) + 1 if len(steps) else 0
        raise PriceFileError(
            f"price file {path}: row {row + 2}: needs at least two bars of equal length in order of time; "
            "fill gaps first"
        )
    return Bars(float(steps[0]), high, low, close)


@entry
def _bar_draws(seed, bars, ticks, places, noise):
    """Where in each bar the extremes lie (four uniforms) and the noise between them (a normal a tick)."""
    for bar in range(bars):
        places[bar, 0], places[bar, 1] = uniforms(seed, _BRIDGE_STREAM, bar, 0, 0)
        places[bar, 2], places[bar, 3] = uniforms(seed, _BRIDGE_STREAM, bar, 1, 0)
        for tick in range(ticks):
            z, _ = normals(seed, _NOISE_STREAM, bar, tick, 0)
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
    path = np.interp(grid, where, [points[k] for k in where])
    rough = np.append(0.0, np.cumsum(noise)) / np.sqrt(ticks) * _ROUGHNESS * (high - low)
    path += rough - np.interp(grid, where, rough[where])
    path[1:] = np.clip(path[1:], low, high)
    return path[1:]
