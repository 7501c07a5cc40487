"""Which setting decides: Sobol indices or Morris screening, from samples made for them."""

from collections.abc import Iterator

import pandas as pd

from cascade_sim.experiments.statistics.designs import Problem
from cascade_sim.experiments.statistics.luck import Luck
from cascade_sim.experiments.statistics.morris import morris_screening
from cascade_sim.experiments.statistics.sobol import sobol_indices
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.experiments.sweeps.reporting.page import Section
from cascade_sim.experiments.sweeps.samples import unit_points
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import sensitivity_bars

__all__ = ["sensitivity"]


def sensitivity(sweep: Sweep) -> Iterator[Section]:
    """Which axis decides, from the sample made for that."""
    labels, outcome = sweep.question.labels(), sweep.question.event_outcome
    if sweep.runs.groupby("cell")[outcome].mean().nunique() < 2:
        yield Section("Which setting decides", f"None: {labels[outcome]} is the same in all cells.")
        return
    points = unit_points(sweep.question)
    runs = sweep.runs.assign(**{name: points[sweep.runs["cell"], k] for k, name in enumerate(sweep.axes)})
    problem: Problem = {"names": sweep.axes, "bounds": [(0.0, 1.0)] * len(sweep.axes)}
    bars, luck, text = (
        _sobol(runs, outcome, problem) if sweep.question.sample == "saltelli" else _morris(runs, outcome, problem)
    )
    bars = bars.assign(parameter=[labels[name] for name in bars["parameter"]])
    text += f" Luck makes {luck.of_cell_means:.0%} of the variance that is divided up here."
    figure = sensitivity_bars(bars, labels, outcome=labels[outcome], unit=OUTCOMES[outcome].unit)
    yield Section("Which setting decides", text, figure, bars)


def _sobol(runs: pd.DataFrame, outcome: str, problem: Problem) -> tuple[pd.DataFrame, Luck, str]:
    found = sobol_indices(runs, outcome, problem)
    names = {"axis": "parameter"} | {f"first_order{end}": f"first{end}" for end in ("", "_low", "_high")}
    text = "First order: the share of variance that a setting explains alone. Total: with all its interactions."
    return found.axes.rename(columns=names), found.luck, text


def _morris(runs: pd.DataFrame, outcome: str, problem: Problem) -> tuple[pd.DataFrame, Luck, str]:
    found = morris_screening(runs, outcome, problem)
    names = {"axis": "parameter", "spread": "sigma", "low": "mu_star_low", "high": "mu_star_high"}
    names |= {f"mean_absolute_effect{end}": f"mu_star{end}" for end in ("", "_low", "_high")}
    text = (
        "Mean size of the effect of moving a setting across its range; sigma is large where it hangs on other settings."
    )
    return found.axes.rename(columns=names), found.luck, text
