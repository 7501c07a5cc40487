"""What a game on paper answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game

__all__ = ["Analytic", "Curve", "Fact", "check", "whole"]


@dataclass(frozen=True)
class Fact:
    """One number.

    Attributes
    ----------
    what : str
        What it is, in plain words.
    value : float
    unit : str
    source : str
        Of the formula.
    """

    what: str
    value: float
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class Curve:
    """Lines over one horizontal axis, for a figure.

    Attributes
    ----------
    x : ndarray of float64, shape (points,)
    lines : mapping of label to ndarray of float64, shape (points,)
        Nan where a line is not defined.
    x_label, y_label : str
        With units.
    """

    x: npt.NDArray[np.float64]
    lines: Mapping[str, npt.NDArray[np.float64]]
    x_label: str
    y_label: str


@dataclass(frozen=True)
class Analytic:
    """A game on paper and its solution.

    Attributes
    ----------
    name, title : str
    story : str
        Who plays for what, in a few plain sentences.
    parameters : dict
        Names and values that it was solved with.
    game : Game or None
        None where it is not a finite game.
    facts : tuple of Fact
    lesson : str
    curve : Curve or None
    """

    name: str
    title: str
    story: str
    parameters: dict[str, float]
    game: Game | None
    facts: tuple[Fact, ...]
    lesson: str
    curve: Curve | None = None


def check(name: str, value: float, low: float, high: float = np.inf) -> float:
    """A parameter that lies strictly between two bounds.

    Raises
    ------
    ValueError
        Where it does not.
    """
    if low < value < high:
        return float(value)
    allowed = f"above {low:g}" if high == np.inf else f"above {low:g} and below {high:g}"
    raise ValueError(f"{name} must be {allowed}, got {value:g}")


def whole(name: str, value: float, low: int, high: int) -> int:
    """A parameter that counts something.

    Raises
    ------
    ValueError
        Where it is no whole number from low to high.
    """
    if float(value).is_integer() and low <= value <= high:
        return int(value)
    raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value:g}")
