"""A student's file, executed afresh for every run: memory of other runs would make results depend on their order."""

import random
import sys
import types
from functools import lru_cache
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from cascade_sim.agents.agent import Agent
from cascade_sim.experiments.tournament.entrants import Entrant

__all__ = ["load_agent"]


@lru_cache
def _compiled(source: str, where: str) -> types.CodeType:
    return compile(source, where, "exec")


def _forget(folder: str) -> None:
    """Drop modules that were imported from the folder of a student's file."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and str(Path(file).parent) == folder:
            del sys.modules[name]


def load_agent(entrant: Entrant, seat: int, seed: int) -> Any:
    """An agent of a student's class, in a fresh module, with luck of its own that the seed and the seat give.

    Chance is best taken from ``self.model.rng`` or ``self.model.random``; Python's and NumPy's own are seeded too.

    Raises
    ------
    Exception
        Whatever the file raises.
    TypeError
        If the class is no `Agent`, or does not decide.
    """
    folder = str(Path(entrant.file).resolve().parent)
    _forget(folder)
    if folder not in sys.path:
        sys.path.append(folder)
    luck = int(np.random.SeedSequence([seed, seat]).generate_state(1)[0])
    random.seed(luck)
    np.random.seed(luck)  # noqa: NPY002 - what students' files may draw from
    module = types.ModuleType(f"entrant_{seat}")
    sys.modules[module.__name__] = module
    exec(_compiled(entrant.source, f"<entrant {entrant.file}>"), module.__dict__)  # it is what this is for
    made = getattr(module, entrant.class_name)
    if not (isinstance(made, type) and issubclass(made, Agent)):
        raise TypeError(f"{entrant.class_name} must be a subclass of cascade_sim.agents.Agent")
    if made.decide is Agent.decide:
        raise TypeError(f"{entrant.class_name} has no method `decide`, so it would never do anything")
    return made(mesa.Model(rng=luck))
