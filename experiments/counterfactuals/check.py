"""Attribution held against counterfactuals: every liquidation suppressed in turn, and what that saved the others.

Attribution adds up moves of the book; it is linear and knows one path. The counterfactual forks the run just before
a breach: one line goes on as it was, the other with that liquidation closed at mark, and both on the same luck. How
much better off the accounts are that were liquidated within the next minute, on average over that minute and over
several lucks, is what the liquidation cost them; accounts that go later would add noise and no answer. What
attribution says is taken for the same accounts. Harmless orders suppressed in the same way show how much is noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from cascade_sim.accounts import account_worth
from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.graph import contagion_graph
from cascade_sim.experiments.counterfactuals.placebo import floor_of, harmless_orders
from cascade_sim.experiments.counterfactuals.variants import Variant, run_variant
from cascade_sim.experiments.counterfactuals.what_if import check_repeats
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.progress import Progress
from cascade_sim.results import Result
from cascade_sim.rulebook import micros
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["Check", "check_attribution"]

HORIZON = 60.0  # seconds
LOOKS = 6  # evenly within them
_CHUNKS = 8
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fork:
    """A moment at which a run is forked: what one line does differently, and whose worth is watched."""

    time: float  # seconds after the burn-in
    intervention: Intervention
    watched: NDArray[np.int64]


@dataclass(frozen=True)
class Check:
    """Attributed and counterfactual effects of liquidations, in USD.

    Attributes
    ----------
    effects : DataFrame
        One row a suppressed liquidation: ``liquidation``, ``account``, ``time`` (s), ``notional``, ``passed_on``
        (losses of others, liquidated within the next minute, that attribution books on it), ``passed_on_later`` (of
        those liquidated after that, which nothing is compared with), and ``effect``: what those liquidated within the
        next minute have more without it, with ``low`` and ``high`` of its 95 % interval over lucks; ``in_book``: part
        of it that was closed in the book, and not taken over or deleveraged.
    placebos : DataFrame
        ``effect``, ``low``, ``high`` of harmless orders.
    """

    effects: pd.DataFrame
    placebos: pd.DataFrame

    @property
    def floor(self) -> float:
        """What one more placebo would exceed in at most one of twenty cases."""
        return floor_of(self.placebos["effect"])

    @property
    def detected(self) -> "pd.Series[bool]":
        """Which effects are beyond the floor, and have an interval without zero."""
        beyond = self.effects["effect"].abs() > self.floor
        return beyond & ((self.effects["low"] > 0) | (self.effects["high"] < 0))

    def agreement(self) -> pd.DataFrame:
        """How far attribution and counterfactuals agree.

        Returns
        -------
        DataFrame
            Indexed by which liquidations: ``all``, ``detected``, the ``largest`` tenth by what is passed on, those
            closed mostly in the ``book`` and mostly ``outside`` it.
            ``count``, Spearman's ``rank_correlation``, ``passed_on`` and ``effect`` in all. No p value: liquidations of
            one minute share accounts and prices; and who is detected was chosen by the effect.
        """
        large = self.effects["passed_on"] >= self.effects["passed_on"].quantile(0.9)
        book = self.effects["in_book"] > 0.5
        chosen = {"all": large | ~large, "detected": self.detected, "largest": large, "book": book, "outside": ~book}
        parts = {name: _agreement(self.effects[own]) for name, own in chosen.items()}
        return pd.DataFrame.from_dict(parts, orient="index")


def _agreement(part: pd.DataFrame) -> dict[str, float]:
    sums = {"count": len(part), "passed_on": part["passed_on"].sum(), "effect": part["effect"].sum()}
    if len(part) < 3 or part["passed_on"].nunique() < 2:
        return sums | {"rank_correlation": np.nan}
    return sums | {"rank_correlation": float(spearmanr(part["passed_on"], part["effect"]).statistic)}


def _watched_worth(simulation: Simulation, watched: NDArray[np.int64], until: float) -> float:
    """Mean worth of accounts over the looks of the horizon, USD."""
    end = micros(simulation.scenario.burn_in + until)
    total = 0.0
    for look in range(LOOKS - 1, -1, -1):
        simulation.run_until(end - micros(look * HORIZON / LOOKS))
        total += account_worth(simulation)[watched].sum()
    return total / LOOKS


def _fork(simulation: Simulation, fork: Fork, lucks: int) -> list[float]:
    """Effect of an intervention over each luck."""
    until = fork.time + HORIZON
    effects = []
    for luck in range(lucks):
        as_it_was = _watched_worth(simulation.fork(luck), fork.watched, until)
        effects.append(_watched_worth(simulation.fork(luck, fork.intervention), fork.watched, until) - as_it_was)
    return effects


def _forks(scenario: Scenario, seed: int, lucks: int, forks: Sequence[Fork]) -> list[list[float]]:
    """Run once and fork at every moment, a microsecond before."""
    simulation = Simulation(scenario, seed)
    found = []
    for fork in forks:
        simulation.run_until(micros(scenario.burn_in + fork.time) - 1)
        found.append(_fork(simulation, fork, lucks))
    return found


def _moments(result: Result, breaches: pd.DataFrame, placebos: int) -> list[Fork]:
    """A fork before every breach, and before every placebo."""
    after = float(breaches["time"].min())
    noise = harmless_orders(result, placebos, after=after, before=float(breaches["time"].max()))
    every, burn_in = result.events["breach"], result.scenario.burn_in
    forks = []
    for number, account, time in breaches[["liquidation", "account", "time"]].itertuples(index=False):
        change = Intervention(liquidations=((int(account), 1),))
        forks.append(Fork(float(time), change, _next(every[every["liquidation"] > number], float(time), int(account))))
    for each in noise:
        time = each.orders[0][1] / 1e6 - burn_in
        forks.append(Fork(time, each, _next(every[every["time"] > time], time)))
    return forks


def _in_book(result: Result) -> "pd.Series[float]":
    """Part of every liquidation that was closed in the book."""
    closed = closed_positions(result)
    in_book = closed["notional"].where(closed["way"].isin(["book", "closer"]), 0.0)
    sums = closed.assign(in_book=in_book).groupby("liquidation")[["notional", "in_book"]].sum()
    share: pd.Series[float] = sums["in_book"] / sums["notional"]
    return share


def _next(later: pd.DataFrame, time: float, own: int = 0) -> NDArray[np.int64]:
    """Accounts, other than one's own, that are liquidated within the horizon."""
    soon = later.loc[later["time"] <= time + HORIZON, "account"].unique()
    return np.asarray(soon[soon != own], np.int64)


