"""Curves along a single axis."""

from collections.abc import Iterator

import pandas as pd

from cascade_sim.experiments.sweeps.reading import boundary, means, probabilities
from cascade_sim.experiments.sweeps.reporting.page import Section
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import effect_lines, probability_curve

__all__ = ["along_one_axis"]


def along_one_axis(sweep: Sweep, axis: str) -> Iterator[Section]:
    """Curves along the only axis."""
    runs, labels = sweep.runs, sweep.question.labels()
    labels["probability"] = labels["event"]
    points = probabilities(runs, [axis])
    critical = None
    if runs[axis].nunique() >= 3 and pd.api.types.is_numeric_dtype(runs[axis]):
        found = boundary(sweep, runs.assign(all_=0.0), "all_", axis)
        found = found[found["status"] == "found"]
        critical = found.reset_index(drop=True) if len(found) else None
    figure = probability_curve(points, None, critical, axis, labels)
    yield Section("How likely cascades are", "", figure)
    for outcome in (("cascade",) if sweep.question.twin else ()) + ("fall", "liquidated_share", "bad_debt"):
        yield Section(labels[outcome], "", effect_lines(means(runs, outcome, [axis]), axis, outcome, None, labels))
