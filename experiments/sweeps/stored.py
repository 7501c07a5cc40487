"""A sweep as it is stored: tidy frames, and what the question makes of them."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cascade_sim.experiments.sweeps.design import Design, make_design
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import LEDGER, read_manifest
from cascade_sim.experiments.sweeps.ledger import DONE, Ledger
from cascade_sim.experiments.sweeps.question import Question

__all__ = ["Sweep", "event_of", "load"]


@dataclass(frozen=True)
class Sweep:
    """What a sweep found.

    Attributes
    ----------
    folder : pathlib.Path
    question : Question
    manifest : dict
    cells : DataFrame
        Indexed by ``cell``: axis values.
    runs : DataFrame
        One row a finished run, sorted by cell and seed: ``cell``, ``seed``, axis values, outcomes, ``event`` (1 where
        the question's event happened, 0 where not).
    failures : DataFrame
        One row a run that failed: ``cell``, ``seed``, axis values, ``status``, ``error``.
    environments : tuple of str
        What runs were computed with; empty where only the table of runs is there.
    """

    folder: Path
    question: Question
    manifest: dict[str, Any]
    cells: pd.DataFrame
    runs: pd.DataFrame
    failures: pd.DataFrame
    environments: tuple[str, ...] = ()

    @property
    def axes(self) -> list[str]:
        """Names of the axes."""
        return list(self.question.axes)

    def design(self) -> Design:
        """The design again, from the stored question."""
        return make_design(self.question)


def event_of(question: Question, runs: pd.DataFrame) -> "pd.Series[float]":
    """1 for runs in which the question's event happened, 0 where it did not, nan where it can't be said."""
    outcome, sense, threshold = question.threshold()
    values = runs[outcome]
    happened = values > threshold if sense == ">" else values < threshold
    return happened.astype(float).where(values.notna(), np.nan)


def load(folder: str | os.PathLike[str]) -> Sweep:
    """Read the folder of a sweep, finished or not.

    Raises
    ------
    SweepError
        If it is not one, or a file in it is missing or damaged.
    """
    source = Path(folder)
    manifest = read_manifest(source)
    try:
        question = Question.model_validate(yaml.safe_load((source / "question.yaml").read_text(encoding="utf-8")))
        cells = pd.read_parquet(source / "design.parquet").set_index("cell").drop(columns="settings")
        runs = _runs(source, cells)
    except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
        raise SweepError(f"{source} can't be read", [f"a file in it is missing or damaged: {error}"]) from None
    done = runs["status"] == DONE
    finished = runs[done].drop(columns=["status", "error"]).reset_index(drop=True)
    finished = finished.assign(event=event_of(question, finished))
    failures = runs.loc[~done, ["cell", "seed", *cells.columns, "status", "error"]].reset_index(drop=True)
    return Sweep(source, question, manifest, cells, finished, failures, _environments(source))


def _environments(source: Path) -> tuple[str, ...]:
    """What the ledger remembers, if it is there and can be read."""
    if (source / LEDGER).is_file():
        with contextlib.suppress(SweepError), Ledger(source / LEDGER) as ledger:
            return tuple(ledger.environments())
    return ()


def _runs(source: Path, cells: pd.DataFrame) -> pd.DataFrame:
    """Runs in the ledger, which is ahead of the table while a sweep is under way; else those of the table.

    A folder that nobody may write to, as in an archive, is read from its table too.
    """
    table = source / "runs.parquet"
    if not (source / LEDGER).is_file():
        return pd.read_parquet(table)
    try:
        with Ledger(source / LEDGER) as ledger:
            return ledger.frame(cells)
    except SweepError:
        if not table.is_file():
            raise
        return pd.read_parquet(table)
