"""Days that played no part in the search, run once for each candidate and kept in the folder of the search.

The best of many candidates were also lucky, so that they look too good on the days on which they were chosen (Smith and
Winkler, 2006, "The optimizer's curse: skepticism and postdecision surprise in decision analysis", Management Science
52, 311-322). On fresh days they are not: nothing was chosen by them. Agents keep the choices that they had made.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.design_search.candidate import market_of
from cascade_sim.experiments.design_search.day import run_days, weights_of_days
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.design_search.study import Candidate
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress

__all__ = ["fresh_days"]

_FRESH_SEED = 1_000_000
_FOLDER = "fresh-days"


def fresh_days(
    question: DesignQuestion,
    candidates: Sequence[Candidate],
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[pd.DataFrame]:
    """Days of each candidate, the same days for all; those that the folder holds are not run again.

    Parameters
    ----------
    question : DesignQuestion
    candidates : sequence of (settings, Evaluated)
    folder : Path
        Of the search.
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional

    Returns
    -------
    list of DataFrame
        As of `run_days`.
    """
    return in_parallel(partial(_days_of, question, folder / _FOLDER), candidates, workers, progress, "fresh days")


def _days_of(question: DesignQuestion, folder: Path, candidate: Candidate) -> pd.DataFrame:
    """What is kept of a candidate, and what is missing of it."""
    name, wanted = f"{_key(candidate)}.parquet", question.seeds.fresh
    kept = [pd.read_parquet(folder / name)] if (folder / name).exists() else []
    done = sum(len(days) for days in kept)
    if done < wanted:
        market = market_of(question, candidate[0], *_choices(candidate))
        kept.append(run_days(question, market, _FRESH_SEED + done, wanted - done))
        with whole_folder(folder) as half:
            pd.concat(kept).to_parquet(half / name, index=False)
    days = pd.concat(kept, ignore_index=True)[:wanted]
    return days.assign(weight=weights_of_days(question, days["stratum"].to_numpy()))


def _key(candidate: Candidate) -> str:
    """Of the settings and of what agents chose."""
    text = json.dumps([sorted(candidate[0].items()), *_choices(candidate)])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _choices(candidate: Candidate) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(candidate[1].leverages.values()), tuple(candidate[1].depths.values())
