"""What would have happened: the same luck again, with something switched off, taken out or added.

>>> from cascade_sim.experiments.counterfactuals import Intervention
>>> bool(Intervention(accounts=(12,)))
True
"""

if __name__ != "cascade_sim.experiments.counterfactuals":
    raise ImportError(f"import cascade_sim.experiments.counterfactuals, not {__name__}")

from cascade_sim.experiments.counterfactuals.check import check_attribution
from cascade_sim.experiments.counterfactuals.smallest_cut import smallest_cut
from cascade_sim.experiments.counterfactuals.what_if import what_if
from cascade_sim.experiments.counterfactuals.what_made_the_fall import what_made_the_fall
from cascade_sim.experiments.counterfactuals.wishes import read_wishes
from cascade_sim.intervention import Intervention

__all__ = ["Intervention", "check_attribution", "read_wishes", "smallest_cut", "what_if", "what_made_the_fall"]
