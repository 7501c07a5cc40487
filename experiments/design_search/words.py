"""The frontier in words and numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cascade_sim.amounts import money
from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.question import DesignQuestion, Setting

__all__ = ["in_words", "settings_in_words", "table"]

_LETTERS = "ABCDEFGHIJ"


def table(frame: pd.DataFrame, named: Mapping[int, str]) -> list[tuple[str, ...]]:
    """Rows: letter, what it stands for, and each objective on fresh days with its interval and, below, as searched."""
    rows = []
    for letter, (k, words) in zip(_LETTERS, named.items(), strict=False):
        row: Any = frame.loc[k]
        rows.append((letter, words, *(_both(row, name) for name in OBJECTIVES)))
    return rows


def _both(row: "pd.Series[float]", name: str) -> str:
    fresh = f"{_number(row[f'fresh_{name}'], name)} ({_range(row, f'fresh_{name}', name)})"
    return f"{fresh}\nsearch: {_number(row[name], name)}"


def _range(row: "pd.Series[float]", column: str, name: str) -> str:
    return f"{_number(row[f'{column}_low'], name)} to {_number(row[f'{column}_high'], name)}"


def _number(value: float, name: str) -> str:
    if OBJECTIVES[name].unit.startswith("USD"):
        return money(value)
    return f"{value:.3g}"


def settings_in_words(question: DesignQuestion, row: "pd.Series[float]") -> str:
    """All settings of a candidate."""
    return "; ".join(f"{setting.label} {_value(setting, row[name])}" for name, setting in question.settings.items())


def _value(setting: Setting, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if setting.initial_over:
        return f"{value:.2g} times"
    if abs(value) >= 1000:
        return f"{money(value)} USD"
    return f"{100 * value:.2g} %" if abs(value) < 0.2 else f"{value:.2g}"


def in_words(question: DesignQuestion, frame: pd.DataFrame, named: Mapping[int, str]) -> list[str]:
    """Plain sentences: what was tried, what is left, what each of the named candidates is."""
    best, still = int(frame["frontier"].sum()), int((frame["frontier"] & frame["fresh_frontier"]).sum())
    lines = [
        f"{question.title or question.name}: {len(frame)} candidates, each with traders and makers who adjusted to it.",
        f"{best} are on the frontier (no other beats them in all four objectives), {still} of them on fresh days too.",
    ]
    lines += [_optimism(frame, name) for name in OBJECTIVES if name != "efficiency"]
    for letter, (k, words) in zip(_LETTERS, named.items(), strict=False):
        row: Any = frame.loc[k]
        lines.append(f"{letter}, {words}: {settings_in_words(question, row)}. Chosen: {row['shares']}.")
    if _starts_today(question):
        lines.append(_today(frame))
    restless = int((frame.loc[frame["frontier"], "traders_regret"] > question.traders.tolerance).sum())
    if restless:
        most = 100 * frame.loc[frame["frontier"], "traders_regret"].max()
        lines.append(
            f"In {restless} of the {best} some traders could still gain more than "
            f"{100 * question.traders.tolerance:g} % of their money by another leverage when the rounds ended (at most "
            f"{most:.2g} %)."
        )
    return lines


def _optimism(frame: pd.DataFrame, name: str) -> str:
    """How the frontier looked on the days on which it was chosen; the first candidate tells how harsh they were."""
    objective, best = OBJECTIVES[name], frame[frame["frontier"]]
    searched, fresh = _number(best[name].mean(), name), _number(best[f"fresh_{name}"].mean(), name)
    first = f"{_number(frame[name].iloc[0], name)} and {_number(frame[f'fresh_{name}'].iloc[0], name)}"
    return (
        f"Average {objective.label} of the frontier ({objective.unit}): {searched} as searched, {fresh} on fresh days "
        f"(of the first candidate, which was not chosen: {first})."
    )


def _starts_today(question: DesignQuestion) -> bool:
    return all(setting.today is not None for setting in question.settings.values())


def _today(frame: pd.DataFrame) -> str:
    first = frame.iloc[0]
    fresh = ", ".join(
        f"{objective.label} {_number(first[f'fresh_{name}'], name)} {objective.unit.removeprefix('1')}".strip()
        for name, objective in OBJECTIVES.items()
    )
    where = "is itself on the frontier" if first["frontier"] else "is beaten in all four by others"
    return f"What there is today ({fresh} on fresh days) {where}."
