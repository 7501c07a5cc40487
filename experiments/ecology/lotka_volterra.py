"""Predators and prey in two equations, to hold the ecology against.

References
----------
Lotka (1925), "Elements of physical biology", Williams and Wilkins, chapter 8. Volterra (1926), "Fluctuations in the
abundance of a species considered mathematically", Nature 118, 558-560. With a limit to prey: Verhulst (1838).
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["lotka_volterra", "period"]


def _slope(state: NDArray[np.float64], growth: float, death: float, room: float) -> NDArray[np.float64]:
    prey, predators = state
    return np.array([prey * (growth * (1.0 - prey / room) - predators), predators * (prey - death)])


def lotka_volterra(
    start: tuple[float, float], growth: float, death: float, time: float, steps: int, room: float = math.inf
) -> NDArray[np.float64]:
    """Numbers of prey and predators, in units in which a predator takes one prey for every prey met.

    x' = x (growth (1 - x / room) - y), y' = y (x - death), by the classical Runge-Kutta method.

    Parameters
    ----------
    start : tuple of float
        Prey and predators.
    growth, death : float
        Rates of prey alone and of predators alone.
    time : float
        Length of the whole.
    steps : int
    room : float
        Prey at which they grow no more; infinite: they are limited by predators alone, and the two go round for ever.

    Returns
    -------
    ndarray of float64, shape (steps + 1, 2)
    """
    path = np.empty((steps + 1, 2))
    path[0] = start
    dt = time / steps
    for k in range(steps):
        a = _slope(path[k], growth, death, room)
        b = _slope(path[k] + dt / 2.0 * a, growth, death, room)
        c = _slope(path[k] + dt / 2.0 * b, growth, death, room)
        d = _slope(path[k] + dt * c, growth, death, room)
        path[k + 1] = path[k] + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)
    return path


def period(growth: float, death: float) -> float:
    """Time of one round close to the balance; predators follow prey by a quarter of it (Volterra, 1926)."""
    return 2.0 * math.pi / math.sqrt(growth * death)
