"""The same runs by Mesa's own way to make many."""

import os
import time
from typing import Any

import mesa
import pandas as pd

from cascade_sim.experiments.sweeps.outcomes import OUTCOMES, outcomes_of
from cascade_sim.model import CascadeModel

__all__ = ["BatchModel", "batch", "rate_of"]


class BatchModel(CascadeModel):
    """A scenario that ``mesa.batch_run`` runs in one step, and whose outcomes it collects once: all in its favour.

    Parameters
    ----------
    luck : int
        Seed of the run.
    rng : None
        What ``batch_run`` of Mesa 3.5 gives to every model, and that of 3.3 to none; not used.
    **settings
        As of `CascadeModel`.
    """

    def __init__(self, luck: int, rng: None = None, **settings: Any) -> None:
        super().__init__(rng=luck, **settings)
        reporters = {name: lambda model, name=name: model.found[name] for name in (*OUTCOMES, "ended", "process")}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Run to the end and measure what a sweep measures."""
        self.run()
        self.found = outcomes_of(self.simulation, self.opening["start"])
        self.found |= {"ended": time.time(), "process": os.getpid()}
        self.datacollector.collect(self)


def batch(settings: dict[str, Any], seeds: range, processes: int) -> pd.DataFrame:
    """Run a scenario with all seeds.

    Parameters
    ----------
    settings : dict
        Keyword parameters of the model, the same for every run.
    seeds : range
    processes : int

    Returns
    -------
    DataFrame
        One row a run, by seed: ``luck``, outcomes, ``ended`` (s), ``process``.
    """
    given = {"luck": list(seeds), **settings}
    rows = mesa.batch_run(BatchModel, given, processes, data_collection_period=-1, max_steps=1, display_progress=False)
    return pd.DataFrame(rows).sort_values("luck").reset_index(drop=True)


def rate_of(runs: pd.DataFrame) -> float:
    """Runs a second once every process has ended its first, so that starting and loading do not count.

    Parameters
    ----------
    runs : DataFrame
        Of `batch`.
    """
    began = runs.groupby("process")["ended"].min().max()
    return float((runs["ended"] > began).sum() / (runs["ended"].max() - began))
