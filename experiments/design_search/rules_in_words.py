"""What each rule does, in words and as a table."""

from typing import Any

import pandas as pd

from cascade_sim.experiments.design_search.comparison import verdict
from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.question import Choice, DesignQuestion
from cascade_sim.experiments.design_search.words import difference, value_in_words

__all__ = ["change_in_words", "rules_in_words", "rules_table"]


def change_in_words(question: DesignQuestion, row: Any) -> str:
    """One change: which rule, from what to what."""
    setting = question.settings[row["setting"]]
    before, after = (value_in_words(setting, _typed(row[when], bool(setting.values))) for when in ("before", "after"))
    beside = f" (with {question.settings[row['beside']].label} at its most)" if row["beside"] else ""
    return f"{setting.label}: {before} → {after}{beside}"


def _typed(text: str, is_name: bool) -> Choice:
    return text if is_name else float(text)


def rules_table(question: DesignQuestion, effects: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows: change, what agents chose, and the effect on each objective with its interval; clear ones have a star."""
    return [
        (
            change_in_words(question, row),
            f"{row['leverage_before']:.1f} → {row['leverage']:.1f}x",
            f"{row['depth_before']:.1f} → {row['depth']:.1f}x",
            *(_cell(row, name) for name in OBJECTIVES),
        )
        for _, row in effects.iterrows()
    ]


def _cell(row: Any, name: str) -> str:
    found = verdict(row, name)
    if found == "same":
        return "0"
    return difference(row, name) + {"better": " * better", "worse": " * worse"}.get(found, "")


def rules_in_words(question: DesignQuestion, effects: pd.DataFrame) -> list[str]:
    """What is clear about each rule, and which do nothing that can be seen."""
    if effects.empty:
        return []
    lines = ["What each rule does, one changed at a time beside today's others, on fresh days and equal luck:"]
    for _, row in effects.iterrows():
        clear = [
            f"{verdict(row, name)} in {objective.label} ({difference(row, name)})"
            for name, objective in OBJECTIVES.items()
            if verdict(row, name) in ("better", "worse")
        ]
        lines.append(f"- {change_in_words(question, row)}: {', '.join(clear) or 'nothing that luck does not explain'}.")
    tries = len(effects) * len(OBJECTIVES)
    lines.append(
        f"These are {tries} comparisons; about {round(0.05 * tries)} of so many would look clear by luck alone."
    )
    return lines
