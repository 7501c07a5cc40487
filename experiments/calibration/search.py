"""Search for the point where simulated moments are nearest to facts, with few evaluations.

First points that fill the whole cube (Halton, 1960, Numerische Mathematik 2, scrambled), then derivative-free
Gauss-Newton steps in a trust region: the moments, not their sum of squares, are taken as linear near the best point,
and the linear model is fitted to what has been evaluated (Cartis and Roberts, 2019, "A derivative-free Gauss-Newton
method", Mathematical Programming Computation 11). With common random numbers the same point gives the same moments, so
that the whole search repeats.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear
from scipy.stats import qmc

__all__ = ["Search", "design"]

Floats = NDArray[np.float64]
_NARROWEST = 0.01  # radius of the region, in parts of the range, at which the search ends
_RIDGE = 1e-6


def design(count: int, dimension: int, seed: int = 0) -> Floats:
    """Points that fill the unit cube, of one sequence whatever their number; shape (count, dimension)."""
    points: Floats = qmc.Halton(dimension, rng=np.random.default_rng(seed)).random(count)
    return points


@dataclass
class Search:
    """What has been evaluated, and where to look next.

    Attributes
    ----------
    evaluate : callable
        From a point of the unit cube to mean moments, shape (facts,); nan where there are none.
    centre, weight : ndarray of float64, shape (facts,)
        Facts, and the weights of the squares.
    points, means : list of ndarray
        Evaluated so far.
    """

    evaluate: Callable[[Floats], Floats]
    centre: Floats
    weight: Floats
    points: list[Floats] = field(default_factory=list)
    means: list[Floats] = field(default_factory=list)

    def add(self, point: Floats) -> float:
        """Evaluate a point; returns its objective."""
        self.points.append(point)
        self.means.append(self.evaluate(point))
        return float(self.objectives()[-1])

    def objectives(self) -> Floats:
        """Weighted sum of squares at every point, infinite where a moment is not a number; shape (points,)."""
        squares = ((np.array(self.means) - self.centre) ** 2) @ self.weight
        values: Floats = np.where(np.isfinite(squares), squares, np.inf)
        return values

    @property
    def best(self) -> int:
        """Number of the best point."""
        return int(np.argmin(self.objectives()))

    def refine(self, budget: int, radius: float = 0.25) -> None:
        """Take steps until the budget is spent or the region is narrow."""
        while budget > 0 and radius > _NARROWEST:
            step, expected = self._step(radius)
            before, candidate = float(self.objectives()[self.best]), self.points[self.best] + step
            if min(float(np.abs(candidate - point).max()) for point in self.points) < 0.1 * radius:
                radius /= 2.0
                continue
            gain = before - self.add(candidate)
            budget -= 1
            radius *= 0.5 if gain < 0.1 * expected else 2.0 if gain > 0.7 * expected and radius < 0.25 else 1.0

    def slopes(self, radius: float) -> Floats:
        """Local linear regression of the moments on the parameters, through the best point.

        Points count less with distance; the region grows until it holds twice as many points as parameters.

        Returns
        -------
        ndarray of float64, shape (facts, parameters)
        """
        means = np.array(self.means)
        usable = np.isfinite(means).all(axis=1)
        away = np.array(self.points)[usable] - self.points[self.best]
        distance = np.abs(away).max(axis=1)
        enough = np.sort(distance)[min(2 * away.shape[1], len(distance) - 1)]
        share = np.exp(-0.5 * (distance / max(radius, enough)) ** 2)
        scale = np.eye(away.shape[1]) * _RIDGE
        fitted = np.linalg.solve((away.T * share) @ away + scale, (away.T * share) @ (means[usable] - means[self.best]))
        slopes: Floats = fitted.T
        return slopes

    def _step(self, radius: float) -> tuple[Floats, float]:
        """Step inside region and cube that the linear model likes best, and by how much it expects to gain."""
        root, here = np.sqrt(self.weight), self.points[self.best]
        left = root * (self.means[self.best] - self.centre)
        slope = root[:, None] * self.slopes(radius)
        bounds = np.maximum(-radius, -here), np.minimum(radius, 1.0 - here)
        step: Floats = lsq_linear(slope, -left, bounds).x
        return step, float((left**2).sum() - ((left + slope @ step) ** 2).sum())
