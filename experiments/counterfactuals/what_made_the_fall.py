"""What made a fall: news, and what each mechanism of the market added, over runs on the same luck.

With n mechanisms every seed is run 2**n times, with each of them on or off. What remains with all of them off is the
part of the news (and of what ordinary trading makes of it: stop-losses, trend followers, quotes that lag behind); the
rest is divided among the mechanisms by their Shapley values, which add up to it exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS, Mechanism, with_mechanisms
from cascade_sim.experiments.counterfactuals.shapley import coalitions, shapley_values, shareable
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.statistics.intervals import interval_of_mean
from cascade_sim.market.constants import LEVELS
from cascade_sim.memory import check_size
from cascade_sim.progress import Progress
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["NOTHING", "Explanation", "price_paths", "what_made_the_fall"]

NOTHING = "nothing"  # column of the runs with every mechanism off
_KEYS = ["measure", "market", "seed"]

Path = NDArray[np.float64]
Group = frozenset[str]


@dataclass(frozen=True)
class Explanation:
    """Parts of falls, with the runs they come from. All are shares of the price at the start.

    Attributes
    ----------
    table : DataFrame
        By ``measure``, ``market`` and ``part``: ``mean`` over seeds with its 95 % interval ``low``, ``high``; for
        mechanisms also ``alone``, the mean effect of switching it on while all others are off, and ``last``, while
        all others are on. Parts are ``news``, the mechanisms, their sum ``whole``, and beside them ``fundamental``,
        the fall of the asset's fundamental value.
    parts : DataFrame
        The same for every seed, a column a part: ``news`` and the mechanisms add up to ``whole`` without rounding,
        in any order.
    worths : DataFrame
        What was measured: a column for each group of mechanisms at work, named as in "hunters+arbitrage".

    Notes
    -----
    There are two measures. ``fall``: largest fall of the mid below its start, low against low, at whatever time.
    ``widest_gap``: how far the price relative to its start came below that of the run with all mechanisms off, at
    the widest moment; it has no news in it, and being a maximum over time it is above zero for every group that
    changes anything. A cascade that is over before the news is shows in the gap more than in the fall.
    """

    table: pd.DataFrame
    parts: pd.DataFrame
    worths: pd.DataFrame


def price_paths(scenario: Scenario, seed: int) -> tuple[dict[str, Path], dict[str, Path]]:
    """Mid price and fundamental value of every market at the samples from the end of the burn-in on.

    A mid is the last trade while a side of the book is empty. Nothing else is recorded, so that it takes no longer
    than the run.

    Returns
    -------
    mids, fundamentals : dict of str to ndarray of float64, shape (samples,)
        Ticks, and USD.
    """
    simulation = Simulation(scenario, seed)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    samples = simulation.records.table("samples")
    samples = samples[samples["time"] >= micros(scenario.burn_in)]
    both = (samples["bid"] >= 0) & (samples["ask"] < LEVELS)
    mid = np.where(both, (samples["bid"] + samples["ask"]) / 2.0, samples["last"])
    own = {name: samples["market"] == row for name, row in simulation.roster.markets.items()}
    value = samples["fundamental"]
    return {name: mid[rows] for name, rows in own.items()}, {name: value[rows] for name, rows in own.items()}


def _fall(path: Path) -> float:
    return float(1.0 - path.min() / path[0])


def _gap(path: Path, undisturbed: Path) -> float:
    return float((undisturbed / undisturbed[0] - path / path[0]).max())


def _name(group: Group, mechanisms: Iterable[str]) -> str:
    return "+".join(name for name in mechanisms if name in group) or NOTHING


def _worths(scenario: Scenario, mechanisms: Mapping[str, Mechanism], seed: int) -> list[dict[str, object]]:
    """What every group of mechanisms does with one seed, a row a measure and market.

    Groups that come to the same scenario, because it has no such mechanism, are run once.
    """
    groups = coalitions(list(mechanisms))
    variants = {group: with_mechanisms(scenario, group, mechanisms) for group in groups}
    keys = {group: variant.digest() for group, variant in variants.items()}
    found = {
        key: price_paths(variants[group], seed) for key, group in {key: group for group, key in keys.items()}.items()
    }
    none, values = found[keys[Group()]]
    rows: list[dict[str, object]] = []
    for market in none:
        paths = {_name(group, mechanisms): found[keys[group]][0][market] for group in groups}
        falls = {name: shareable(_fall(path), len(mechanisms)) for name, path in paths.items()}
        gaps = {name: shareable(_gap(path, none[market]), len(mechanisms)) for name, path in paths.items()}
        where = {"market": market, "seed": seed}
        rows.append({"measure": "fall"} | where | {"fundamental": _fall(values[market])} | falls)
        rows.append({"measure": "widest_gap"} | where | {"fundamental": np.nan} | gaps)
    return rows


def _parts(worths: pd.DataFrame, mechanisms: list[str]) -> pd.DataFrame:
    """Parts of every seed, measure and market."""
    rows = []
    named = {group: _name(group, mechanisms) for group in coalitions(mechanisms)}
    for worth in worths.to_dict("records"):
        measured = {group: float(worth[name]) for group, name in named.items()}
        shares = shapley_values(mechanisms, measured.__getitem__)
        whole = {"whole": worth[named[Group(mechanisms)]], "fundamental": worth["fundamental"]}
        keys = {key: worth[key] for key in _KEYS}
        rows.append(keys | {"news": worth[NOTHING]} | {name: float(part) for name, part in shares.items()} | whole)
    return pd.DataFrame(rows)


def _table(parts: pd.DataFrame, worths: pd.DataFrame, mechanisms: list[str]) -> pd.DataFrame:
    """Means and intervals over seeds."""
    names = Group(mechanisms)
    rows = []
    for (measure, market), own in parts.groupby(_KEYS[:2], sort=False):
        runs = worths[(worths["measure"] == measure) & (worths["market"] == market)]
        for part in own.drop(columns=_KEYS).dropna(axis="columns", how="all"):
            row = {"measure": measure, "market": market, "part": part}
            row |= dict(zip(("mean", "low", "high"), interval_of_mean(own[part]), strict=True))
            if part in names:
                before = _name(names - {part}, mechanisms)
                row["alone"] = float((runs[part] - runs[NOTHING]).mean())
                row["last"] = float((runs[_name(names, mechanisms)] - runs[before]).mean())
            rows.append(row)
    return pd.DataFrame(rows)


def what_made_the_fall(
    scenario: Scenario,
    seeds: Iterable[int],
    workers: int | None = None,
    progress: Progress | None = None,
    mechanisms: Mapping[str, Mechanism] = MECHANISMS,
) -> Explanation:
    """Divide the fall of every market into news and the contributions of mechanisms.

    Parameters
    ----------
    scenario : Scenario
    seeds : iterable of int
        Each is run once for every group of mechanisms, 16 times for four.
    workers : int, optional
        Processes; default one a core, 1 runs in this process.
    progress : callable, optional
        Called with a label, the seeds done and the seeds in all.
    mechanisms : mapping of str to Mechanism
        By default liquidations' impact, hunters, makers' withdrawal and arbitrage feedback; functions at the top of a
        module, so that workers can import them.

    Raises
    ------
    RunError
        If a run can't be brought to its end, or would not fit into memory.

    Examples
    --------
    In the cascade worked by hand one sale takes the price down by 2 %, and the liquidations by 5 % more.

    >>> from cascade_sim.scenario.load import load_scenario
    >>> found = what_made_the_fall(load_scenario("by-hand"), [1, 2], workers=1)
    >>> found.table.query("measure == 'fall'").set_index("part")["mean"].round(3).to_dict()["liquidation_impact"]
    0.05
    """
    check_size(scenario)
    names = list(mechanisms)
    found = in_parallel(partial(_worths, scenario, mechanisms), list(seeds), workers, progress, "same luck")
    worths = pd.DataFrame([row for rows in found for row in rows])
    parts = _parts(worths, names)
    return Explanation(_table(parts, worths, names), parts, worths)
