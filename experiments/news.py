"""How bad news can be: a law of the size of one piece of news, drawn by its quantile.

Large price moves have tails like a power: P(size > x) ~ x**-exponent, with exponents around 3 for shares (Gopikrishnan,
Plerou, Amaral, Meyer and Stanley, 1999, Physical Review E 60, 5305) and between 2 and 2.5 for Bitcoin (Begusic,
Kostanjcar, Stanley and Podobnik, 2018, Physica A 510, 400-406).
"""

import math
from typing import Annotated, Literal

from pydantic import Field
from scipy.stats import norm, t

from cascade_sim.scenario.assets import News
from cascade_sim.scenario.base import Model, quantity

__all__ = ["Normal", "Pareto", "Student", "TheNews"]


class _News(Model):
    """What all laws share: which way, how fast, how large at most, and who says so."""

    source: str = Field(min_length=3, description="Where the law and its numbers come from, or 'assumed: ' and why")
    down_share: float = quantity(0.5, description="Part of the news that is bad", ge=0, le=1)
    cap: float = quantity(1.0, unit="log return", description="Largest size; larger ones are set to it", gt=0, le=1.2)
    over: float = quantity(60.0, unit="s", description="How long it takes to be known", gt=0, le=600)

    def of_rank(self, rank: float) -> float:
        """Size that a share `rank` of all news does not exceed, without the cap."""
        raise NotImplementedError

    def size(self, rank: float) -> float:
        """Absolute log return of news that is worse than a share `rank` of all."""
        return min(self.of_rank(rank), self.cap)

    def news(self, at: float, rank: float, side: float) -> News:
        """A piece of news.

        Parameters
        ----------
        at : float
            Seconds after the burn-in.
        rank, side : float
            Uniform in [0, 1): how bad it is among all, and whether it is good or bad.
        """
        size = self.size(rank)
        return News(at=at, over=self.over, move=math.expm1(-size if side < self.down_share else size))


class Pareto(_News):
    """P(size > x) = (minimum / x) ** exponent."""

    law: Literal["pareto"]
    minimum: float = quantity(unit="log return", description="Smallest size", gt=0, lt=1)
    exponent: float = quantity(description="Of the tail", gt=1, le=20)

    def of_rank(self, rank: float) -> float:
        """Size of a rank."""
        return float(self.minimum * (1.0 - rank) ** (-1.0 / self.exponent))


class Student(_News):
    """Student's law: normal in the middle, a power in the tails."""

    law: Literal["student"]
    scale: float = quantity(unit="log return", description="Scale", gt=0, lt=1)
    degrees: float = quantity(description="Degrees of freedom, the exponent of the tail", gt=1, le=200)

    def of_rank(self, rank: float) -> float:
        """Size of a rank."""
        return float(self.scale * t.ppf(0.5 + rank / 2.0, self.degrees))


class Normal(_News):
    """Thin tails, to compare with."""

    law: Literal["normal"]
    sd: float = quantity(unit="log return", description="Standard deviation", gt=0, lt=1)

    def of_rank(self, rank: float) -> float:
        """Size of a rank."""
        return float(self.sd * norm.ppf(0.5 + rank / 2.0))


TheNews = Annotated[Pareto | Student | Normal, Field(discriminator="law")]
