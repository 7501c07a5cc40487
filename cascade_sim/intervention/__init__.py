"""A run repeated with one thing changed, everything else drawn the same.

`intervention` says what is asked for, `treatable` who can be treated so, `plan` writes it into the rows of a world;
the kernels that act on these rows are in `cascade_sim.market.treatment`.
"""

from cascade_sim.intervention.intervention import LOWERED, WAYS, WISHES, Intervention, InterventionError

__all__ = ["LOWERED", "WAYS", "WISHES", "Intervention", "InterventionError"]
