"""Two scenarios on equal luck: what a change does, how sure that is, and what pairing the seeds was worth."""

import json
import os
from dataclasses import asdict

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.paired import paired_effect
from cascade_sim.experiments.sweeps.design import Design, load_cell
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.experiments.sweeps.question import Question
from cascade_sim.experiments.sweeps.runner import Report, run_sweep
from cascade_sim.scenario.load import scenario_data

__all__ = ["compare", "comparison"]


def comparison(question: Question, settings: tuple[str, ...], changes: tuple[str, ...]) -> Design:
    """Design of two cells: a scenario, and the same with changes.

    Parameters
    ----------
    question : Question
        Says which scenario, how many seeds, and whether there are twins; its axes do not count.
    settings, changes : tuple of str
        ``path=value`` that both have, and that only the second has.

    Raises
    ------
    SweepError
        If nothing is changed.
    ScenarioError
        If either can't be used.
    """
    if not changes:
        raise SweepError("nothing to compare", ["say what differs with --with PATH=VALUE"])
    base = json.dumps(scenario_data(question.scenario), default=str)
    both = (settings, settings + changes)
    if load_cell(base, both[0]).digest() == load_cell(base, both[1]).digest():
        raise SweepError("nothing to compare", [f"{', '.join(changes)} is what the scenario says already"])
    return Design(question, base, pd.DataFrame({"changed": [0.0, 1.0]}).rename_axis("cell"), both)


def compare(
    design: Design, out: str | os.PathLike[str], workers: int | None = None, report: Report | None = None
) -> pd.DataFrame:
    """Run both and compare every outcome on equal seeds; what failed before is tried again.

    Returns
    -------
    DataFrame
        Indexed by outcome: means ``before`` and ``after``, ``effect`` with its interval ``low``, ``high``,
        ``variance_reduction``: variance with independent seeds over that with equal ones.

    Raises
    ------
    SweepError
        If a run fails, for an effect on the seeds that are left would be another one.
    """
    found = run_sweep(design, out, workers=workers, retry_failed=True, report=report)
    if len(found.failures):
        raise SweepError(f"{len(found.failures)} runs of the comparison failed", [found.failures["error"].iloc[0]])
    runs, rows = found.runs, {}
    for outcome in OUTCOMES:
        table = runs.pivot(index="seed", columns="changed", values=outcome).dropna()
        if len(table) > 1:
            effect = asdict(paired_effect(table[1.0], table[0.0]))
            rows[outcome] = {"before": table[0.0].mean(), "after": table[1.0].mean()} | effect
    columns = ["before", "after", "effect", "low", "high", "variance_reduction"]
    return pd.DataFrame.from_dict(rows, orient="index")[columns].replace(np.inf, np.nan)
