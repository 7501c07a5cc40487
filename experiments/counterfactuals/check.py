"""Attribution held against counterfactuals: every liquidation suppressed in turn, and what that saved the others.

Attribution adds up moves of the book; it is linear and knows one path. The counterfactual forks the run just before
a breach: one line goes on as it was, the other with that liquidation closed at mark, and both on the same luck. How
much better off the accounts are that were liquidated within the next minute, on average over that minute and over
several lucks, is what the liquidation cost them; accounts that go later would add noise and no answer. What
attribution says is taken for the same accounts. What is noise is shown by placebos: at the same fork a third line goes
on without a harmless order of the next seconds, and the same accounts are watched. An effect is held against the
nineteen placebos nearest to it in time, for a market is more sensitive in some minutes than in others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.graph import contagion_graph
from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.counterfactuals.placebo import floors_near, orders_beside
from cascade_sim.experiments.counterfactuals.repeating import Original, check_repeats
from cascade_sim.experiments.counterfactuals.variants import Variant, run_variant
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.progress import Progress
from cascade_sim.recording.accounts import account_worth
from cascade_sim.results import Result
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["Check", "check_attribution"]

HORIZON = 60.0  # seconds
LOOKS = 6  # evenly within them
_CHUNKS = 8
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fork:
    """A moment at which a run is forked: what each line does differently, and whose worth is watched."""

    time: float  # seconds after the burn-in
    lines: tuple[Intervention, ...]
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
        of it that was closed in the book, and not taken over or deleveraged; ``floor``: what one more placebo of that
        time would exceed in at most one of twenty cases, by the nineteen nearest.
    placebos : DataFrame
        One row a harmless order suppressed instead: the ``liquidation`` beside it, ``time`` of the fork, ``effect``,
        ``low``, ``high``.
    """

    effects: pd.DataFrame
    placebos: pd.DataFrame

    @property
    def detected(self) -> "pd.Series[bool]":
        """Which effects are beyond the floor of their time, and have an interval without zero."""
        beyond = self.effects["effect"].abs() > self.effects["floor"]
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


def _fork(simulation: Simulation, fork: Fork, lucks: int) -> Floats:
    """Effect of every line of a fork over each luck, shape (lines, lucks)."""
    until = fork.time + HORIZON
    effects = np.zeros((len(fork.lines), lucks))
    for luck in range(lucks):
        as_it_was = _watched_worth(simulation.fork(luck), fork.watched, until)
        for k, line in enumerate(fork.lines):
            effects[k, luck] = _watched_worth(simulation.fork(luck, line), fork.watched, until) - as_it_was
    return effects


def _forks(scenario: Scenario, seed: int, lucks: int, forks: Sequence[Fork]) -> list[Floats]:
    """Run once and fork at every moment, a microsecond before."""
    simulation = Simulation(scenario, seed)
    found = []
    for fork in forks:
        simulation.run_until(micros(scenario.burn_in + fork.time) - 1)
        found.append(_fork(simulation, fork, lucks))
    return found


def _moments(result: Result, breaches: pd.DataFrame, each: int) -> list[Fork]:
    """A fork before every breach: one line without that liquidation, and some without a harmless order."""
    every = result.events["breach"]
    beside = orders_beside(result, breaches["time"].tolist(), each)
    forks = []
    known = breaches[["liquidation", "account", "time"]].itertuples(index=False)
    for (number, account, time), noise in zip(known, beside, strict=True):
        lines = (Intervention(liquidations=((int(account), 1),)), *noise)
        watched = _next(every[every["liquidation"] > number], float(time), int(account))
        forks.append(Fork(float(time), lines, watched))
    return forks


def _in_book(result: Result) -> "pd.Series[float]":
    """Part of every liquidation that was closed in the book."""
    closed = closed_positions(result)
    in_book = closed["notional"].where(closed["way"].isin(["book", "closer"]), 0.0)
    sums = closed.assign(in_book=in_book).groupby("liquidation")[["notional", "in_book"]].sum()
    share: pd.Series[float] = sums["in_book"] / sums["notional"]
    return share


def _next(later: pd.DataFrame, time: float, own: int) -> NDArray[np.int64]:
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
        Harmless orders suppressed in the same way, in all: as many beside every liquidation as make that, at least one
        (none for 0). Each takes half as long as a liquidation, whose untouched line it shares.
    workers : int, optional
    progress : callable, optional

    Raises
    ------
    InterventionError
        If nobody was liquidated, or agents written in Python took part.
    ResultError
        If the run can't be made again, or does not come out here as it is on record.
    """
    if "breach" not in result.events:
        raise InterventionError("nobody was liquidated in this run: there is nothing to suppress")
    if lucks < 2:
        raise ValueError(f"lucks must be at least 2, got {lucks}")
    original = Original.of(result)
    if original.makers:
        raise InterventionError(
            "agents written in Python took part, and what they remember can't be copied at a breach, as a check needs; "
            "ask about one liquidation at a time, with --what-if liquidation=N: that runs from the beginning"
        )
    check_repeats(result, str(run_variant(original, Variant())["digest"]))
    breaches = _chosen(result.events["breach"], count)
    forks = _moments(result, breaches, math.ceil(placebos / len(breaches)))
    parts = [part.tolist() for part in np.array_split(np.arange(len(forks)), min(_CHUNKS, len(forks)))]
    jobs = [[forks[k] for k in part] for part in parts]
    one = partial(_forks, result.scenario, result.seed, lucks)
    found = [row for part in in_parallel(one, jobs, workers, progress, "parts of the run") for row in part]
    return _compared(result, breaches, found)


def _chosen(breaches: pd.DataFrame, count: int | None) -> pd.DataFrame:
    """So many liquidations drawn at random, or all of them, in order of time."""
    if count is not None and count < len(breaches):
        breaches = breaches.sample(count, random_state=0)
    return breaches.sort_values("time", kind="stable", ignore_index=True)


def _compared(result: Result, breaches: pd.DataFrame, found: Sequence[Floats]) -> Check:
    """Effects beside what attribution says, and beside the placebos of their time."""
    table = breaches[["liquidation", "account", "time", "notional"]].join(_passed_on(result), on="liquidation")
    table["in_book"] = table["liquidation"].map(_in_book(result)).fillna(0.0)
    noise = _placebos(table, found)
    floor = floors_near(table["time"], noise["time"], noise["effect"])
    return Check(table.join(_intervals([lines[0] for lines in found])).assign(floor=floor), noise)


def _intervals(rows: Sequence[Floats]) -> pd.DataFrame:
    """Mean over lucks with its interval, a row a line."""
    return pd.DataFrame([student_interval(row) for row in rows], columns=["effect", "low", "high"], dtype=float)


def _placebos(liquidations: pd.DataFrame, found: Sequence[Floats]) -> pd.DataFrame:
    """What placebos did, beside which liquidation."""
    beside = np.repeat(np.arange(len(found)), [len(lines) - 1 for lines in found])
    table = liquidations.loc[beside, ["liquidation", "time"]].reset_index(drop=True)
    return table.join(_intervals([row for lines in found for row in lines[1:]]))
