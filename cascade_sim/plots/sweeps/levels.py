"""The values that an axis of a sweep took, and where they stand on a figure: evenly by value, by ratio or by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from cascade_sim.plots.sweeps.words import amount_of, wrapped

__all__ = ["Levels", "show_levels"]

_MOST_TICKS = 6
_LETTERS = 44  # on one line below the narrowest panel


def _unevenness(values: NDArray[np.float64]) -> float:
    steps = np.diff(values)
    return float(steps.std() / steps.mean())


def _is_geometric(values: NDArray[np.float64]) -> bool:
    """Whether the steps between values are more even as ratios than as differences."""
    if len(values) < 3 or values[0] <= 0:
        return False
    return _unevenness(np.log(values)) < _unevenness(values)


def _between(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges half way between places, and as far outside the outermost; one place has an edge 5 % to each side."""
    if len(places) == 1:
        half = 0.05 * abs(places[0]) or 0.5
        return np.array([places[0] - half, places[0] + half])
    middle = (places[1:] + places[:-1]) / 2
    return np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]])


@dataclass(frozen=True)
class Levels:
    """The different values of one axis of a sweep, in order.

    Attributes
    ----------
    values : list
        Numbers sorted, or names in the order met.
    places : ndarray of float64, shape (n,)
        Coordinates on the figure: the numbers themselves, or 0, 1, ... for names.
    edges : ndarray of float64, shape (n + 1,)
        Borders of the cells, half way between neighbours on the axis' scale.
    geometric : bool
        Whether the axis is logarithmic.
    named : bool
    """

    values: list[Any]
    places: NDArray[np.float64]
    edges: NDArray[np.float64]
    geometric: bool
    named: bool

    @classmethod
    def of(cls, column: "pd.Series[Any]") -> "Levels":
        """Levels of a column of numbers, names or truths."""
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            places = np.sort(column.astype(np.float64).unique())
            geometric = _is_geometric(places)
            edges: NDArray[np.float64] = np.exp(_between(np.log(places))) if geometric else _between(places)
            return cls(list(places), places, edges, geometric, named=False)
        names = list(column.unique())
        places = np.arange(len(names), dtype=np.float64)
        return cls(names, places, np.arange(len(names) + 1, dtype=np.float64) - 0.5, geometric=False, named=True)

    def at(self, values: Iterable[Any]) -> NDArray[np.float64]:
        """Coordinates of values on the figure."""
        if self.named:
            return np.array([self.values.index(value) for value in values], dtype=np.float64)
        return np.array(list(values), dtype=np.float64)

    def roomy(self) -> bool:
        """Whether a tick fits at every value."""
        places = np.log(self.places) if self.geometric else self.places
        closest = min((b - a for a, b in pairwise(places)), default=np.inf)
        return len(places) <= _MOST_TICKS and bool(closest >= (places[-1] - places[0]) / (1.5 * _MOST_TICKS))


def _show_ticks(axis: Any, levels: Levels, which: str, amount: Callable[[float], str]) -> None:
    if levels.named:
        room = max(8, _LETTERS // len(levels.values)) if which == "x" else 24
        names = [wrapped(str(value), room) for value in levels.values]
        tilt = which == "x" and room * len(names) > _LETTERS
        turned: dict[str, Any] = {"rotation": 25, "ha": "right", "rotation_mode": "anchor"} if tilt else {}
        axis.set_ticks(levels.places, names, **turned)
    elif levels.roomy():
        axis.set_ticks(levels.places, [amount(value) for value in levels.places])
    elif levels.geometric:
        decades = np.log10(levels.edges[-1] / levels.edges[0])
        axis.set_major_locator(
            LogLocator(subs=(1.0, 2.0, 5.0) if 0.8 < decades < 3.5 else (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
        )
        axis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    else:
        axis.set_major_locator(MaxNLocator(_MOST_TICKS))
        axis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    axis.set_minor_locator(NullLocator())


def show_levels(axes: Axes, which: str, levels: Levels, label: str) -> None:
    """Scale, limits, ticks and label of one axis.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    which : {"x", "y"}
    levels : Levels
    label : str
        With its unit.
    """
    getattr(axes, f"set_{which}scale")("log" if levels.geometric else "linear")
    getattr(axes, f"set_{which}lim")(levels.edges[0], levels.edges[-1])
    axis = getattr(axes, f"{which}axis")
    axis.set_label_text(label)
    _show_ticks(axis, levels, which, amount_of(label))
