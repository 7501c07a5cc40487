"""From a design file to a folder: study, candidates, words, figure."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from cascade_sim.experiments.design_search.frontier import find_frontier, typical
from cascade_sim.experiments.design_search.pictures import save_figures
from cascade_sim.experiments.design_search.population import scenario_of
from cascade_sim.experiments.design_search.problems import DesignError
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.design_search.rules import what_each_rule_does
from cascade_sim.experiments.design_search.rules_in_words import rules_in_words, rules_table
from cascade_sim.experiments.design_search.study import STUDY
from cascade_sim.experiments.design_search.words import in_words, table
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress

__all__ = ["Designed", "design"]


@dataclass(frozen=True)
class Designed:
    """What a search found.

    Attributes
    ----------
    frame : DataFrame
        Of `find_frontier`.
    effects : DataFrame
        Of `what_each_rule_does`.
    words : list of str
    rows, rules : list of tuple of str
        Tables of the frontier and of what each rule does.
    """

    frame: pd.DataFrame
    effects: pd.DataFrame
    words: list[str]
    rows: list[tuple[str, ...]]
    rules: list[tuple[str, ...]]


def design(
    question: DesignQuestion, out: Path, workers: int | None = None, progress: Progress | None = None
) -> Designed:
    """Search, or go on with a search, and write the folder.

    study.sqlite          every candidate as it was evaluated; what a stopped search goes on with
    fresh-days            days of the frontier's candidates that played no part in the search
    candidates.parquet    one row a candidate, with intervals, and fresh days for the frontier
    rules.parquet         one row a changed rule, with its effects
    question.yaml         what was asked
    answer.txt            the frontier, and what each rule does, in words
    designs.png           the frontier
    against-today.png     its candidates with a letter, less the first one, on equal luck
    rules.png             what each rule does

    Raises
    ------
    DesignError, ScenarioError, ResultError
        If the question can't be run, or the folder holds something else or can't be written.
    """
    _try_ends(question)
    _check_folder(out)
    with whole_folder(out) as half:
        text = yaml.safe_dump(question.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)
        if not (out / STUDY).exists():
            (half / "question.yaml").write_text(text, encoding="utf-8")
    frame = find_frontier(question, out, workers, progress)
    effects = what_each_rule_does(question, out, workers, progress)
    named = typical(frame)
    words = [*in_words(question, frame, named), *rules_in_words(question, effects)]
    with whole_folder(out) as half:
        frame.reset_index().to_parquet(half / "candidates.parquet", index=False)
        effects.to_parquet(half / "rules.parquet", index=False)
        (half / "question.yaml").write_text(text, encoding="utf-8")
        (half / "answer.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
        save_figures(question, frame, effects, named, half)
    return Designed(frame, effects, words, table(question, frame, named), rules_table(question, effects))


def _check_folder(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / STUDY).exists():
        with contextlib.suppress(OSError):
            if {file.name for file in out.iterdir()} == {"question.yaml"}:  # stopped before the study was made
                return
        raise DesignError(str(out), ["is not the folder of a design search; choose another one with --out"])


def _try_ends(question: DesignQuestion) -> None:
    """Both ends of every range, and every name, before anything is written.

    Raises
    ------
    ScenarioError
        If a setting does not exist or can't have a value that it may be given.
    """
    widest = max(len(setting.values) if setting.values else 2 for setting in question.settings.values())
    for k in range(widest):
        chosen = {
            name: setting.values[min(k, len(setting.values) - 1)]
            if setting.values
            else float((setting.low, setting.high)[min(k, 1)] or 0.0)
            for name, setting in question.settings.items()
        }
        _check_cohorts(question, scenario_of(question, chosen).agents.model_dump())


def _check_cohorts(question: DesignQuestion, agents: dict[str, dict[str, object]]) -> None:
    problems = [
        f"{kind}.cohort: {cohort!r} is not one of the {kind} of {question.scenario}: {', '.join(agents[kind])}"
        for kind, cohort in (("traders", question.traders.cohort), ("makers", question.makers.cohort))
        if cohort not in agents[kind]
    ]
    if problems:
        raise DesignError(f"design {question.name}", problems)
