"""Which days are run: many of the worst, each with its true probability.

Days are ranked by how bad their news is. The ranks are cut into strata, narrow ones at the bad end, and every stratum
gets its number of runs, spread evenly over it and shifted at random inside their places (stratified sampling:
Glasserman, 2003, "Monte Carlo methods in financial engineering", section 4.3). A day's luck is addressed by its seed:
it does not depend on the margin or on workers.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Day", "days_of"]

_STREAM = 0x6E657773  # of the draws of days, apart from all streams of a run


@dataclass(frozen=True)
class Day:
    """One day to run.

    Attributes
    ----------
    seed : int
        Of the run.
    rank, side : float
        Uniforms in [0, 1): how bad its news is among all, and which way it goes.
    stratum : int
    weight : float
        Probability that the day stands for.
    """

    seed: int
    rank: float
    side: float
    stratum: int
    weight: float


def _edges(quantile: float) -> list[float]:
    """Half of the runs lie beyond the quantile, and most others shortly before it."""
    tail = 1.0 - quantile
    return [0.0, max(1.0 - 10.0 * tail, 0.2), 1.0 - 3.0 * tail if tail < 0.25 else 0.4, quantile, 1 - 0.3 * tail, 1.0]


_SHARES = (0.06, 0.16, 0.28, 0.25, 0.25)  # of the runs, by stratum


def days_of(count: int, quantile: float, first_seed: int = 0) -> list[Day]:
    """Days to run.

    Parameters
    ----------
    count : int
        At least 24, so that every stratum has a day.
    quantile : float
        Whose expected shortfall is wanted.
    first_seed : int
        Seeds are numbered from it.
    """
    edges = _edges(quantile)
    counts = [max(round(share * count), 1) for share in _SHARES]
    counts[-1] += count - sum(counts)
    days: list[Day] = []
    for stratum, number in enumerate(counts):
        low, high = edges[stratum], edges[stratum + 1]
        for place in range(number):
            seed = first_seed + len(days)
            inside, side = np.random.Generator(np.random.Philox(key=[seed, _STREAM])).random(2)
            rank = low + (high - low) * (place + inside) / number
            days.append(Day(seed, float(rank), float(side), stratum, (high - low) / number))
    return days
