"""What a search for the critical point found, in words and as a figure."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cascade_sim.experiments.sweeps.critical import Boundary, middle_of
from cascade_sim.experiments.sweeps.question import Question
from cascade_sim.experiments.sweeps.reading import rises
from cascade_sim.experiments.sweeps.reporting.page import short
from cascade_sim.plots.sweeps import phase_boundary, probability_curve

__all__ = ["describe", "save_figure"]

_ELSE = {
    "not monotone": "the chance of a cascade rises and falls along the axis, so that there is no one critical point",
    "always above": "more than half of the runs cascade everywhere on the axis, by a curve that only rises or falls",
    "always below": "fewer than half of the runs cascade everywhere on the axis, by a curve that only rises or falls",
}


def describe(question: Question, along: str, over: str | None, found: Boundary) -> Iterator[str]:
    """A line for each critical point, and one for the axes that were not searched."""
    label = question.axes[along].label or along
    for row in found.critical.to_dict("records"):
        where = f"{question.axes[over].label or over} {short(row[over])}: " if over else ""
        if row["status"] == "found":
            interval = f"{_end(row['low'])} to {_end(row['high'])}"
            half = f"half of the runs cascade ({question.event}) at {label} {row[along]:.4g} ({interval})"
            yield f"{where}{half}; {row['runs']} runs"
        else:
            yield f"{where}{_ELSE[row['status']]} ({label}); {row['runs']} runs"
    held = [
        f"{axis.label or name} {short(middle_of(axis))}"
        for name, axis in question.axes.items()
        if name not in (along, over)
    ]
    if held:
        yield f"Held in the middle: {', '.join(held)}"


def _end(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "open"


def save_figure(question: Question, along: str, over: str | None, found: Boundary, file: Path) -> Path:
    """Draw the chance along the axis, or with a second axis the boundary."""
    labels = {name: axis.label or name for name, axis in question.axes.items()}
    labels["probability"] = f"P({question.event})"
    ends = (float(found.points[along].min()), float(found.points[along].max()))
    if over is None:
        points = found.points.sort_values(along)
        title = f"Share of runs that cascade ({question.event})"
        known = found.critical[found.critical["status"] == "found"]
        figure = probability_curve(points, None, known if len(known) else None, along, labels, title=title)
    else:
        title = f"{labels[along]} at which half of the runs cascade"
        above = rises(found.points, along, "probability")
        figure = phase_boundary(found.critical, over, along, labels, cascade_above=above, within=ends, title=title)
    figure.savefig(file, metadata={"Software": None})
    return file
