"""How long until something happens: help, loading, the first step, the first compilation. All in fresh processes."""

import os
import subprocess
import sys
import tempfile

from cascade_sim.bench.measure import Line, best_time

__all__ = ["compile_lines", "startup_lines"]

_HELP = "import sys; sys.argv = ['cascade-sim', '--help']; from cascade_sim.cli import main; main()"
_STEP = """
import time
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation
simulation = Simulation(load_scenario({name!r}), 1)
began = time.perf_counter()
simulation.run(1e-6)
print(time.perf_counter() - began)
"""


def _python(code: str, **environment: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return done.stdout


def _first_step(**environment: str) -> float:
    """Seconds that the first call of the event loop takes: loading its code, or compiling it."""
    return float(_python(_STEP.format(name="by-hand"), **environment))


def startup_lines(repeats: int = 3) -> list[Line]:
    """Help, loading compiled code, and the way to the first step; the best of several processes."""
    _first_step()  # so that what follows finds the code compiled
    shown = best_time(lambda: _python(_HELP), repeats)
    loaded = min(_first_step() for _ in range(repeats))
    started = best_time(lambda: _python(_STEP.format(name="flash-crash")), repeats)
    return [
        Line(what="cascade-sim --help", unit="s", measured=shown, target=0.5),
        Line(what="load compiled kernels", unit="s", measured=loaded, target=0.5),
        Line(what="cascade-sim run, up to its first step", unit="s", measured=started, target=3.0),
    ]


def compile_lines() -> list[Line]:
    """The first compilation, into an empty cache folder."""
    with tempfile.TemporaryDirectory() as folder:
        spent = best_time(lambda: _first_step(NUMBA_CACHE_DIR=folder), 1)
    return [Line(what="first run, nothing compiled yet", unit="s", measured=spent, target=30.0)]
