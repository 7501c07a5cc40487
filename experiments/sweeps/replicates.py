"""How often each cell is run: a fixed number of seeds, or in seed order until its outcome is known well enough."""

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.replication import enough
from cascade_sim.experiments.sweeps.design import Design
from cascade_sim.experiments.sweeps.ledger import DONE, Ledger
from cascade_sim.experiments.sweeps.stored import event_of

__all__ = ["BATCH", "missing"]


BATCH = 10  # further seeds at a time; the rule is looked at after each batch, never in between

Run = tuple[int, int]


def missing(
    design: Design, ledger: Ledger, status: dict[Run, str], shard: tuple[int, int] = (1, 1)
) -> tuple[list[Run], int]:
    """Runs that are wanted and not in the ledger, and how many are wanted in all as far as is known.

    Parameters
    ----------
    design : Design
    ledger : Ledger
    status : dict
        Status of the runs in the ledger.
    shard : tuple of int
        ``(i, n)``: every n-th run; of a sweep that replicates until it knows enough, every n-th cell, whose runs then
        stay together.

    Returns
    -------
    runs : list of (cell, seed)
    whole : int
    """
    part, parts = shard
    grows = design.question.seeds.at_most is not None
    wanted = [
        (cell, seed)
        for number, (cell, seed) in enumerate(design.runs())
        if (cell if grows else number) % parts == part - 1
    ]
    left = [run for run in wanted if run not in status]
    if grows and not left:
        further = _further(design, ledger.frame(design.cells), range(part - 1, len(design.cells), parts))
        left, whole = [run for run in further if run not in status], len(set(wanted) | set(status) | set(further))
        return left, whole
    return left, len(set(wanted) | set(status)) if grows else len(wanted)


def _further(design: Design, runs: pd.DataFrame, cells: range) -> list[Run]:
    """Runs of the next batch of every cell whose interval is still too wide, by seed and then by cell."""
    seeds = design.question.seeds
    entered, done = runs["cell"].value_counts(), runs[runs["status"] == DONE]
    values = event_of(design.question, done) == 1.0 if seeds.outcome == "event" else done[seeds.outcome]
    batches = []
    for cell in cells:
        room = (seeds.at_most or seeds.at_least) - int(entered[cell])
        found = values[done["cell"] == cell].to_numpy()
        if room > 0 and not enough(found, float(seeds.half_width or np.inf), seeds.at_least):
            first = seeds.first + int(entered[cell])
            batches += [(cell, seed) for seed in range(first, first + min(BATCH, room))]
    return sorted(batches, key=lambda run: (run[1], run[0]))
