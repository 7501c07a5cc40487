"""Bad debt against capital efficiency."""

from collections.abc import Iterator

import pandas as pd

from cascade_sim.experiments.statistics.pareto import pareto_frontier as frontier_of
from cascade_sim.experiments.statistics.tails import expected_shortfall
from cascade_sim.experiments.sweeps.reading import means
from cascade_sim.experiments.sweeps.reporting.page import Section, short
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import pareto_frontier

__all__ = ["trade_off"]

_TAIL = 0.9  # three runs of thirty; further out a cell's few seeds say no more than its worst run


def trade_off(sweep: Sweep) -> Iterator[Section]:
    """What capital efficiency costs in bad debt, with the frontier."""
    cells = _trade_off(sweep)
    if cells["capital_efficiency"].nunique() > 1 and cells["bad_debt"].gt(0).any():
        best = frontier_of(cells["capital_efficiency"], cells["bad_debt"], ("max", "min"))
        named = [", ".join(short(row[name]) for name in sweep.axes[:2]) for row in cells.to_dict("records")]
        cells = cells.assign(setting=[name if row in best else "" for row, name in enumerate(named)])
        frontier = cells.iloc[best]
        title = f"Bad debt against capital efficiency (labels: {', '.join(sweep.axes[:2])})"
        figure = pareto_frontier(
            cells, "capital_efficiency", "bad_debt", frontier, sweep.question.labels(), title=title
        )
        text = (
            "One point a cell, means over seeds. The table has the frontier, and the mean over the worst tenth of runs."
        )
        yield Section("Bad debt against capital efficiency", text, figure, frontier.drop(columns=["cell", "setting"]))


def _trade_off(sweep: Sweep) -> pd.DataFrame:
    """Capital efficiency and bad debt of every cell, with intervals and the expected shortfall."""
    axes = sweep.axes
    cells = sweep.runs.groupby("cell")[axes].first().reset_index()
    for name in ("capital_efficiency", "bad_debt"):
        found = means(sweep.runs, name, axes)
        cells = cells.assign(**{name: found[name], f"{name}_low": found["low"], f"{name}_high": found["high"]})
    worst = [expected_shortfall(values, _TAIL) for _, values in sweep.runs.groupby("cell")["bad_debt"]]
    return cells.join(pd.DataFrame(worst, columns=["worst_tenth", "worst_tenth_low", "worst_tenth_high"]))
