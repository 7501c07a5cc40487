"""Agents adjust to a candidate: whatever pays more is chosen more, until nobody gains much by choosing otherwise.

Multiplicative weights: the share of a choice grows with the exponential of what it pays above the average, in steps
that get smaller (Freund and Schapire, 1999, "Adaptive game playing using multiplicative weights", Games and Economic
Behavior 29, 79-103); in small steps they are the replicator dynamics of Taylor and Jonker (1978, "Evolutionary
stable strategies and game dynamics", Mathematical Biosciences 40, 145-156). A few agents stay at every choice, so that
what it pays is measured and not guessed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.design_search.day import choices_run, run_days
from cascade_sim.experiments.design_search.population import (
    Choices,
    counts_of_shares,
    maker_cohort,
    populated,
    trader_cohort,
)
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Adjusted", "adjust", "better_shares"]

Floats = NDArray[np.float64]
_EXPLORING = 0.02  # part of all agents that stays at each choice, one at least
_STEADY = 3.0  # tolerances that one choice must pay above another to grow e times against it in the first round
_LARGEST = 3.0  # log of the largest growth in a round


@dataclass(frozen=True)
class Adjusted:
    """What agents ended up with.

    Attributes
    ----------
    traders, makers : tuple of float
        Share of each choice; without the few who only explore.
    regret : tuple of float
        What the best choice paid above the average in the last round, of traders and of makers; a share of what was
        put up.
    rounds : int
    """

    traders: tuple[float, ...]
    makers: tuple[float, ...]
    regret: tuple[float, float]
    rounds: int


def better_shares(shares: Floats, payoffs: Floats, step: float) -> Floats:
    """Shares after one step: nothing changes where all pay the same.

    Parameters
    ----------
    shares, payoffs : ndarray of float64, shape (choices,)
    step : float
        Growth, as a log, per unit of payoff above the average.
    """
    above = payoffs - shares @ payoffs
    grown = np.maximum(shares, 1e-3) * np.exp(np.clip(step * above, -_LARGEST, _LARGEST))
    return np.asarray(grown / grown.sum(), float)


def _least(count: int) -> int:
    return max(round(_EXPLORING * count), 1)


def adjust(question: DesignQuestion, scenario: Scenario, choices: Choices, first_seed: int) -> Adjusted:
    """Let agents adjust from an even spread."""
    sizes = question.traders.count, question.makers.count
    shares = [np.full(len(own), 1.0 / len(own)) for own in (choices.leverages, choices.depths)]
    names = (
        [trader_cohort(k) for k in range(len(choices.leverages))],
        [maker_cohort(k) for k in range(len(choices.depths))],
    )
    enoughs = question.traders.tolerance, question.makers.tolerance
    regret, played = [0.0, 0.0], shares
    for number in range(1, question.rounds + 1):
        counts = [counts_of_shares(list(own), size, _least(size)) for own, size in zip(shares, sizes, strict=True)]
        days = run_days(question, populated(question, scenario, choices, *counts), first_seed, question.seeds.adjust)
        payoffs = [choices_run(days, own) for own in names]
        regret = [float(pay.max() - own @ pay) for own, pay in zip(shares, payoffs, strict=True)]
        played = shares
        if all(most <= enough for most, enough in zip(regret, enoughs, strict=True)) or number == question.rounds:
            break
        steps = [1.0 / (_STEADY * enough * np.sqrt(number)) for enough in enoughs]
        shares = [better_shares(*each) for each in zip(shares, payoffs, steps, strict=True)]
    return Adjusted(_kept(played[0]), _kept(played[1]), (regret[0], regret[1]), number)


def _kept(shares: Floats) -> tuple[float, ...]:
    """Without what hardly anybody chooses."""
    kept = np.where(shares >= _EXPLORING, shares, 0.0)
    return tuple(float(share) for share in kept / kept.sum())
