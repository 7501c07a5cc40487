"""Contagion: what attribution adds to the time of a run, and how long the graph of a very large cascade takes."""

import json
import subprocess
import sys
import time

from cascade_sim.bench.great_cascade import great_cascade
from cascade_sim.bench.measure import Line, best_time
from cascade_sim.bench.steps import peak
from cascade_sim.engine.rulebook import micros
from cascade_sim.recording.accounts import opening_state
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

__all__ = ["attribution_lines", "great_cascade_lines"]


def _run(seconds: int) -> tuple[float, float, Result]:
    """Seconds that the shipped flash crash and the reading of its record took, and what it left."""
    scenario = load_scenario("flash-crash", [f"duration={seconds}"])
    began = time.perf_counter()
    simulation = Simulation(scenario, seed=7)
    simulation.run_until(micros(scenario.burn_in))
    start = opening_state(simulation)
    simulation.run_until(micros(scenario.burn_in + seconds))
    ran = time.perf_counter()
    result = Result.of(simulation, start)
    return ran - began, time.perf_counter() - ran, result


def attribution_lines(seconds: int, repeats: int) -> list[Line]:
    """Mark paths, attribution and graph of the shipped flash crash, as a share of its run."""
    runs = [_run(seconds) for _ in range(repeats)]
    simulated, recorded = min(run[0] for run in runs), min(run[1] for run in runs)
    result = runs[0][2]
    graph = result.contagion()
    spent = best_time(result.contagion, 3 * repeats)
    note = f"{len(graph)} liquidations, {graph.number_of_edges():,} edges, {spent * 1e3:.0f} ms"
    lines = []
    for what, whole in (("simulation and record", simulated + recorded), ("simulation alone", simulated)):
        measured = 100 * spent / whole
        lines.append(Line(what=f"contagion, of {what}", unit="%", measured=measured, target=10.0, note=note))
    return lines


def great_cascade_lines(liquidations: int) -> list[Line]:
    """Time and memory of the graph of a large cascade, in a process of its own."""
    command = [sys.executable, "-m", "cascade_sim.bench.contagion", str(liquidations)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    what = f"graph of {liquidations:,} liquidations"
    note = f"{found['edges']:,} edges"
    return [
        Line(what=what, unit="s", measured=found["seconds"], target=10.0, note=note),
        Line(what=f"{what}, peak memory", unit="MiB", measured=found["peak"], note="whole process"),
    ]


def _measure_in_this_process(liquidations: int) -> None:
    great_cascade(100).contagion()  # so that nothing is compiled or loaded in what follows
    result = great_cascade(liquidations)
    began = time.perf_counter()
    graph = result.contagion()
    spent = time.perf_counter() - began
    print(json.dumps({"seconds": spent, "edges": graph.number_of_edges(), "peak": peak()}))


if __name__ == "__main__":
    _measure_in_this_process(int(sys.argv[1]))
