"""Figures of a design search."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.design_search.rules_in_words import change_in_words
from cascade_sim.experiments.design_search.words import first_name, lettered

__all__ = ["save_figures"]


def save_figures(
    question: DesignQuestion, frame: pd.DataFrame, effects: pd.DataFrame, named: Mapping[int, str], folder: Path
) -> None:
    """Draw the frontier, its lettered candidates against the first one, and what each rule does.

    Parameters
    ----------
    question : DesignQuestion
    frame : DataFrame
        Of `find_frontier`.
    effects : DataFrame
        Of `what_each_rule_does`.
    named : mapping of int to str
        Of `typical`.
    folder : Path
    """
    from cascade_sim.plots.design_search import Track, plot_designs
    from cascade_sim.plots.differences import Quantity, plot_differences

    quantities = [
        Quantity(name, objective.label, "times" if objective.unit == "1" else objective.unit, objective.sense == "min")
        for name, objective in OBJECTIVES.items()
    ]
    tracks = [
        Track(setting.label, name, setting.values, setting.low or 0.0, setting.high or 0.0, setting.scale == "log")
        for name, setting in question.settings.items()
    ]
    figures = {"designs": plot_designs(frame, tracks, named, question.title or question.name, question.starts_today)}
    if others := {k: f"{letter}: {words}" for letter, k, words in lettered(named) if k != 0}:
        title = f"Candidates less {first_name(question)}, on fresh days and equal luck"
        figures["against-today"] = plot_differences(
            list(others.values()), _with_promises(frame).loc[list(others)], quantities, title
        )
    if not effects.empty:
        changes = [change_in_words(question, row) for _, row in effects.iterrows()]
        title = "What each rule does: one changed at a time, everybody adjusts (fresh days, equal luck)"
        figures["rules"] = plot_differences(changes, effects, quantities, title)
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})


def _with_promises(frame: pd.DataFrame) -> pd.DataFrame:
    """Differences from the first candidate on the days of the search beside those on fresh days."""
    return frame.assign(**{f"promised_{name}": frame[name] - frame[name].iloc[0] for name in OBJECTIVES})
