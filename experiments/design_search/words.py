"""The frontier in words and numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cascade_sim.amounts import money
from cascade_sim.experiments.design_search.comparison import verdict
from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.question import DesignQuestion, Setting

__all__ = [
    "against_first",
    "difference",
    "first_name",
    "in_words",
    "lettered",
    "settings_in_words",
    "table",
    "value_in_words",
]

_LETTERS = "ABCDEFGHIJ"


def table(question: DesignQuestion, frame: pd.DataFrame, named: Mapping[int, str]) -> list[tuple[str, ...]]:
    """Rows: letter, what it stands for, and of each objective three lines, the first candidate last.

    The lines are the value on fresh days with its interval, as searched, and less the first candidate on equal luck.
    """
    every = [*lettered(named), *([] if 0 in named else [("", 0, first_name(question))])]
    return [(letter, words, *(_three_lines(frame.loc[k], name) for name in OBJECTIVES)) for letter, k, words in every]


def lettered(named: Mapping[int, str]) -> list[tuple[str, int, str]]:
    """Letter, candidate, and what it stands for."""
    return [(letter, k, words) for letter, (k, words) in zip(_LETTERS, named.items(), strict=False)]


def _three_lines(row: Any, name: str) -> str:
    fresh = f"{_number(row[f'fresh_{name}'], name)} ({_range(row, f'fresh_{name}', name)})"
    return f"{fresh}\nsearch: {_number(row[name], name)}\n{difference(row, name)}"


def difference(row: "pd.Series[float]", name: str) -> str:
    """A paired difference with its interval."""
    return f"{_signed(row[f'vs_{name}'], name)} ({_range(row, f'vs_{name}', name)})"


def _signed(value: float, name: str) -> str:
    return ("+" if value > 0 else "") + _number(value, name)


def _range(row: "pd.Series[float]", column: str, name: str) -> str:
    return f"{_number(row[f'{column}_low'], name)} to {_number(row[f'{column}_high'], name)}"


def _number(value: float, name: str) -> str:
    if OBJECTIVES[name].unit.startswith("USD"):
        return money(value)
    return f"{value:.3g}"


def settings_in_words(question: DesignQuestion, row: "pd.Series[float]") -> str:
    """All settings of a candidate."""
    return "; ".join(
        f"{setting.label} {value_in_words(setting, row[name])}" for name, setting in question.settings.items()
    )


def value_in_words(setting: Setting, value: float | str) -> str:
    """A value of a setting, with its unit."""
    if isinstance(value, str):
        return value
    if setting.initial_over:
        return f"{value:.2g} times"
    if abs(value) >= 1000:
        return f"{money(value)} USD"
    small = setting.high is not None and setting.high < 0.2  # a share, as margins and fees are
    return f"{100 * value:.2g} %" if small else f"{value:.2g}"


def in_words(question: DesignQuestion, frame: pd.DataFrame, named: Mapping[int, str]) -> list[str]:
    """Plain sentences: what was tried, what is left, what each of the named candidates is."""
    best, still = int(frame["frontier"].sum()), int((frame["frontier"] & frame["fresh_frontier"]).sum())
    lines = [
        f"{question.title or question.name}: {len(frame)} candidates, each with traders and makers who adjusted to it.",
        f"{best} are on the frontier (no other beats them in all four objectives), {still} of them on fresh days too.",
    ]
    lines += [_optimism(question, frame, name) for name in OBJECTIVES if name != "efficiency"]
    lines += [_survivors(question, frame, name) for name in OBJECTIVES]
    for letter, k, words in lettered(named):
        row: Any = frame.loc[k]
        lines.append(f"{letter}, {words}: {settings_in_words(question, row)}. Chosen: {row['shares']}.")
        if k != 0:
            lines.append(against_first(question, frame, k))
    if question.starts_today:
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


def _optimism(question: DesignQuestion, frame: pd.DataFrame, name: str) -> str:
    """How the frontier looked on the days on which it was chosen; the first candidate tells how harsh they were."""
    objective, best = OBJECTIVES[name], frame[frame["frontier"]]
    searched, fresh = _number(best[name].mean(), name), _number(best[f"fresh_{name}"].mean(), name)
    first = f"{_number(frame[name].iloc[0], name)} and {_number(frame[f'fresh_{name}'].iloc[0], name)}"
    return (
        f"Average {objective.label} of the frontier ({objective.unit}): {searched} as searched, {fresh} on fresh days "
        f"(for comparison, of {first_name(question)}: {first})."
    )


def _promised(frame: pd.DataFrame, name: str) -> Any:
    """Which candidates looked better than the first one on the days of the search."""
    gain = frame[name] - frame[name].iloc[0]
    return gain < 0.0 if OBJECTIVES[name].sense == "min" else gain > 0.0


def _survivors(question: DesignQuestion, frame: pd.DataFrame, name: str) -> str:
    """How many advantages of the search are still there on fresh days."""
    better = frame[frame["frontier"] & _promised(frame, name)]
    verdicts = [verdict(row, name) for _, row in better.iterrows()]
    label, searched = OBJECTIVES[name].label, f"better than {first_name(question)} on the days of the search"
    if not verdicts:
        return f"In {label} none of the frontier was {searched}."
    was = "was" if len(verdicts) == 1 else "were"
    return (
        f"In {label} {len(verdicts)} of the frontier {was} {searched}; on fresh days, "
        f"beyond what luck explains, {verdicts.count('better')} better and {verdicts.count('worse')} worse."
    )


def against_first(question: DesignQuestion, frame: pd.DataFrame, k: int) -> str:
    """A candidate against the first one on equal luck, and which of its advantages did not survive fresh days."""
    row: Any = frame.loc[k]
    found: dict[str, list[str]] = {}
    for name, objective in OBJECTIVES.items():
        found.setdefault(verdict(row, name), []).append(f"{objective.label} {difference(row, name)}")
    said = [
        f"{words} in {', '.join(found[kind])}"
        for kind, words in (("better", "better"), ("worse", "worse"), ("not known", "can't be told apart"))
        if kind in found
    ]
    lost = [
        objective.label
        for name, objective in OBJECTIVES.items()
        if _promised(frame, name)[k] and verdict(row, name) != "better"
    ]
    end = f" What the search promised in {' and '.join(lost)} does not survive fresh days." if lost else ""
    return f"On fresh days, against {first_name(question)} on equal luck: {'; '.join(said) or 'the same in all'}.{end}"


def first_name(question: DesignQuestion) -> str:
    """What the first candidate is called."""
    return "the rules of today" if question.starts_today else "the first candidate"


def _today(frame: pd.DataFrame) -> str:
    first = frame.iloc[0]
    fresh = ", ".join(
        f"{objective.label} {_number(first[f'fresh_{name}'], name)} {objective.unit.removeprefix('1')}".strip()
        for name, objective in OBJECTIVES.items()
    )
    where = "is itself on the frontier" if first["frontier"] else "is beaten in all four by others"
    return f"What there is today ({fresh} on fresh days) {where}."
