"""The figures of a report, each with what is to be seen in it."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cascade_sim.experiments.statistics.cascade_sizes import fit_cascade_sizes
from cascade_sim.experiments.statistics.designs import Problem
from cascade_sim.experiments.statistics.luck import Luck
from cascade_sim.experiments.statistics.morris import morris_screening
from cascade_sim.experiments.statistics.paired import effects_along
from cascade_sim.experiments.statistics.pareto import pareto_frontier as frontier_of
from cascade_sim.experiments.statistics.sobol import sobol_indices
from cascade_sim.experiments.statistics.tails import expected_shortfall
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.experiments.sweeps.page import Section
from cascade_sim.experiments.sweeps.reading import (
    boundary,
    effective_branching,
    means,
    probabilities,
    ratio_is_one,
    slice_of,
)
from cascade_sim.experiments.sweeps.samples import unit_points
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import (
    effect_lines,
    heat_map,
    paired_differences,
    pareto_frontier,
    phase_boundary,
    probability_curve,
    sensitivity_bars,
    size_distribution,
    variance_reduction_map,
)

__all__ = ["along_one_axis", "over_two_axes", "sensitivity", "tails_and_trade_off"]

_TAIL = 0.99


def over_two_axes(sweep: Sweep, varied: list[str]) -> Iterator[Section]:
    """Maps over the first two axes; the others, if there are any, at their middle values."""
    along, across = varied[0], varied[1]
    runs, labels = slice_of(sweep, (along, across)), sweep.design().labels()
    lines = _boundaries(sweep, runs, along, across)
    labels["probability"] = labels["event"]
    figure = heat_map(probabilities(runs, [along, across]), across, along, "probability", labels, **lines)
    yield Section("Where cascades are likely", _about_boundary(lines), figure)
    if "boundary" in lines:
        places = lines["boundary"]
        rising = _rises(runs, along)
        reach = (float(runs[along].min()), float(runs[along].max()))
        figure = phase_boundary(places, across, along, labels, cascade_above=rising, within=reach)
        yield Section("The phase boundary", "Where half of the runs are cascades, with 95 % intervals.", figure, places)
    shown = (
        ("cascade", "fall", "liquidated_share", "bad_debt")
        if sweep.question.twin
        else ("fall", "liquidated_share", "bad_debt")
    )
    for outcome in shown:
        figure = heat_map(means(runs, outcome, [along, across]), across, along, outcome, labels)
        yield Section(labels[outcome], "", figure)
    yield from _luck(sweep, runs, along, across, lines)


def _rises(runs: pd.DataFrame, along: str) -> bool:
    by_value = runs.groupby(along)["event"].mean().sort_index()
    return bool(by_value.iloc[-1] >= by_value.iloc[0])


def _is_number(frame: pd.DataFrame, name: str) -> bool:
    return bool(pd.api.types.is_numeric_dtype(frame[name]))


def _boundaries(sweep: Sweep, runs: pd.DataFrame, along: str, across: str) -> dict[str, Any]:
    """Curves to be drawn over the map: the simulated boundary, and where branching ratios are one."""
    if not _is_number(runs, along) or runs[along].nunique() < 3:
        return {}
    found = boundary(sweep, runs, across, along)
    lines = {"boundary": found[found["status"] == "found"].reset_index(drop=True)}
    ratios = means(runs, "branching_largest", [along, across])
    lines["theory"] = ratio_is_one(ratios, "branching_largest", across, along)
    ratios = means(runs, "branching_start", [along, across])
    lines["theory_start"] = ratio_is_one(ratios, "branching_start", across, along)
    if sweep.question.twin:
        ratios = effective_branching(runs, [along, across])
        lines["theory_effective"] = ratio_is_one(ratios, "branching_effective", across, along)
    return {name: frame for name, frame in lines.items() if len(frame)}


def _about_boundary(lines: dict[str, Any]) -> str:
    told = {
        "boundary": "Dots: where the probability is one half, with its 95 % interval; each from its own column.",
        "theory": "Dashed: where the largest branching ratio along the path, with the book as it then stood, is one.",
        "theory_start": "Dotted: where the ratio before the news is one.",
        "theory_effective": "Dash-dotted: where it is one with the depth that the market offered, by the twins.",
    }
    return " ".join(text for name, text in told.items() if name in lines)


def _luck(sweep: Sweep, runs: pd.DataFrame, along: str, across: str, lines: dict[str, Any]) -> Iterator[Section]:
    """What common random numbers are worth when neighbours along an axis are compared."""
    outcome, labels = sweep.question.event_outcome, sweep.design().labels()
    if not _is_number(runs, along) or runs[along].nunique() < 3:
        return
    steps = _against_neighbours(runs, outcome, along, across)
    text = (
        f"Variance of a difference of {labels[outcome].lower()} between a cell and its next neighbour along "
        f"{labels[along].lower()} with independent seeds, over that with the same seeds in both. Three or more: paired "
        "seeds save two thirds of the runs. Near the boundary a small change decides whether a run cascades, and equal "
        "luck does not help."
    )
    figure = variance_reduction_map(steps, across, along, labels, boundary=lines.get("boundary"))
    yield Section("What equal luck is worth", text, figure)
    middle = sorted(runs[across].unique())[runs[across].nunique() // 2]
    line = runs[runs[across] == middle]
    first = line[along].min()
    effects = effects_along(line, outcome, along, first, [along, across])
    effects = effects.assign(
        comparison=[f"{labels[along]} {value:.3g}" for value in effects[along]], difference=effects["effect"]
    )
    labels["difference"] = f"{labels[outcome]}, difference"
    title = f"{labels[outcome]} against {labels[along].lower()} {first:.3g}"
    figure = paired_differences(effects, labels, title=title)
    yield Section(
        "Differences on equal luck",
        f"All with {labels[across].lower()} {middle:.3g}."
        if _is_number(runs, across)
        else f"All with {labels[across].lower()} {middle}.",
        figure,
    )


def _against_neighbours(runs: pd.DataFrame, outcome: str, along: str, across: str) -> pd.DataFrame:
    """Variance reduction of each cell against the next one below it."""
    rows = []
    values = np.sort(runs[along].unique())
    for low, high in itertools.pairwise(values):
        pair = runs[runs[along].isin((low, high))]
        rows.append(effects_along(pair, outcome, along, low, [along, across]))
    return pd.concat(rows, ignore_index=True)


def along_one_axis(sweep: Sweep, axis: str) -> Iterator[Section]:
    """Curves along the only axis."""
    runs, labels = sweep.runs, sweep.design().labels()
    labels["probability"] = labels["event"]
    points = probabilities(runs, [axis])
    critical = None
    if runs[axis].nunique() >= 3:
        found = boundary(sweep, runs.assign(all_=0.0), "all_", axis)
        found = found[found["status"] == "found"]
        critical = found.reset_index(drop=True) if len(found) else None
    figure = probability_curve(points, None, critical, axis, labels)
    yield Section("How likely cascades are", "", figure)
    for outcome in (("cascade",) if sweep.question.twin else ()) + ("fall", "liquidated_share", "bad_debt"):
        yield Section(labels[outcome], "", effect_lines(means(runs, outcome, [axis]), axis, outcome, None, labels))


def sensitivity(sweep: Sweep) -> Iterator[Section]:
    """Which axis decides, from the sample made for that."""
    labels, outcome = sweep.design().labels(), sweep.question.event_outcome
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


def tails_and_trade_off(sweep: Sweep) -> Iterator[Section]:
    """Sizes of cascades, and what efficiency costs in bad debt."""
    sizes, fits = _sizes(sweep)
    if len(sizes):
        labels = sweep.design().labels() | {"size": "Liquidated in a run (USD)"}
        text = (
            "Runs grouped by how likely a cascade is in their cell; those in which nothing is liquidated count as zero."
        )
        yield Section("How large cascades get", text, size_distribution(sizes, fits, labels), fits)
    cells = _trade_off(sweep)
    if cells["capital_efficiency"].nunique() > 1 and cells["bad_debt"].gt(0).any():
        frontier = cells.iloc[frontier_of(cells["capital_efficiency"], cells["bad_debt"], ("max", "min"))]
        figure = pareto_frontier(cells, "capital_efficiency", "bad_debt", frontier, sweep.design().labels())
        text = "One point a cell, means over seeds. The table has the frontier, and the worst hundredth of runs."
        yield Section("Bad debt against capital efficiency", text, figure, frontier.drop(columns=["cell"]))


def _sizes(sweep: Sweep) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Liquidated notional by group of cells, and the law fitted to each group."""
    chance = sweep.runs["cell"].map(sweep.runs.groupby("cell")["event"].mean())
    names = ["cascades unlikely (below 0.2)", "even (0.2 to 0.8)", "likely (above 0.8)"]
    group = pd.cut(chance, [-1, 0.2, 0.8, 2], labels=names).astype(str)
    sizes = pd.DataFrame({"group": group, "size": sweep.runs["liquidated"]})
    sizes = sizes[sizes["group"].isin(names)]
    sizes = sizes.sort_values("group", key=lambda column: column.map(names.index))
    rows = []
    for name, rest in sizes.groupby("group", sort=False):
        positive = rest.loc[rest["size"] > 0, "size"]
        if len(positive) >= 50:
            smallest = float(positive.quantile(0.25))
            law = fit_cascade_sizes(positive, smallest, discrete=False).cut
            reach = 1.96 * law.exponent_error
            rows.append((name, law.exponent, law.exponent - reach, law.exponent + reach, law.cutoff, smallest))
    columns = ["group", "exponent", "exponent_low", "exponent_high", "cutoff", "smallest"]
    return (sizes if rows else sizes.iloc[:0]), pd.DataFrame(rows, columns=columns)


def _trade_off(sweep: Sweep) -> pd.DataFrame:
    """Capital efficiency and bad debt of every cell, with intervals and the expected shortfall."""
    axes = sweep.axes
    cells = sweep.runs.groupby("cell")[axes].first().reset_index()
    for name in ("capital_efficiency", "bad_debt"):
        found = means(sweep.runs, name, axes)
        cells = cells.assign(**{name: found[name], f"{name}_low": found["low"], f"{name}_high": found["high"]})
    worst = [expected_shortfall(values, _TAIL).value for _, values in sweep.runs.groupby("cell")["bad_debt"]]
    setting = [", ".join(_short(row[name]) for name in axes[:2]) for row in cells[axes].to_dict("records")]
    return cells.assign(expected_shortfall=worst, setting=setting)


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
