"""The frontier: candidates that no other beats in everything, on the days of the search and on fresh ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cascade_sim.experiments.design_search.comparison import compared
from cascade_sim.experiments.design_search.fresh import fresh_days
from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.design_search.study import Candidate, search
from cascade_sim.experiments.statistics.pareto import non_dominated
from cascade_sim.progress import Progress

__all__ = ["find_frontier", "typical"]

_SENSES = [objective.sense for objective in OBJECTIVES.values()]


def find_frontier(
    question: DesignQuestion, folder: Path, workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Search, mark the frontier, and measure it again on fresh days, against the first candidate.

    The first candidate is what there is today, if the question says so.

    Returns
    -------
    DataFrame
        One row a candidate: settings; objectives with ``_low`` and ``_high``; the same on fresh days with ``fresh_``
        before, and less those of the first candidate on equal luck with ``vs_`` before (nan where not measured);
        ``leverage`` and ``depth`` chosen on average; ``shares`` of each choice in words; ``traders_regret``,
        ``makers_regret``, ``rounds``; whether it is on the ``frontier`` and, of those measured again, still is
        (``fresh_frontier``).
    """
    candidates = search(question, folder, workers, progress)
    frame = pd.DataFrame([_row(candidate) for candidate in candidates])
    frame["frontier"] = non_dominated(frame[list(OBJECTIVES)], _SENSES)
    again = [k for k in range(len(frame)) if frame["frontier"][k] or k == 0]
    chosen = [candidates[k] for k in again]
    fresh = compared(question, chosen, fresh_days(question, chosen, folder, workers, progress), [0] * len(again))
    frame = frame.join(fresh.set_index(pd.Index(again)))
    frame["fresh_frontier"] = non_dominated(frame[[f"fresh_{name}" for name in OBJECTIVES]], _SENSES)
    frame.index.name = "candidate"
    return frame


def _named(objectives: dict[str, tuple[float, ...]]) -> dict[str, float]:
    ends = ("", "_low", "_high")
    return {f"{name}{end}": x for name, own in objectives.items() for end, x in zip(ends, own, strict=True)}


def _row(candidate: Candidate) -> dict[str, object]:
    chosen, found = candidate
    about = {
        "leverage": found.leverage,
        "depth": found.depth,
        "shares": f"leverage {_shares(found.leverages)}; depth {_shares(found.depths)}",
        "traders_regret": found.regret[0],
        "makers_regret": found.regret[1],
        "rounds": found.rounds,
    }
    return chosen | _named(found.objectives) | about


def _shares(shares: dict[float, float]) -> str:
    return ", ".join(f"{choice:.3g}x {100 * share:.0f} %" for choice, share in shares.items() if share > 0)


def typical(frame: pd.DataFrame, count: int = 8) -> dict[int, str]:
    """A few candidates of the frontier to talk about, and what for: the best of each, then those without a weak side.

    By the numbers of the search, so that nothing is chosen by fresh days and these are fair to all.

    Parameters
    ----------
    frame : DataFrame
        Of `find_frontier`.
    count : int
        At most.

    Returns
    -------
    dict of int to str
        Candidate to what it stands for.
    """
    best = frame[frame["frontier"]]
    ranks = pd.DataFrame(
        {name: best[name].rank(ascending=objective.sense == "min") for name, objective in OBJECTIVES.items()}
    )
    named: dict[int, list[str]] = {}
    for name, objective in OBJECTIVES.items():
        word = "least" if objective.sense == "min" else "most"
        named.setdefault(int(ranks.index[int(ranks[name].argmin())]), []).append(f"{word} {objective.label}")
    for k in _without_weak_side(ranks):
        if len(named) < count:
            named.setdefault(k, ["good in all"])
    return {k: " and ".join(words) for k, words in named.items()}


def _without_weak_side(ranks: pd.DataFrame) -> Sequence[int]:
    worst = ranks.max(axis=1).to_numpy()
    return [int(ranks.index[k]) for k in np.argsort(worst, kind="stable")]
