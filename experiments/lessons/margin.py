"""What an exchange's maintenance margin brings and costs: positions that traders can hold, and bad debt in a crash."""

import json
from collections.abc import Iterable

import pandas as pd

from cascade_sim.experiments.sweeps.outcomes import measure
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["best_margin", "earnings", "margin_runs", "with_margin"]


def with_margin(maintenance: float, move: float = -0.05, leverage: float = 10.0) -> Scenario:
    """One market with a maintenance margin for everybody; initial margin is twice as much, which caps leverage.

    Parameters
    ----------
    maintenance : float
        Share of a position's value.
    move : float
        News, a share of the price.
    leverage : float
        Median of what traders wish for.
    """
    tiers = {"BTC": [{"floor": 0, "maintenance": maintenance, "leverage": 1.0 / (2.0 * maintenance)}]}
    settings = [f"news.0.move={move}", f"agents.traders.crowd.leverage.median={leverage}"]
    return load_scenario("one-market", [*settings, f"venues.perps.rules.tiers={json.dumps(tiers)}"])


def margin_runs(margins: Iterable[float], seeds: Iterable[int], move: float = -0.05) -> pd.DataFrame:
    """Run every margin with the same seeds.

    Returns
    -------
    DataFrame
        A row a run: ``margin``, ``seed``, ``positions`` (USD held for each USD of traders' own money), ``bad_debt``
        (USD for each USD of that money), ``liquidated_share`` (of all positions), ``fall``.
    """
    order, rows = list(seeds), []
    for margin in margins:
        scenario = with_margin(margin, move)
        held = sum(scenario.agents.traders["crowd"].open_interest.values())
        for seed in order:
            found = measure(scenario, seed, twin=False)
            debt = found["bad_debt"] * found["capital_efficiency"] / held
            rest = {name: found[name] for name in ("liquidated_share", "fall")}
            rows.append(
                {"margin": margin, "seed": seed, "positions": found["capital_efficiency"], "bad_debt": debt} | rest
            )
    return pd.DataFrame(rows)


def earnings(runs: pd.DataFrame, days: float, fee: float = 0.001) -> pd.DataFrame:
    """What the exchange earns from one crash to the next, per 100 USD of traders' own money, in every run.

    Parameters
    ----------
    runs : DataFrame
        What `margin_runs` gives.
    days : float
        Between crashes like this one.
    fee : float
        Earned each day on every dollar of positions.

    Returns
    -------
    DataFrame
        Indexed by seed, a column a margin: fees less bad debt, USD.
    """
    earned = 100.0 * (days * fee * runs["positions"] - runs["bad_debt"])
    return runs.assign(earned=earned).pivot(index="seed", columns="margin", values="earned")


def best_margin(runs: pd.DataFrame, days: float, fee: float = 0.001) -> float:
    """Margin with the largest mean earnings, of those that were run; parameters as for `earnings`."""
    return float(earnings(runs, days, fee).mean().idxmax())  # type: ignore[arg-type]
