"""Ecology: predators and prey through many episodes, with what they won or lost carried from one to the next.

>>> from cascade_sim.experiments.ecology import ecology_names
>>> ecology_names()
['predators-and-prey']
"""

if __name__ != "cascade_sim.experiments.ecology":
    raise ImportError(f"import cascade_sim.experiments.ecology, not {__name__}")

from cascade_sim.experiments.ecology.history import ARMS, History, live
from cascade_sim.experiments.ecology.question import Ecology, EcologyError, ecology_names, read_ecology

__all__ = ["ARMS", "Ecology", "EcologyError", "History", "ecology_names", "live", "read_ecology"]
