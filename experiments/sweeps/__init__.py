"""Sweeps: many runs of a scenario over a design, stored, resumed, and read.

>>> from cascade_sim.experiments.sweeps import make_design, read_question
>>> design = make_design(read_question("leverage-maintenance"))
>>> len(design.cells)
208
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if __name__ != "cascade_sim.experiments.sweeps":
    raise ImportError(f"import cascade_sim.experiments.sweeps, not {__name__}")

if TYPE_CHECKING:
    from cascade_sim.experiments.sweeps.critical import find_boundary
    from cascade_sim.experiments.sweeps.design import make_design
    from cascade_sim.experiments.sweeps.errors import SweepError
    from cascade_sim.experiments.sweeps.question import Question, read_question
    from cascade_sim.experiments.sweeps.runner import run_sweep
    from cascade_sim.experiments.sweeps.shards import merge
    from cascade_sim.experiments.sweeps.stored import load

__all__ = ["Question", "SweepError", "find_boundary", "load", "make_design", "merge", "read_question", "run_sweep"]

_HOMES = {
    "Question": "question",
    "SweepError": "errors",
    "find_boundary": "critical",
    "load": "stored",
    "make_design": "design",
    "merge": "shards",
    "read_question": "question",
    "run_sweep": "runner",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: the command line wants errors without pandas."""
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
