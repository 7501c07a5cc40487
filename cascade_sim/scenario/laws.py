"""Laws that heterogeneous agents are drawn from, sampled from two uniforms per agent.

Each law is a function of addressed uniforms, so that one more agent, or another law for one trait,
leaves every other trait of every other agent as it was.
"""

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model

__all__ = ["Choice", "Constant", "Exponential", "Law", "LogNormal", "Pareto", "Uniform"]

Sample = NDArray[np.float64]
_LEAST = 5e-324  # the least number above 0


class Constant(Model):
    """Everybody the same."""

    law: Literal["constant"] = "constant"
    value: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return self.value, self.value

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        return np.full(len(u), self.value)


class Uniform(Model):
    """Equally likely between two bounds."""

    law: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) must not be above high ({self.high})")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return self.low, self.high

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        return self.low + (self.high - self.low) * u


class Exponential(Model):
    """Waiting times and other positive numbers without memory."""

    law: Literal["exponential"]
    mean: float = Field(gt=0)

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return _LEAST, math.inf

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        return -self.mean * np.log(u)


class LogNormal(Model):
    """Logarithm is normal with standard deviation `sigma`; values beyond the bounds are set to them."""

    law: Literal["lognormal"]
    median: float = Field(gt=0)
    sigma: float = Field(ge=0)
    low: float = 0.0
    high: float = 1e300

    @model_validator(mode="after")
    def _ordered(self) -> "LogNormal":
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) must not be above high ({self.high})")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        if self.sigma == 0:
            value = min(max(self.median, self.low), self.high)
            return value, value
        return max(self.low, _LEAST), self.high

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        normal = np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)
        return np.clip(self.median * np.exp(self.sigma * normal), self.low, self.high)


class Pareto(Model):
    """P(X > x) = (x / minimum) ** -exponent; values above the cap are set to it."""

    law: Literal["pareto"]
    minimum: float = Field(gt=0)
    exponent: float = Field(gt=0)
    cap: float = 1e300

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return min(self.minimum, self.cap), self.cap

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        return np.minimum(self.minimum * u ** (-1.0 / self.exponent), self.cap)


class Choice(Model):
    """One of several values, with weights."""

    law: Literal["choice"]
    values: tuple[float, ...] = Field(min_length=1)
    weights: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _matched(self) -> "Choice":
        if len(self.values) != len(self.weights):
            raise ValueError(f"{len(self.values)} values need as many weights, got {len(self.weights)}")
        if min(self.weights) < 0 or sum(self.weights) <= 0:
            raise ValueError(f"weights must not be negative and must add up to more than 0, got {self.weights}")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return min(self.values), max(self.values)

    def sample(self, u: Sample, v: Sample) -> Sample:
        """One value per pair of uniforms."""
        steps = np.cumsum(self.weights) / sum(self.weights)
        return np.asarray(self.values)[np.minimum(np.searchsorted(steps, u), len(self.values) - 1)]


Law = Annotated[
    Constant | Uniform | Exponential | LogNormal | Pareto | Choice,
    Field(discriminator="law"),
]
