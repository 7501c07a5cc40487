"""A run in numbers: how far the markets fell, how much of it was the cascade, who was liquidated, paid, profited."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cascade_sim.contagion.chains import chains
from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.graph import branching_ratio
from cascade_sim.contagion.words import account_names, chain_in_words, forced_sides

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["summarise"]


def _fall(price: pd.Series) -> float:
    """Largest fall below the first price, as a positive share."""
    return float(1.0 - price.min() / price.iloc[0])


def _clean(value: Any) -> Any:
    """Plain Python numbers, with None for what is not a number."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _market(result: "Result", name: str) -> dict[str, Any]:
    """One market: its fall and rebound, and the fall without the impact of liquidations."""
    series = result.market(name)
    low: Any = series["mid"].idxmin()
    after = series["mid"].loc[low:]
    fallen = series["mid"].iloc[0] - series["mid"].loc[low]
    to_low = series["volume"].loc[:low]
    sold = (series["taker_sell_share"].fillna(0) * series["volume"]).loc[:low].sum()
    numbers = {
        "start": series["mid"].iloc[0],
        "low": series["mid"].loc[low],
        "end": series["mid"].iloc[-1],
        "fall": _fall(series["mid"]),
        "seconds_to_low": low,
        "retraced": (after.iloc[-1] - series["mid"].loc[low]) / fallen if fallen > 0 else math.nan,
        "fall_of_fundamental": _fall(series["fundamental"]),
        "taker_sell_share_to_low": sold / to_low.sum() if to_low.sum() > 0 else math.nan,
        "volume": series["volume"].sum(),
        "open_interest_at_start": series["open_interest"].iloc[0],
        "open_interest_at_end": series["open_interest"].iloc[-1],
        "liquidated": series["liquidated"].iloc[-1],
        "largest_branching_ratio_ahead": series["branching_down"].replace(np.inf, np.nan).max(),
    }
    if result.without_impact is not None:
        other = result.without_impact
        numbers |= _against_twin(series["mid"], other[other["market"] == name].set_index("time")["mid"])
    return numbers


def _against_twin(mid: pd.Series, without: pd.Series) -> dict[str, Any]:
    """How much lower a price went than on the same luck without impact: low against low, and at the widest moment."""
    gap = (without - mid) / mid.iloc[0]
    return {
        "fall_without_impact": _fall(without),
        "cascade": _fall(mid) - _fall(without),
        "widest_gap": float(gap.max()),
        "seconds_to_widest_gap": gap.idxmax(),
    }


def _sum(frame: pd.DataFrame | None, column: str) -> float:
    return float(frame[column].sum()) if frame is not None else 0.0


def _share_of(by: dict[str, float], *ways: str) -> float:
    """Part of the notional that was closed in the given ways."""
    whole = sum(by.values())
    return sum(by.get(way, 0.0) for way in ways) / whole if whole > 0 else math.nan


def _liquidations(result: "Result", graph: "nx.DiGraph[int]") -> dict[str, Any]:
    """Who was liquidated, and how."""
    events = result.events
    breaches = events.get("breach")
    if breaches is None:
        return {"liquidations": 0, "accounts": 0, "notional": 0.0}
    exposures, orders, closed = events["exposure"], events.get("liquidation_order"), closed_positions(result)
    value = exposures["size"].abs() * exposures["mark"]
    by: dict[Any, float] = {"book": 0.0} | closed.groupby("way")["notional"].sum().to_dict()
    accounts = result.accounts
    hit = accounts["liquidations"] > 0
    numbers = {
        "liquidations": len(breaches),
        "accounts": int(hit.sum()),
        "notional": sum(by.values()),
        "notional_by_way": by,
        "long_share_of_exposure": float(value[exposures["size"] > 0].sum() / value.sum()),
        "liquidators_share": _share_of(by, "liquidator", "closer"),
        "accounts_by_role": accounts.loc[hit, "role"].value_counts().to_dict(),
        "branching_ratio": branching_ratio(graph),
    }
    if "adl" in events:
        first = min(orders["time"].min() if orders is not None else math.inf, breaches["time"].min())
        numbers["seconds_from_first_liquidation_to_first_adl"] = float(events["adl"]["time"].min() - first)
    return numbers


def _contagion(result: "Result", graph: "nx.DiGraph[int]") -> dict[str, Any]:
    """The paths on which most loss travelled from liquidation to liquidation."""
    names, sides = account_names(result), forced_sides(result)
    paths = [
        {
            "liquidations": list(chain.liquidations),
            "accounts": [int(account) for account in chain.accounts],
            "markets": list(chain.markets),
            "crosses": chain.crosses,
            "carried": chain.carried,
            "words": chain_in_words(chain, names, sides),
        }
        for chain in chains(graph, top=3)
    ]
    return {"paths": paths}


def _overpaid_by_fund(result: "Result") -> float:
    """What the fund paid above the mark for positions of accounts worse than bankrupt, USD."""
    takeovers = result.events.get("takeover")
    if takeovers is None:
        return 0.0
    overpaid = -takeovers.loc[takeovers["by"] == "fund", "discount"]
    return float(overpaid.clip(lower=0.0).sum())


def _payers(result: "Result") -> dict[str, Any]:
    """How far liquidated accounts were below zero, and who paid for it."""
    losses, adl, accounts = result.events.get("loss"), result.events.get("adl"), result.accounts
    by = losses.groupby("by")["amount"].sum().to_dict() if losses is not None else {}
    forgone = adl["forgone"] if adl is not None else pd.Series(dtype=float)
    overpaid, given_up = _overpaid_by_fund(result), float(forgone.clip(lower=0.0).sum())
    return {
        "bad_debt": _sum(result.events.get("default"), "deficit") + overpaid + given_up,
        "insurance_fund": by.pop("fund", 0.0) + overpaid,
        "deleveraged": given_up,
        "venue": by.pop("nobody", 0.0),
        "socialised": sum(by.values()),
        "fund_change": float(accounts.loc[accounts["role"] == "fund", "profit"].sum()),
        "gained_in_adl": float(forgone.clip(upper=0.0).abs().sum()),
        "deleveraged_accounts": int(adl["counterparty"].nunique()) if adl is not None else 0,
        "fees_of_liquidated": _sum(result.events.get("liquidation_fee"), "amount"),
    }


def summarise(result: "Result") -> dict[str, Any]:
    """Answers to what a run is for.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict
        ``markets`` (falls are positive shares, money in USD), ``liquidations``, ``contagion`` (the largest paths of
        loss from liquidation to liquidation, with ``words``), ``paid``, ``profit`` (USD by role or name).
    """
    graph = result.contagion()
    accounts = result.accounts
    named = accounts["cohort"].where(accounts["role"] == "custom", accounts["role"])
    profit = accounts["profit"].groupby(named).sum()
    names = list(result.series["market"].unique())
    whole: dict[str, Any] = _clean(
        {
            "markets": {name: _market(result, name) for name in names},
            "liquidations": _liquidations(result, graph),
            "contagion": _contagion(result, graph),
            "paid": _payers(result),
            "profit": profit.sort_values(ascending=False).to_dict(),
        }
    )
    return whole
