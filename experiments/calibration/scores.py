"""Fitted and held-out events on seeds that the search has not seen, moment by moment."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cascade_sim.experiments.calibration.distance import Facts, standard_errors
from cascade_sim.experiments.calibration.facts import Fact
from cascade_sim.experiments.calibration.plan import Calibration, RealEvent
from cascade_sim.experiments.calibration.simulated import Simulated
from cascade_sim.experiments.statistics.replication import half_width_of

__all__ = ["errors_of", "scores"]


def _of_event(
    simulated: Simulated, event: RealEvent, facts: Sequence[Fact], values: Mapping[str, float], seeds: range
) -> pd.DataFrame:
    """One row a fact."""
    moments = simulated.moments(event, facts, values, seeds)
    errors = standard_errors(moments, Facts.side_by_side([facts]))
    rows = []
    for k, fact in enumerate(facts):
        column = pd.Series(moments[:, k])
        middle, half = float(column.mean()), half_width_of(column)  # of the runs that say something
        interval = [fact.unscaled(middle + side * half) for side in (0.0, -1.0, 1.0)]
        with np.errstate(divide="ignore", invalid="ignore"):  # infinite where no run differs and the fact is exact
            distance = float((moments[:, k].mean() - fact.centre) / errors[k])
        rows.append((fact.quantity, fact.market or "", fact.unscaled(fact.centre), *interval, distance, fact.source))
    columns = ["quantity", "market", "real", "simulated", "low", "high", "distance", "source"]
    return pd.DataFrame(rows, columns=columns)


def scores(
    plan: Calibration,
    facts: Mapping[str, Sequence[Fact]],
    simulated: Simulated,
    points: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """Every fact of every event at several points, on as many seeds as the search had, following those.

    Parameters
    ----------
    plan : Calibration
    facts : mapping of str to sequence of Fact
        Of every event, fitted or held out.
    simulated : Simulated
    points : mapping of str to mapping of str to float
        Values of the parameters by name of the point.

    Returns
    -------
    DataFrame
        ``point``, ``event``, ``role``, ``quantity``, ``market``, ``real``, ``simulated`` with the 95 % interval of its
        mean ``low`` to ``high`` (Student's: runs are few), ``distance`` in standard errors (luck of the real event
        included), ``source``.
    """
    seeds = range(plan.seeds.first + plan.seeds.count, plan.seeds.first + 2 * plan.seeds.count)
    parts = []
    for point, values in points.items():
        for name, event in (plan.events | plan.held_out).items():
            frame = _of_event(simulated, event, facts[name], values, seeds)
            frame.insert(0, "point", point)
            frame.insert(1, "event", name)
            frame.insert(2, "role", "fitted" if name in plan.events else "held out")
            parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def errors_of(table: pd.DataFrame) -> pd.DataFrame:
    """Root mean square distance of every event, in standard errors: about 1 if the model is right.

    Returns
    -------
    DataFrame
        ``role``, ``event``, ``facts``, and a column for every point; one row ``all`` for each role.
    """
    squares = table.assign(square=table["distance"] ** 2)
    both = pd.concat([squares, squares.assign(event="all")])
    means = both.pivot_table(index=["role", "event"], columns="point", values="square", aggfunc="mean", sort=False)
    frame = pd.DataFrame(means).pow(0.5)
    frame.insert(0, "facts", both.groupby(["role", "event"])["square"].size() // table["point"].nunique())
    frame.columns.name = None
    return frame.reset_index()
