"""One run of a sweep in numbers, read straight from the tables so that it costs little beside the run."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.sweeps.branching import REACH, branching_path
from cascade_sim.market import records as r
from cascade_sim.market.constants import LEVELS, PERPETUAL, SECOND
from cascade_sim.market.roles import FUND, TRADER
from cascade_sim.recording.accounts import account_worth
from cascade_sim.runner import without_impact
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation

__all__ = ["OUTCOMES", "Outcome", "measure", "mids", "outcomes_of", "perpetuals", "samples"]


@dataclass(frozen=True)
class Outcome:
    """What is measured in every run.

    Attributes
    ----------
    label : str
        For the axis of a figure.
    unit : str
        "1" for a share or a ratio.
    meaning : str
    """

    label: str
    unit: str
    meaning: str


OUTCOMES = {
    "fall": Outcome("Fall", "1", "largest fall of the mid below the first one, mean over perpetuals"),
    "fall_without_impact": Outcome(
        "Fall without impact", "1", "the same on the same luck with liquidations closed at mark and no order sent"
    ),
    "cascade": Outcome("Cascade", "1", "fall less fall without impact"),
    "widest_gap": Outcome("Widest gap", "1", "largest difference of the two prices at one time, over the first mid"),
    "liquidated": Outcome("Liquidated", "USD", "notional liquidated"),
    "liquidated_share": Outcome("Liquidated share", "1", "notional liquidated over open interest at the start"),
    "liquidations": Outcome("Liquidations", "1", "number of times that an account fell below maintenance margin"),
    "bad_debt": Outcome("Bad debt", "USD", "what liquidated accounts ended below zero"),
    "fund_change": Outcome("Change of the insurance fund", "USD", "of all venues together"),
    "liquidated_at_gap": Outcome("Liquidated by the widest gap", "USD", "notional liquidated until the widest gap"),
    "branching_start": Outcome(
        "Branching ratio at the start",
        "1",
        "longs that a fall of 5 % liquidates over the bids within 5 %, before the news; the largest over perpetuals",
    ),
    "branching_largest": Outcome(
        "Largest branching ratio on the path",
        "1",
        "the same ratio with map and book as they stood, at its largest up to the low; the largest over perpetuals. "
        "Of bids below one lot one lot is counted: hundreds and thousands say that nothing was bid, and how much is "
        "chance. Read medians; a mean of runs is the mean of those with an empty book",
    ),
    "longs_ahead": Outcome(
        "Longs ahead",
        "USD per unit of fall",
        "longs that the next 5 % liquidate, over .05, at their most up to the low; of the market with the most",
    ),
    "capital_efficiency": Outcome(
        "Capital efficiency", "1", "open interest at the start over what traders had on their accounts"
    ),
    "traders_profit": Outcome("Profit of traders", "USD", "of all traders together, at mark"),
    "volume": Outcome("Volume", "USD", "traded in perpetuals"),
}


def measure(scenario: Scenario, seed: int, twin: bool) -> dict[str, float]:
    """Run a scenario and measure it.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    twin : bool
        Whether to run it again without the impact of liquidations. Where nothing was liquidated, burn-in included, the
        two are the same and the second is not run.

    Returns
    -------
    dict of str to float
        The names of `OUTCOMES`; nan where one is not defined.

    Raises
    ------
    RunError
        If it can't be run to its end.
    """
    simulation = Simulation(scenario, seed)
    simulation.run_until(micros(scenario.burn_in))
    worth = account_worth(simulation)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    found = outcomes_of(simulation, worth)
    if twin:
        path = mids(simulation)
        other = path if not _breaches(simulation) else mids(_whole(without_impact(scenario), seed))
        found["fall_without_impact"] = _fall(other)
        found["cascade"] = found["fall"] - found["fall_without_impact"]
        found |= _gap(simulation, path, other)
    return found


def outcomes_of(simulation: Simulation, worth: NDArray[np.float64]) -> dict[str, float]:
    """Measure a run at its end; what needs a twin is nan.

    Parameters
    ----------
    simulation : Simulation
    worth : ndarray of float64, shape (accounts,)
        `account_worth` at the end of the burn-in.

    Returns
    -------
    dict of str to float
        The names of `OUTCOMES`.
    """
    path = mids(simulation)
    found = dict.fromkeys(OUTCOMES, math.nan) | {"fall": _fall(path)}
    return found | _liquidations(simulation) | _branching(simulation, path) | _money(simulation, worth)


def _gap(simulation: Simulation, path: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, float]:
    """Where the twins are furthest apart, and what had been liquidated by then."""
    gap = (other - path) / path[0]
    at = gap.argmax(axis=0)
    columns = np.arange(path.shape[1])
    liquidated = samples(simulation)["liquidated_notional"]
    until = (liquidated[at, columns] - liquidated[0]).sum()
    return {"widest_gap": float(gap[at, columns].mean()), "liquidated_at_gap": float(until) / MONEY_UNITS}


def _whole(scenario: Scenario, seed: int) -> Simulation:
    simulation = Simulation(scenario, seed)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    return simulation


def perpetuals(simulation: Simulation) -> NDArray[np.int64]:
    """Numbers of the perpetual markets."""
    markets = np.flatnonzero(simulation.world.markets["kind"] == PERPETUAL)
    return markets[(markets > 0) & (markets <= len(simulation.roster.markets))]


def _start(simulation: Simulation) -> int:
    return round(simulation.scenario.burn_in * SECOND)


def samples(simulation: Simulation) -> NDArray[np.void]:
    """Samples of the perpetuals since the end of the burn-in, one row a time and one column a market."""
    rows = simulation.records.table("samples")
    rows = rows[rows["time"] >= _start(simulation)]
    return np.stack([rows[rows["market"] == m] for m in perpetuals(simulation)], axis=1)


def mids(simulation: Simulation) -> NDArray[np.float64]:
    """Mid prices in ticks, shape (samples, perpetuals); the last trade where a side is empty."""
    rows = samples(simulation)
    two_sided = (rows["bid"] >= 0) & (rows["ask"] < LEVELS)
    mids: NDArray[np.float64] = np.where(two_sided, (rows["bid"] + rows["ask"]) / 2.0, rows["last"])
    return mids


def _fall(mids: NDArray[np.float64]) -> float:
    return float((1.0 - mids.min(axis=0) / mids[0]).mean())


def _breaches(simulation: Simulation) -> int:
    """Breaches so far, those in the burn-in too."""
    return int((simulation.records.table("events")["kind"] == r.BREACH).sum())


def _liquidations(simulation: Simulation) -> dict[str, float]:
    """What was liquidated, what it cost beyond the accounts, and what was traded."""
    rows = samples(simulation)
    first, last = rows[0], rows[-1]
    markets = simulation.world.markets[perpetuals(simulation)]
    liquidated = float((last["liquidated_notional"] - first["liquidated_notional"]).sum()) / MONEY_UNITS
    held = float((first["open_interest"] * first["mark"]).sum()) / MONEY_UNITS
    events = simulation.records.table("events")
    later = events[events["time"] > _start(simulation)]
    _, one_a_venue = np.unique(first["venue"], return_index=True)  # a fund is its venue's, whatever the market
    return {
        "liquidated": liquidated,
        "liquidated_share": liquidated / held if held > 0 else math.nan,
        "liquidations": float((later["kind"] == r.BREACH).sum()),
        "bad_debt": float((last["bad_debt"] - first["bad_debt"])[one_a_venue].sum()) / MONEY_UNITS,
        "volume": _volume(simulation, markets),
    }


def _volume(simulation: Simulation, markets: NDArray[np.void]) -> float:
    trades = simulation.records.table("trades")
    trades = trades[trades["time"] > _start(simulation)]
    total = 0.0
    for m, market in zip(perpetuals(simulation), markets, strict=True):
        own = trades[trades["market"] == m]
        total += float((np.abs(own["lots"]) * own["level"].astype(np.int64)).sum()) * float(market["tick_value"])
    return total / MONEY_UNITS


def _branching(simulation: Simulation, path: NDArray[np.float64]) -> dict[str, float]:
    """Branching ratio before anything happened and at its largest up to the low, and the longs ahead at their most."""
    found = []
    for k, m in enumerate(perpetuals(simulation)):
        rows = samples(simulation)[:, k]
        times, longs, bids = branching_path(simulation, rows, int(m))
        if len(times):
            ratio = longs / np.maximum(bids, 1.0)
            until = max(int((times <= rows["time"][path[:, k].argmin()]).sum()), 1)
            worth = float(rows["mark"][0]) / MONEY_UNITS / REACH
            found.append((ratio[0], ratio[:until].max(), longs[:until].max() * worth))
    if not found:
        return {}
    names = ("branching_start", "branching_largest", "longs_ahead")
    return {name: float(max(numbers)) for name, numbers in zip(names, zip(*found, strict=True), strict=True)}


def _money(simulation: Simulation, worth: NDArray[np.float64]) -> dict[str, float]:
    """What traders had at the start, what they and the funds made of it."""
    role, now = simulation.world.accounts["role"], account_worth(simulation)
    traders, funds = role == TRADER, role == FUND
    had = float(worth[traders].sum())
    first = samples(simulation)[0]
    held = float((first["open_interest"] * first["mark"]).sum()) / MONEY_UNITS
    events = simulation.records.table("events")
    moved = events[(events["kind"] == r.TRANSFER) & (events["time"] > _start(simulation))]
    added = float(moved["amount"][traders[moved["account"]]].sum()) / MONEY_UNITS
    return {
        "capital_efficiency": held / had if had > 0 else math.nan,
        "traders_profit": float(now[traders].sum()) - had - added,
        "fund_change": float((now - worth)[funds].sum()),
    }