def _passed_on(result: Result) -> pd.DataFrame:
    """What attribution books on every liquidation: losses of others liquidated within the horizon, and later."""
    graph = contagion_graph(result)
    account = dict(graph.nodes(data="account"))
    rows = [(i, j, edge["delay"], edge["weight"]) for i, j, edge in graph.edges(data=True) if account[i] != account[j]]
    edges = pd.DataFrame(rows, columns=["i", "j", "delay", "weight"])
    soon = edges["delay"] <= HORIZON
    parts = {"passed_on": edges[soon], "passed_on_later": edges[~soon]}
    sums = {name: part.groupby("i")["weight"].sum() for name, part in parts.items()}
    return pd.DataFrame(sums, index=list(graph), dtype=float).fillna(0.0)


def check_attribution(
    result: Result,
    count: int | None = None,
    lucks: int = 4,
    placebos: int = 60,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Check:
    """Suppress liquidations one by one, and compare what that saves with what attribution says.

    Parameters
    ----------
    result : Result
    count : int, optional
        How many, drawn at random; default all.
    lucks : int
        Times that every fork is run, at least 2; the first goes on with the run's own luck.
    placebos : int
        Harmless orders suppressed in the same way, while liquidations go on.
    workers : int, optional
    progress : callable, optional

    Raises
    ------
    InterventionError
        If nobody was liquidated.
    ResultError
        If the run does not come out here as it is on record.
    """
    if "breach" not in result.events:
        raise InterventionError("nobody was liquidated in this run: there is nothing to suppress")
    if lucks < 2:
        raise ValueError(f"lucks must be at least 2, got {lucks}")
    check_repeats(result, str(run_variant(result.scenario, result.seed, Variant())["digest"]))
    breaches = result.events["breach"]
    if count is not None and count < len(breaches):
        breaches = breaches.sample(count, random_state=0)
    breaches = breaches.sort_values("time", kind="stable", ignore_index=True)
    forks = _moments(result, breaches, placebos)
    order = np.argsort([fork.time for fork in forks], kind="stable")
    chunks = [part.tolist() for part in np.array_split(order, min(_CHUNKS, len(order)))]
    jobs = [[forks[k] for k in part] for part in chunks]
    one = partial(_forks, result.scenario, result.seed, lucks)
    found = [row for part in in_parallel(one, jobs, workers, progress, "parts of the run") for row in part]
    intervals = pd.DataFrame([student_interval(row) for row in found], columns=["effect", "low", "high"], index=order)
    intervals = intervals.sort_index()
    table = breaches[["liquidation", "account", "time", "notional"]].join(_passed_on(result), on="liquidation")
    table["in_book"] = table["liquidation"].map(_in_book(result)).fillna(0.0)
    return Check(table.join(intervals.iloc[: len(table)]), intervals.iloc[len(table) :].reset_index(drop=True))
