"""Running a scenario from beginning to end, with the same run without the impact of liquidations beside it."""

import secrets

import numpy as np
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import micros
from cascade_sim.memory import check_growth, check_size
from cascade_sim.progress import Progress
from cascade_sim.recording.accounts import opening_state
from cascade_sim.recording.recorder import Recorder
from cascade_sim.results import Result
from cascade_sim.results.summary import summarise
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["fresh_seed", "run", "without_impact"]

_CHUNK = 60.0  # seconds between reports of progress


def fresh_seed() -> int:
    """Seed from the system's entropy, small enough to read out."""
    return secrets.randbelow(2**31)


def without_impact(scenario: Scenario) -> Scenario:
    """The same scenario with liquidations closed at mark against an absorber: no order reaches the book."""
    venues = {}
    for name, venue in scenario.venues.items():
        liquidation = venue.rules.liquidation.model_copy(update={"has_impact": False})
        rules = venue.rules.model_copy(update={"liquidation": liquidation})
        venues[name] = venue.model_copy(update={"rules": rules})
    return scenario.model_copy(update={"venues": venues})


def _advance(
    simulation: Simulation, label: str, progress: Progress | None, check: bool = False
) -> dict[str, NDArray[np.float64]]:
    """Run burn-in and duration; returns what accounts had at the end of the burn-in.

    `check` stops it as soon as it is clear that what it records will not fit into memory.
    """
    scenario = simulation.scenario
    whole = scenario.burn_in + scenario.duration
    if scenario.burn_in > 0:
        simulation.run_until(micros(scenario.burn_in))
    start = opening_state(simulation)
    while simulation.now < micros(whole):
        simulation.run_until(min(simulation.now + micros(_CHUNK), micros(whole)))
        if check:
            check_growth(simulation)
        if progress is not None:
            progress(label, simulation.now / 1e6, whole)
    return start


def _first_breaches(simulation: Simulation, accounts: int) -> NDArray[np.float64]:
    """When each account was first liquidated since the end of the burn-in, in seconds; nan: never."""
    breaches = Recorder(simulation).events().get("breach")
    first = np.full(accounts + 1, np.nan)
    if breaches is not None:
        first[breaches["account"][::-1]] = breaches["time"][::-1]
    return first[1:]


def run(
    scenario: Scenario,
    seed: int,
    counterfactual: bool = True,
    progress: Progress | None = None,
    summary: bool = True,
) -> Result:
    """Run a scenario and summarise it.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    counterfactual : bool
        Whether to run it a second time with liquidation impact off, on the same luck.
    progress : callable, optional
        Called with a label, the simulated seconds so far and in all.
    summary : bool
        Whether to draw up the summary; it takes as long as the run.

    Returns
    -------
    Result

    Raises
    ------
    RunError
        If it can't be run to its end, or would not fit into memory.
    """
    check_size(scenario)
    simulation = Simulation(scenario, seed)
    start = _advance(simulation, "run", progress, check=True)
    result = Result.of(simulation, start)
    if counterfactual:
        other = Simulation(without_impact(scenario), seed)
        _advance(other, "without impact", progress)
        series = Recorder(other).series()
        result.accounts["liquidated_without_impact"] = _first_breaches(other, len(result.accounts))
        result.without_impact = series[["time", "venue", "market", "mid", "mark", "index", "liquidated", "bad_debt"]]
    if summary:
        result.summary = summarise(result)
    return result
