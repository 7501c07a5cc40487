"""How far simulated moments are from facts, in standard errors.

The real event is one draw (or a mean of n draws) of the same luck that the runs have, and the simulated mean is one of
S runs: the difference of the two has the covariance ``E + Sigma / n + Sigma / S``, where E is the error of measurement
and Sigma the covariance of runs (McFadden, 1989, "A method of simulated moments for estimation of discrete response
models without numerical integration", Econometrica 57; Gourieroux, Monfort and Renault, 1993, "Indirect inference",
Journal of Applied Econometrics 8, proposition 4: the factor 1 + 1 / S).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.calibration.facts import Fact

__all__ = ["Facts", "covariance", "standard_errors", "weights"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """Facts of several events, side by side.

    Attributes
    ----------
    centre, spread, weight, events : ndarray of float64, shape (facts,)
        See `Fact`.
    of : ndarray of int64, shape (facts,)
        Number of the event each belongs to; the luck of different events is independent.
    """

    centre: Floats
    spread: Floats
    weight: Floats
    events: Floats
    of: NDArray[np.int64]

    @classmethod
    def side_by_side(cls, groups: Sequence[Sequence[Fact]]) -> "Facts":
        """Facts of one event after those of the other."""
        facts = [fact for group in groups for fact in group]
        return cls(
            centre=np.array([fact.centre for fact in facts], float),
            spread=np.array([fact.spread for fact in facts], float),
            weight=np.array([fact.weight for fact in facts], float),
            events=np.array([fact.events for fact in facts], float),
            of=np.repeat(np.arange(len(groups)), [len(group) for group in groups]),
        )


def covariance(moments: Floats, facts: Facts) -> Floats:
    """Covariance of simulated means less facts.

    Parameters
    ----------
    moments : ndarray of float64, shape (seeds, facts)
        One row a run, all events on the same seeds.
    facts : Facts

    Returns
    -------
    ndarray of float64, shape (facts, facts)
    """
    luck = np.atleast_2d(np.cov(moments, rowvar=False))
    same = facts.of[:, None] == facts.of[None, :]
    real = np.where(same, luck / np.sqrt(np.outer(facts.events, facts.events)), 0.0)
    simulated: Floats = np.diag(facts.spread**2) + real + luck / len(moments)
    return simulated


def standard_errors(moments: Floats, facts: Facts) -> Floats:
    """Standard error of every simulated mean less its fact; shape (facts,)."""
    errors: Floats = np.sqrt(np.diag(covariance(moments, facts)))
    return errors


def weights(moments: Floats, facts: Facts) -> Floats:
    """One over the variance of every distance, times what the facts say of their weight.

    Returns
    -------
    ndarray of float64, shape (facts,)
        Infinite for a fact that has neither an error nor luck in these runs.
    """
    with np.errstate(divide="ignore"):
        least: Floats = facts.weight / np.diag(covariance(moments, facts))
    return least
