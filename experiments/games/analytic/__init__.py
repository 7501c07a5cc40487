"""Games on paper: small enough to be solved exactly, each with the numbers a teacher works out on the board.

>>> from cascade_sim.experiments.games.analytic import analytic
>>> round(analytic("joint-hunt").facts[0].value, 6)
0.571429
"""

if __name__ != "cascade_sim.experiments.games.analytic":
    raise ImportError(f"import cascade_sim.experiments.games.analytic, not {__name__}")

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact
from cascade_sim.experiments.games.analytic.catalogue import analytic, analytic_names

__all__ = ["Analytic", "Curve", "Fact", "analytic", "analytic_names"]
