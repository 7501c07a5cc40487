"""Simulated moments: what runs of an event measure, kept on disk as soon as they are known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.experiments.calibration.facts import Fact
from cascade_sim.experiments.calibration.plan import Calibration, RealEvent
from cascade_sim.experiments.calibration.problems import CalibrationError
from cascade_sim.experiments.event import of_result
from cascade_sim.experiments.replay import followed_market
from cascade_sim.experiments.runs import Measures, measure_runs
from cascade_sim.experiments.sweeps.design import code_version
from cascade_sim.folders import whole_folder
from cascade_sim.market.kernel import cache_folder
from cascade_sim.market.roles import TRADER
from cascade_sim.results import Result
from cascade_sim.scenario.inputs import digest_with_files
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import RunError, Simulation

__all__ = ["Simulated", "scenario_of"]

_SIDES = {"longs_liquidated": 1.0, "shorts_liquidated": -1.0}


def scenario_of(plan: Calibration, event: RealEvent, values: Mapping[str, float]) -> Scenario:
    """Scenario of one event at one point.

    Raises
    ------
    ScenarioError
        If the settings don't fit together.
    """
    settings = list(plan.set)
    if event.prices is not None:
        settings += [f"prices.file='{event.prices}'", "news=[]", "duration=null"]
        times = {"start": event.start, "end": event.end}
        settings += [f"prices.{key}={time.isoformat()}" for key, time in times.items() if time is not None]
    settings += [*event.set, *(f"{path}={float(value)!r}" for path, value in values.items())]
    return load_scenario(plan.scenario, settings)


def _liquidated(result: Result, market: str) -> Measures:
    """Share of the traders with a position at time zero, by its side, that was liquidated with one on that side."""
    opened = Simulation(result.scenario, result.seed)  # as it was before anything happened
    world, row = opened.world, opened.roster.markets[market]
    traders = (world.accounts["role"] == TRADER) & (world.accounts["venue"] == world.markets[row]["venue"])
    lots = np.where(traders, world.positions["lots"][:, int(world.markets[row]["column"])], 0)
    exposure = result.events.get("exposure", pd.DataFrame({"market": [], "account": [], "size": []}))
    forced = exposure[exposure["market"] == market]
    shares = {}
    for name, side in _SIDES.items():
        held = np.flatnonzero(lots * side > 0)
        hit = forced.loc[forced["size"] * side > 0, "account"]
        shares[name] = float(np.isin(held, hit.to_numpy(np.int64)).mean()) if len(held) else np.nan
    return shares


def _measure(wanted: tuple[tuple[str, str], ...], result: Result) -> Measures:
    """Numbers by market and quantity; what never came counts as coming at the end."""
    measured: dict[str, Measures] = {}
    for market in {market for market, _ in wanted}:
        measured[market] = of_result(result, market).as_dict()
        never = result.scenario.duration / 60.0
        measured[market]["minutes_to_adl"] = min(measured[market]["minutes_to_adl"], never)
        if any(quantity in _SIDES for own, quantity in wanted if own == market):
            measured[market] |= _liquidated(result, market)
    return {f"{market} {quantity}": float(measured[market][quantity]) for market, quantity in wanted}


@dataclass(frozen=True)
class Simulated:
    """Runs the events of a calibration at points, and remembers what came of it.

    Attributes
    ----------
    plan : Calibration
    folder : Path
        Where every set of runs is kept; a second calibration there does not run them again.
    workers : int, optional
        Processes; default: one a core.
    """

    plan: Calibration
    folder: Path
    workers: int | None = None

    def moments(
        self, event: RealEvent, facts: Sequence[Fact], values: Mapping[str, float], seeds: range
    ) -> NDArray[np.float64]:
        """What the runs say to the facts of one event, as it is compared.

        Returns
        -------
        ndarray of float64, shape (seeds, facts)
            Nan where a run says nothing.
        """
        scenario = scenario_of(self.plan, event, values)
        wanted = tuple(dict.fromkeys((self._market(fact, scenario), fact.quantity) for fact in facts))
        frame = self._kept(scenario, event, wanted, seeds)
        columns = [frame[f"{self._market(fact, scenario)} {fact.quantity}"].to_numpy(float) for fact in facts]
        return np.column_stack(
            [
                np.log(np.where(column > 0, column, np.nan)) if fact.log else column
                for fact, column in zip(facts, columns, strict=True)
            ]
        )

    def _market(self, fact: Fact, scenario: Scenario) -> str:
        name = fact.market or followed_market(scenario)
        if name not in scenario.markets or scenario.markets[name][1].kind != "perpetual":
            known = ", ".join(name for name, (_, market) in scenario.markets.items() if market.kind == "perpetual")
            raise CalibrationError(f"fact {fact.quantity}", [f"market: must be a perpetual ({known}), got {name!r}"])
        return name

    def _kept(
        self, scenario: Scenario, event: RealEvent, wanted: tuple[tuple[str, str], ...], seeds: range
    ) -> pd.DataFrame:
        """Measures of the runs, from disk if they are there."""
        name = f"{_address(scenario, event, wanted, seeds)}.parquet"
        if (self.folder / name).is_file():
            return pd.read_parquet(self.folder / name)
        try:
            frame = measure_runs(scenario, seeds, partial(_measure, wanted), workers=self.workers)
        except RunError:  # this point leaves what a market can hold; the search goes elsewhere
            frame = pd.DataFrame(np.nan, index=list(seeds), columns=[" ".join(pair) for pair in wanted])
        with whole_folder(self.folder) as half:
            frame.to_parquet(half / name)
        return frame


def _address(scenario: Scenario, event: RealEvent, wanted: tuple[tuple[str, str], ...], seeds: range) -> str:
    """Name of a set of runs: equal only if the code, the settings, the files that are read and the seeds are."""
    digest = hashlib.blake2b(digest_size=12)
    for part in (cache_folder().name, code_version(), digest_with_files(scenario), repr(wanted), repr(seeds)):
        digest.update(part.encode())
    if event.prices is not None:
        digest.update(event.prices.read_bytes())
    return digest.hexdigest()
