"""The smallest cut: which few accounts, taken out or topped up, would have stopped the cascade.

Greedy, by counterfactual: of the candidates the one is taken whose treatment, together with those taken before,
lowers the outcome most on average over lucks; then the next, until the goal is reached. Choosing the best of
many by the same runs flatters it, so what a cut does is measured again on lucks that had no part in the choice; they
only say when to stop, by their mean, so that a goal just reached may be reached by chance. A greedy set need not be
the smallest there is; that no single account suffices is known where all were tried.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.graph import contagion_graph
from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.counterfactuals.repeating import Original, check_repeats
from cascade_sim.experiments.counterfactuals.variants import Variant, bad_debt_by_account, run_variants
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.intervention import LOWERED, Intervention
from cascade_sim.progress import Progress
from cascade_sim.results import Result

__all__ = ["Cut", "runs_at_most", "smallest_cut"]

_FIELDS = {"remove": "accounts", "top-up": "guaranteed", "isolate": "isolated"}


@dataclass
class Cut:
    """Accounts whose treatment lowers an outcome, one more a step.

    Attributes
    ----------
    outcome, way : str
        What is lowered, and how the accounts are treated.
    goal : float
        Share of the outcome that is to remain at most.
    base : DataFrame
        Outcomes without treatment on the lucks held out, the run's own first.
    first : DataFrame
        Every candidate treated alone, on the lucks of the choice: ``account``, ``mean`` difference, ``low``, ``high``.
    steps : DataFrame
        ``account``, and what remains of the outcome with it and all before it treated: ``run`` (in the run itself),
        ``mean`` over the lucks held out, the mean ``difference`` with its 95 % interval ``low``, ``high``, and
        ``topped_up`` (USD).
    """

    outcome: str
    way: str
    goal: float
    base: pd.DataFrame
    first: pd.DataFrame
    steps: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def size(self) -> int | None:
        """Number of accounts that reach the goal on average over the lucks held out; none if no set tried did.

        0 where there is nothing to be lowered.
        """
        if (self.base[self.outcome].iloc[1:] == 0).all():
            return 0
        if self.steps.empty:
            return None
        reached = self.steps.index[self.steps["mean"] <= self.goal * self.base[self.outcome].iloc[1:].mean()]
        return int(reached[0]) if len(reached) else None


def _owing(original: Original, luck: int) -> NDArray[np.float64]:
    with original.begin(luck=luck) as simulation:
        simulation.run_until(micros(simulation.scenario.burn_in + simulation.scenario.duration))
        return bad_debt_by_account(simulation)


def _treatable(result: Result, original: Original, way: str) -> pd.Index:
    """Accounts that can be treated in a way, and for which it makes a difference."""
    if way == "isolate":
        with original.begin(Intervention(all_isolated=True)) as apart:
            return pd.Index(np.flatnonzero(apart.world.treatments["isolated"]))
    return result.accounts.index[~result.accounts["role"].isin(["fund", "absorber"])]


def _candidates(
    result: Result,
    original: Original,
    outcome: str,
    way: str,
    count: int,
    lucks: int,
    workers: int | None,
    progress: Progress | None,
) -> list[int]:
    """Accounts most likely to matter: half by bad debt of their own over lucks, half by loss passed on in the run.

    For outcomes other than bad debt what an account had liquidated takes the place of its bad debt.
    """
    graph = contagion_graph(result)
    passed = pd.Series(0.0, result.accounts.index)
    sold = passed.copy()
    for i, weight in graph.out_degree(weight="weight"):
        passed[graph.nodes[i]["account"]] += weight
        sold[graph.nodes[i]["account"]] += graph.nodes[i]["notional"]
    if outcome == "bad_debt":
        owing = partial(_owing, original)
        found = in_parallel(owing, range(lucks + 1), workers, progress, "who owed")
        sold = pd.Series(np.mean(found, axis=0)[1:], result.accounts.index)
    able = _treatable(result, original, way)
    sold, passed = sold[able], passed[able]
    order = [a for pair in zip(sold.nlargest(count).index, passed.nlargest(count).index, strict=True) for a in pair]
    useful = [int(a) for a in dict.fromkeys(order) if sold[a] > 0 or passed[a] > 0]
    return useful[:count]


def _treated(way: str, accounts: Sequence[int]) -> Intervention:
    treated: dict[str, Any] = {_FIELDS[way]: tuple(accounts)}
    return Intervention(**treated)


def _check(outcome: str, way: str, least: int) -> None:
    if outcome not in LOWERED:
        raise ValueError(f"outcome must be one of {', '.join(LOWERED)}, got {outcome!r}")
    if way not in _FIELDS:
        raise ValueError(f"way must be one of {', '.join(_FIELDS)}, got {way!r}")
    if least < 1:
        raise ValueError(f"most, candidates and lucks must be at least 1, got {least}")


def runs_at_most(most: int, candidates: int, lucks: int, outcome: str = "bad_debt") -> int:
    """How many runs a cut takes if its goal is never reached, after those that show how it was.

    At every step each candidate that is left runs with every luck of the choice, and the best of them with the lucks
    held out and the run's own.

    Parameters
    ----------
    most, candidates, lucks : int
        Of `smallest_cut`.
    outcome : str
        For bad debt, who owed it is found first, over the lucks.

    Examples
    --------
    >>> runs_at_most(most=4, candidates=8, lucks=6, outcome="liquidated")
    184
    """
    steps = min(most, candidates)
    tried = sum(candidates - step for step in range(steps))
    return (lucks + 1) * (outcome == "bad_debt") + tried * lucks + steps * (lucks + 1)


def smallest_cut(
    result: Result,
    outcome: str = "bad_debt",
    share: float = 0.5,
    way: str = "remove",
    most: int = 4,
    candidates: int = 8,
    lucks: int = 6,
    workers: int | None = None,
    progress: Progress | None = None,
    agents: Sequence[Path] = (),
    expect: Callable[[int, float], None] | None = None,
) -> Cut:
    """Accounts whose treatment leaves at most a share of an outcome, found greedily.

    Parameters
    ----------
    result : Result
    outcome : str
        ``bad_debt``, ``liquidated``, ``liquidations`` or ``fall``.
    share : float
        Part of it that may remain.
    way : str
        One of `cascade_sim.intervention.WAYS`.
    most : int
        Accounts at most.
    candidates : int
        Accounts tried at each step: half of them those that owed or lost most, half those that passed most on.
    lucks : int
        Lucks of the choice, and as many again held out to measure what it does.
    workers : int, optional
    progress : callable, optional
    agents : sequence of pathlib.Path
        Files of agents written in Python that took part in a run read from a folder; they are executed.
    expect : callable, optional
        Told the runs still to come at most, and the seconds that they take at most, when the first runs are done.

    Raises
    ------
    ValueError
        If there is no such outcome or way, or a number is below 1.
    ResultError
        If the run can't be made again, or does not come out here as it is on record.
    """
    _check(outcome, way, min(most, candidates, lucks))
    original = Original.of(result, agents)
    run = partial(run_variants, original, workers=workers, progress=progress)
    held_out = [0, *range(lucks + 1, 2 * lucks + 1)]
    began = time.perf_counter()
    base = run([Variant(luck=luck) for luck in (*held_out, *range(1, lucks + 1))], label="as it was")
    check_repeats(result, str(base["digest"].iloc[0]))
    if expect is not None:
        to_come = runs_at_most(most, candidates, lucks, outcome)
        expect(to_come, to_come * (time.perf_counter() - began) / len(base))
    before = base[outcome].to_numpy(float)[len(held_out) :]
    base = base.iloc[: len(held_out)]
    tried = _candidates(result, original, outcome, way, candidates, lucks, workers, progress)
    cut = Cut(outcome, way, share, base, pd.DataFrame())
    chosen: list[int] = []
    rows: list[dict[str, float]] = []
    while len(chosen) < min(most, len(tried)) and cut.size is None:
        left = [a for a in tried if a not in chosen]
        sets = [_treated(way, [*chosen, a]) for a in left]
        runs = run([Variant(each, luck) for each in sets for luck in range(1, lucks + 1)], label=f"cut {len(rows) + 1}")
        after = runs[outcome].to_numpy(float).reshape(len(left), lucks)
        if not chosen:
            cut.first = _alone(left, after - before)
        chosen.append(left[int(after.mean(axis=1).argmin())])
        again = run([Variant(_treated(way, chosen), luck) for luck in held_out], label="held out")
        rows.append(_step(chosen[-1], again, base, outcome))
        cut.steps = pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="size"))
    return cut


def _alone(accounts: list[int], differences: NDArray[np.float64]) -> pd.DataFrame:
    """Effect of each candidate by itself, the strongest first."""
    effects = pd.DataFrame([student_interval(row) for row in differences], columns=["mean", "low", "high"])
    effects.insert(0, "account", accounts)
    return effects.sort_values("mean", ignore_index=True)


def _step(account: int, runs: pd.DataFrame, base: pd.DataFrame, outcome: str) -> dict[str, float]:
    """What remains with one account more."""
    after, before = runs[outcome].to_numpy(float), base[outcome].to_numpy(float)
    mean, low, high = student_interval((after - before)[1:])
    return {
        "account": account,
        "run": after[0],
        "mean": float(after[1:].mean()),
        "difference": mean,
        "low": low,
        "high": high,
        "topped_up": float(runs["topped_up"].mean()),
    }
