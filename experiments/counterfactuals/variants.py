"""One run with an intervention, in numbers; many of them side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import first_counted, micros
from cascade_sim.experiments.counterfactuals.repeating import Original
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.sweeps.outcomes import mids, outcomes_of, perpetuals, samples
from cascade_sim.intervention import Intervention
from cascade_sim.market import records as r
from cascade_sim.market.roles import FUND
from cascade_sim.market.treatment import PAID_IN
from cascade_sim.progress import Progress
from cascade_sim.recording.accounts import account_worth
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["OUTCOMES", "Variant", "bad_debt_by_account", "run_variant", "run_variants"]

OUTCOMES = {
    "fall": "largest fall of the mid, mean over perpetuals (share)",
    "liquidated": "notional liquidated (USD)",
    "liquidations": "number of liquidations",
    "bad_debt": "what liquidated accounts ended below zero (USD)",
    "topped_up": "margin paid in from outside (USD)",
}


@dataclass(frozen=True)
class Variant:
    """A run to be repeated.

    Attributes
    ----------
    intervention : Intervention
    luck : int
        0: the run's own; any other keeps accounts and positions and draws what happens anew.
    """

    intervention: Intervention = field(default_factory=Intervention)
    luck: int = 0


def _topped_up(simulation: Simulation) -> float:
    """What was paid in for guaranteed accounts since the start, USD; not what they deposited themselves."""
    events = simulation.records.table("events")
    own = (events["kind"] == r.TRANSFER) & (events["time"] >= first_counted(simulation.scenario.burn_in))
    return float(events["amount"][own & (events["code"] == PAID_IN)].sum()) / MONEY_UNITS


def bad_debt_by_account(simulation: Simulation) -> NDArray[np.float64]:
    """How far below zero every account was when it was closed out, since the start, in USD; row 0 is unused.

    Deficits, what the fund paid above the mark, and what deleveraged winners gave up.
    """
    events = simulation.records.table("events")
    events = events[events["time"] >= first_counted(simulation.scenario.burn_in)]
    kind, amount = events["kind"], events["amount"]
    by_fund = (kind == r.TAKEOVER) & (events["code"] == FUND)
    owed = np.where(kind == r.DEFAULT, amount, 0) + np.where(by_fund, np.maximum(-amount, 0), 0)
    owed = owed + np.where(kind == r.ADL, np.maximum(amount, 0), 0)
    owing = np.zeros(len(simulation.world.accounts))
    np.add.at(owing, events["account"], owed / MONEY_UNITS)
    return owing


def run_variant(original: Original, variant: Variant) -> dict[str, float | str]:
    """Make a run again with an intervention and measure it.

    Returns
    -------
    dict
        The names of `OUTCOMES`, ``fall <market>`` and ``liquidated <market>`` for every perpetual, and the event
        ``digest``.
    """
    with original.begin(variant.intervention, variant.luck) as simulation:
        return _measured(simulation)


def _measured(simulation: Simulation) -> dict[str, float | str]:
    """Run a simulation to its end and measure it."""
    scenario = simulation.scenario
    simulation.run_until(micros(scenario.burn_in))
    worth = account_worth(simulation)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    every = outcomes_of(simulation, worth)
    found: dict[str, float | str] = {name: every[name] for name in OUTCOMES if name in every}
    found["topped_up"] = _topped_up(simulation)
    path = mids(simulation)
    names = list(simulation.roster.markets)
    for column, m in enumerate(perpetuals(simulation)):
        found[f"fall {names[m - 1]}"] = float(1.0 - path[:, column].min() / path[0, column])
        market = samples(simulation)["liquidated_notional"][:, column]
        found[f"liquidated {names[m - 1]}"] = float(market[-1] - market[0]) / MONEY_UNITS
    return found | {"digest": simulation.records.digest()}


def run_variants(
    original: Original,
    variants: Sequence[Variant],
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "counterfactual runs",
) -> pd.DataFrame:
    """Many variants of one run, a row each in their order."""
    return pd.DataFrame(in_parallel(partial(run_variant, original), variants, workers, progress, label))
