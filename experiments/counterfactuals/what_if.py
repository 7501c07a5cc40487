"""What if: the difference that one intervention makes to a run, beside the noise of the market."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.counterfactuals.placebo import harmless_orders, noise_floor
from cascade_sim.experiments.counterfactuals.repeating import Original, check_repeats
from cascade_sim.experiments.counterfactuals.variants import Variant, run_variants
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.intervention import Intervention
from cascade_sim.progress import Progress
from cascade_sim.results import Result

__all__ = ["WhatIf", "what_if"]

_MINUTE = 60.0


@dataclass(frozen=True)
class WhatIf:
    """A run and the same run with something done differently.

    Attributes
    ----------
    intervention : Intervention
    base, changed : DataFrame
        Outcomes, a row a luck; the first is the run's own.
    placebos : DataFrame
        Outcomes of the run with one harmless order suppressed, a row each.
    kept_apart : int
        Accounts whose margin was kept apart market by market: of those asked for, who trade several.
    """

    intervention: Intervention
    base: pd.DataFrame
    changed: pd.DataFrame
    placebos: pd.DataFrame
    kept_apart: int = 0

    @property
    def same_digest(self) -> bool:
        """Whether nothing at all came out differently."""
        return bool((self.base["digest"] == self.changed["digest"]).all())

    def table(self) -> pd.DataFrame:
        """Every outcome before and after.

        Returns
        -------
        DataFrame
            Indexed by outcome: ``run`` and ``changed`` (of the run itself), ``difference``, the noise ``floor``,
            ``seen`` (whether the difference is beyond it), and over other lucks the ``mean`` difference with its 95 %
            interval ``low``, ``high`` and whether that leaves out zero (``shown``).
        """
        names = [name for name in self.base if name != "digest"]
        first, then = self.base[names].iloc[0].astype(float), self.changed[names].iloc[0].astype(float)
        frame = pd.DataFrame({"run": first, "changed": then, "difference": then - first})
        frame["floor"] = noise_floor(first, self.placebos)
        frame["seen"] = frame["difference"].abs() > frame["floor"]
        others = (self.changed[names] - self.base[names]).iloc[1:].astype(float)
        frame[["mean", "low", "high"]] = [student_interval(others[name]) for name in names]
        frame["shown"] = (frame["low"] > 0) | (frame["high"] < 0)
        return frame


def what_if(
    result: Result,
    intervention: Intervention,
    lucks: int = 0,
    placebos: int = 20,
    workers: int | None = None,
    progress: Progress | None = None,
    agents: Sequence[Path] = (),
) -> WhatIf:
    """Repeat a run with something done differently.

    Parameters
    ----------
    result : Result
    intervention : Intervention
    lucks : int
        How many times more with the same accounts and opening positions and other luck, each once with and once
        without the intervention: what the change does on average.
    placebos : int
        Runs with one harmless order suppressed, for the noise floor: in the minute after the first liquidation that
        is suppressed, or anywhere before the first liquidation of the run where something else is done.
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional
    agents : sequence of pathlib.Path
        Files of agents written in Python that took part in a run read from a folder; they are executed.

    Raises
    ------
    ResultError
        If the run can't be made again, or does not come out here as it is on record.
    InterventionError
        If what is to be done differently can't be.
    """
    nothing = Intervention()
    original = Original.of(result, agents)
    with original.begin(intervention) as treated:  # what can't be is refused before anything runs
        apart = int((treated.world.treatments["isolated"] > 0).sum())
    noise = harmless_orders(result, placebos, *_time_of(result, intervention)) if intervention else []
    pairs = [Variant(each, luck) for luck in range(lucks + 1) for each in (nothing, intervention)]
    variants = [*pairs, *(Variant(each) for each in noise)]
    runs = run_variants(original, variants, workers, progress, "what if")
    check_repeats(result, str(runs["digest"].iloc[0]))
    end = len(pairs)
    base, changed = runs.iloc[0:end:2], runs.iloc[1:end:2]
    return WhatIf(intervention, base.reset_index(drop=True), changed.reset_index(drop=True), runs.iloc[end:], apart)


def _time_of(result: Result, intervention: Intervention) -> tuple[float, float | None]:
    """Seconds between which harmless orders are to be held against an intervention."""
    if intervention != Intervention(liquidations=intervention.liquidations):
        return 0.0, None  # it works from the start, before anybody is liquidated
    breaches = result.events["breach"]
    nth = breaches.groupby("account").cumcount() + 1
    spared = pd.MultiIndex.from_arrays([breaches["account"], nth]).isin(intervention.liquidations)
    first = float(breaches.loc[spared, "time"].min())
    return first, first + _MINUTE
