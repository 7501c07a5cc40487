"""An episode: everybody trades through the exchange, and at its end every account is worth something."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.ecology.question import Ecology
from cascade_sim.experiments.ecology.stage import Stage, perpetual_of
from cascade_sim.experiments.sweeps.outcomes import outcomes_of
from cascade_sim.market import records as r
from cascade_sim.recording.accounts import account_worth, cohort_names
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["Episode", "Fate", "play"]

Floats = NDArray[np.float64]
_OUTCOMES = ("fall", "liquidated", "bad_debt", "volume")


@dataclass(frozen=True)
class Fate:
    """What an episode did to a population.

    Attributes
    ----------
    profit : float
        USD, fees and funding and what was taken in deleveraging included.
    wiped : int
        Members who ended with less than the ruinous part of what they began with.
    left : float
        USD that these have left.
    liquidations : int
        Times that an account of theirs fell below maintenance margin.
    """

    profit: float
    wiped: int = 0
    left: float = 0.0
    liquidations: int = 0


@dataclass(frozen=True)
class Episode:
    """What came out of an episode.

    Attributes
    ----------
    fates : dict of str to Fate
        By population.
    others, fees : float
        Profit of all other accounts on the derivatives venue, and what that venue took, USD. With the populations'
        profits they add up to zero.
    outcomes : dict of str to float
        ``fall`` (largest, share), ``liquidated`` and ``bad_debt`` and ``volume`` (USD), ``hunts``.
    """

    fates: dict[str, Fate]
    others: float
    fees: float
    outcomes: dict[str, float]


def _paid_in(simulation: Simulation) -> Floats:
    """USD that came to (or left) every account from outside in the course of the run."""
    events = simulation.records.table("events")
    moved = events[events["kind"] == r.TRANSFER]
    total = np.zeros(len(simulation.world.accounts))
    np.add.at(total, moved["account"], moved["amount"] / MONEY_UNITS)
    return total


def _breaches(simulation: Simulation) -> NDArray[np.int64]:
    events = simulation.records.table("events")
    return np.bincount(events["account"][events["kind"] == r.BREACH], minlength=len(simulation.world.accounts))


def _fate(own: NDArray[np.bool_], before: Floats, profit: Floats, breaches: NDArray[np.int64], ruin: float) -> Fate:
    wiped = own & (before + profit < ruin * before)
    left = float((before + profit)[wiped].sum())
    return Fate(float(profit[own].sum()), int(wiped.sum()), left, int(breaches[own].sum()))


def _outcomes(simulation: Simulation, worth: Floats) -> dict[str, float]:
    every = outcomes_of(simulation, worth)
    hunts = simulation.population.hunters["hunts"][1:].sum()
    return {name: every[name] for name in _OUTCOMES} | {"hunts": float(hunts)}


def play(ecology: Ecology, stage: Stage) -> Episode:
    """Run an episode to its end and measure what it did to everybody.

    Parameters
    ----------
    ecology : Ecology
    stage : Stage

    Raises
    ------
    RunError
        If it can't be run to its end.
    """
    simulation, scenario = stage.simulation, stage.simulation.scenario
    before = account_worth(simulation)
    simulation.run_until(micros(scenario.burn_in))
    opening = account_worth(simulation)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    profit = account_worth(simulation) - before - _paid_in(simulation)
    cohorts, breaches = cohort_names(simulation), _breaches(simulation)
    ruin = ecology.flows.ruin
    fates = {name: _fate(cohorts == name, before, profit, breaches, ruin) for name in ecology.populations}
    accounts = simulation.world.accounts
    here = accounts["venue"] == simulation.roster.venues[scenario.markets[perpetual_of(scenario)][0]]
    others = float(profit[here].sum()) - math.fsum(fate.profit for fate in fates.values())
    fees = float(accounts["fees"][here].sum()) / MONEY_UNITS
    return Episode(fates, others, fees, _outcomes(simulation, opening))
