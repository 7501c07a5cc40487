"""How a population goes: it dies out, settles, goes round with a period, or wanders.

What goes round must stand out of what chance does to a series with a memory: its largest peak over the spectrum of an
autoregression fitted to it (red noise) is compared with those of such series without a period.

References
----------
Allen and Smith (1996), "Monte Carlo SSA: detecting irregular oscillations in the presence of colored noise", J. Climate
9, 3373-3404 (the null of red noise).
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["COURSES", "Course", "course_of", "main_period"]

Floats = NDArray[np.float64]
Course = Literal["dies out", "settles", "goes round", "wanders"]
COURSES: tuple[Course, ...] = ("dies out", "settles", "goes round", "wanders")
_STEADY = 0.1  # relative standard deviation of the last third below which a series has settled
_NULLS = 400
_LEVEL = 0.05
_ROUNDS = 3.0  # that a period must fit into the series, to be seen as one


def _standard(values: Floats) -> Floats:
    """Without its straight trend, in standard deviations."""
    time = np.arange(len(values), dtype=float)
    rest = values - np.polyval(np.polyfit(time, values, 1), time)
    deviation = float(rest.std())
    scaled: Floats = rest / deviation if deviation > 0 else rest
    return scaled


def _memory(rows: Floats) -> Floats:
    """Autocorrelation at one step, in the last axis."""
    ratio = (rows[..., 1:] * rows[..., :-1]).sum(axis=-1) / (rows**2).sum(axis=-1)
    return np.asarray(np.clip(ratio, 0.0, 0.99))


def _peaks(rows: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Largest periodogram over red-noise spectrum, and its frequency's number, for every row."""
    power = np.abs(np.fft.rfft(rows, axis=-1)) ** 2
    numbers = np.arange(power.shape[-1])
    memory = _memory(rows)[..., None]
    angle = 2.0 * np.pi * numbers / rows.shape[-1]
    red = (1.0 - memory**2) / (1.0 - 2.0 * memory * np.cos(angle) + memory**2)
    ratio = np.where(numbers >= _ROUNDS, power / red, 0.0)
    return ratio.max(axis=-1), ratio.argmax(axis=-1)


def _red_noise(memory: float, steps: int) -> Floats:
    """Series of an autoregression, detrended as the one they are compared with; seeded by their length."""
    shocks = np.random.default_rng(steps).standard_normal((_NULLS, 2 * steps))
    rows = np.zeros_like(shocks)
    for k in range(1, 2 * steps):
        rows[:, k] = memory * rows[:, k - 1] + shocks[:, k]
    return np.array([_standard(row) for row in rows[:, steps:]])


def main_period(values: Floats) -> float:
    """Period of a series that stands out of red noise, in steps; nan if none does.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
    """
    rows = _standard(np.asarray(values, float))
    if len(rows) < 4 * _ROUNDS or not rows.any():
        return float("nan")
    peak, number = _peaks(rows)
    null, _ = _peaks(_red_noise(float(_memory(rows)), len(rows)))
    return len(rows) / int(number) if (null >= peak).mean() < _LEVEL else float("nan")


def course_of(values: Floats) -> Course:
    """How a series goes.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Not negative, as members or capital are.
    """
    series = np.asarray(values, float)
    last = series[-(len(series) // 3) :]
    if not last.any():
        return "dies out"
    if last.std() < _STEADY * last.mean():
        return "settles"
    return "goes round" if np.isfinite(main_period(series)) else "wanders"
