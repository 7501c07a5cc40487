"""Makers who stay and makers who leave when it gets rough: what it does to the market, and to each of them."""

from collections.abc import Iterable

import pandas as pd

from cascade_sim.experiments.counterfactuals.mechanisms import without_withdrawal
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["MAKERS", "market", "nobody_switches", "quoting_runs", "stay_or_leave", "with_stayers"]

MAKERS = 5
_MARKET = "BTC-PERP"


def market(move: float) -> Scenario:
    """One market with its usual makers, who leave when it gets rough, and news of a size (a share of the price)."""
    return load_scenario("one-market", [f"news.0.move={move}"])


def with_stayers(move: float, stayers: int) -> Scenario:
    """The same market with its five makers in two cohorts, of which one stays.

    Parameters
    ----------
    move : float
        News, a share of the price.
    stayers : int
        Makers of the perpetual who quote as in calm, as long as their money lasts; the others leave.
    """
    usual = market(move)
    whole = usual.agents.makers["perp-makers"]
    makers = dict(usual.agents.makers)
    del makers["perp-makers"]
    for name, count in (("stayers", stayers), ("leavers", MAKERS - stayers)):
        depth = {place: usd * count / MAKERS for place, usd in whole.markets.items()}
        if count:
            makers[name] = whole.model_copy(update={"count": count, "markets": depth})
    if stayers:
        alone = usual.model_copy(update={"agents": usual.agents.model_copy(update={"makers": makers})})
        makers["stayers"] = without_withdrawal(alone).agents.makers["stayers"]
    return usual.model_copy(update={"agents": usual.agents.model_copy(update={"makers": makers})})


def quoting_runs(move: float, stayers: Iterable[int], seeds: Iterable[int]) -> pd.DataFrame:
    """Run every number of stayers with the same seeds.

    Returns
    -------
    DataFrame
        A row a run: ``stayers``, ``seed``, ``fall`` (share), ``liquidated`` (USD), and the profit in USD of one maker
        who ``stays`` and of one who ``leaves``; nan where there is none.
    """
    order, rows = list(seeds), []
    for count in stayers:
        scenario = with_stayers(move, count)
        for seed in order:
            result = run(scenario, seed, counterfactual=False, summary=False)
            series = result.market(_MARKET)
            profit = result.accounts.groupby("cohort")["profit"].mean()
            found = {"fall": 1.0 - series["mid"].min() / series["mid"].iloc[0]}
            found["liquidated"] = series["liquidated"].iloc[-1]
            found |= {"stays": profit.get("stayers"), "leaves": profit.get("leavers")}
            rows.append({"stayers": count, "seed": seed} | found)
    return pd.DataFrame(rows).astype({"stays": float, "leaves": float})


def stay_or_leave(runs: pd.DataFrame) -> pd.DataFrame:
    """What one maker gets if it stays and if it leaves, by how many of the others stay.

    Parameters
    ----------
    runs : DataFrame
        What `quoting_runs` gives, for every number of stayers.

    Returns
    -------
    DataFrame
        Indexed by ``others`` who stay, 0 to 4: means ``stay`` and ``leave`` (USD) and what staying gains, ``gain``,
        with its 95 % interval ``low``, ``high`` (Student's, of differences on the same seeds).
    """
    profit = runs.set_index(["stayers", "seed"])[["stays", "leaves"]]
    rows = {}
    for others in range(MAKERS):
        stay, leave = profit["stays"].loc[others + 1], profit["leaves"].loc[others]
        gain, low, high = student_interval(stay - leave)
        rows[others] = {"stay": stay.mean(), "leave": leave.mean(), "gain": gain, "low": low, "high": high}
    return pd.DataFrame(rows).T.rename_axis("others")


def nobody_switches(table: pd.DataFrame) -> list[int]:
    """Numbers of stayers at which no maker gains by doing the other thing: the pure equilibria of the five.

    Parameters
    ----------
    table : DataFrame
        What `stay_or_leave` gives.
    """
    gain = table["gain"]
    stable = []
    for stayers in range(MAKERS + 1):
        stays_glad = stayers == 0 or gain[stayers - 1] >= 0
        leaves_glad = stayers == MAKERS or gain[stayers] <= 0
        if stays_glad and leaves_glad:
            stable.append(stayers)
    return stable
