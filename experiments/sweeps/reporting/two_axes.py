"""Maps over two axes: how likely cascades are, where the boundary runs, where theory has it, what else came out."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cascade_sim.experiments.sweeps.reading import (
    boundary,
    effective_branching,
    means,
    medians,
    probabilities,
    ratio_is_one,
    rises,
    slice_of,
)
from cascade_sim.experiments.sweeps.reporting.equal_luck import what_equal_luck_is_worth
from cascade_sim.experiments.sweeps.reporting.page import Section, short
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import heat_map, phase_boundary

__all__ = ["over_two_axes"]

_ABOUT_PHASE = (
    "With 95 % intervals, by a bootstrap over seeds; 0 or inf where resampled seeds do not always cross one half "
    "within the range. p_value: how likely a chance that only rises, or only falls, looks at least as uneven by luck."
)


def over_two_axes(sweep: Sweep, varied: list[str]) -> Iterator[Section]:
    """Maps over the first two axes; the others, if there are any, at their middle values."""
    along, across = varied[0], varied[1]
    runs, labels = slice_of(sweep, (along, across)), sweep.question.labels()
    lines = _boundaries(sweep, runs, along, across)
    labels["probability"] = labels["event"]
    drawn = {name: frame for name, frame in lines.items() if name != "phase"}
    chances = probabilities(runs, [along, across])
    title = f"Share of runs that cascade ({sweep.question.event})"
    figure = heat_map(chances, across, along, "probability", labels, **drawn, title=title)
    yield Section("Where cascades are likely", _about_boundary(lines) + _held(sweep, runs, (along, across)), figure)
    if "phase" in lines:
        reach = (float(runs[along].min()), float(runs[along].max()))
        title = f"{labels[along]} at which half of the runs cascade"
        figure = phase_boundary(
            lines["phase"], across, along, labels, cascade_above=rises(runs, along), within=reach, title=title
        )
        yield Section("The phase boundary", _ABOUT_PHASE, figure, lines["phase"])
    shown = (
        ("cascade", "fall", "liquidated_share", "bad_debt")
        if sweep.question.twin
        else ("fall", "liquidated_share", "bad_debt")
    )
    for outcome in shown:
        figure = heat_map(means(runs, outcome, [along, across]), across, along, outcome, labels)
        yield Section(labels[outcome], "", figure)
    if _is_number(runs, along) and runs[along].nunique() >= 3:
        yield from what_equal_luck_is_worth(sweep, runs, along, across, lines.get("boundary"))


def _held(sweep: Sweep, runs: pd.DataFrame, shown: tuple[str, str]) -> str:
    """At which values the axes are that these maps do not show."""
    others = [name for name in sweep.axes if name not in shown and sweep.cells[name].nunique() > 1]
    held = [f"{sweep.question.labels()[name]} {short(runs[name].iloc[0])}" for name in others]
    return f"\n\nAll maps at {', '.join(held)}; other values are in runs.parquet." if held else ""


def _is_number(frame: pd.DataFrame, name: str) -> bool:
    return bool(pd.api.types.is_numeric_dtype(frame[name]))


def _boundaries(sweep: Sweep, runs: pd.DataFrame, along: str, across: str) -> dict[str, Any]:
    """Curves to be drawn over the map: the simulated boundary, and where branching ratios are one."""
    if not _is_number(runs, along) or runs[along].nunique() < 3:
        return {}
    found = boundary(sweep, runs, across, along)
    lines = {"phase": found, "boundary": found[found["status"] == "found"].reset_index(drop=True)}
    ratios = medians(runs, "branching_largest", [along, across])  # a mean is that of the runs with an empty book
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
        "theory": "Dashed: where the largest branching ratio along the path, with the book as it then stood, is one in "
        "half of the runs.",
        "theory_start": "Dotted: where the ratio before the news is one.",
        "theory_effective": "Dash-dotted: where it is one with the depth that the market offered, by the twins.",
    }
    return " ".join(text for name, text in told.items() if name in lines)
