"""What each rule does: one rule of today changed at a time, with everybody adjusting to it, on fresh days.

Where rules work together, one change at a time shows what each does beside today's others, and no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.design_search.candidate import Evaluated
from cascade_sim.experiments.design_search.comparison import compared
from cascade_sim.experiments.design_search.fresh import fresh_days
from cascade_sim.experiments.design_search.question import Choice, DesignQuestion, Setting
from cascade_sim.experiments.design_search.study import evaluate_listed
from cascade_sim.progress import Progress

__all__ = ["Change", "changes_of", "what_each_rule_does"]

Chosen = Mapping[str, Choice]


@dataclass(frozen=True)
class Change:
    """One rule changed.

    Attributes
    ----------
    setting : str
    before, after : float or str
    others : mapping of str to float or str
        All settings before the change.
    """

    setting: str
    before: Choice
    after: Choice
    others: Chosen

    @property
    def chosen(self) -> dict[str, Choice]:
        """All settings after the change."""
        return {**self.others, self.setting: self.after}


def changes_of(question: DesignQuestion) -> list[Change]:
    """Every rule to both ends of its range, or to every other of its values.

    Of a rule that does nothing without another one, that other one is at its high end before and after. None where the
    question does not say what there is today.
    """
    if not question.starts_today:
        return []
    today = question.today
    return [
        Change(name, today[name], after, others)
        for name, setting in question.settings.items()
        for others in [_beside(question, setting, today)]
        for after in _ends(setting)
        if after != today[name]
    ]


def _ends(setting: Setting) -> Sequence[Choice]:
    return setting.values or [end for end in (setting.low, setting.high) if end is not None]


def _beside(question: DesignQuestion, setting: Setting, today: Chosen) -> Chosen:
    if setting.needs is None:
        return today
    return {**today, setting.needs: _ends(question.settings[setting.needs])[-1]}


def what_each_rule_does(
    question: DesignQuestion, folder: Path, workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Effect of every change on the four objectives; what the folder holds is not run again.

    Parameters
    ----------
    question : DesignQuestion
    folder : Path
        Of the search.
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional

    Returns
    -------
    DataFrame
        One row a change: ``setting``, ``before``, ``after`` (as text), ``beside`` (a setting at its high end), what
        `compared` gives, and the average ``leverage`` and ``depth`` that were chosen, also ``_before``.
    """
    changes = changes_of(question)
    listed: list[dict[str, Choice]] = []
    for chosen in [each for change in changes for each in (dict(change.others), change.chosen)]:
        listed += [chosen] if chosen not in listed else []
    candidates = evaluate_listed(question, listed, folder, workers, progress)
    places = [(listed.index(dict(change.others)), listed.index(change.chosen)) for change in changes]
    days = fresh_days(question, candidates, folder, workers, progress)
    before = {new: old for old, new in places}  # each change leads to settings that no other leads to
    effects = compared(question, candidates, days, [before.get(k, k) for k in range(len(listed))])
    rows = [
        _about(question, change, candidates[old][1], candidates[new][1])
        for change, (old, new) in zip(changes, places, strict=True)
    ]
    return pd.DataFrame(rows).join(effects.iloc[[new for _, new in places]].reset_index(drop=True))


def _about(question: DesignQuestion, change: Change, old: Evaluated, new: Evaluated) -> dict[str, object]:
    """What was changed, and what agents chose."""
    return {
        "setting": change.setting,
        "before": str(change.before),
        "after": str(change.after),
        "beside": question.settings[change.setting].needs or "",
        "leverage_before": old.leverage,
        "leverage": new.leverage,
        "depth_before": old.depth,
        "depth": new.depth,
    }
