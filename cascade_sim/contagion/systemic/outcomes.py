"""What accounts did in a run from a time on: how much of them was liquidated, what they passed on, what they left."""

from typing import TYPE_CHECKING

import pandas as pd

from cascade_sim.contagion.graph import contagion_graph
from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.unpaid_margin import owed_by

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["outcomes"]


def _closed(events: dict[str, pd.DataFrame], since: float) -> pd.DataFrame:
    """Forced closings in whatever way: account and notional."""
    parts = [pd.DataFrame({"account": pd.Series(dtype=int), "notional": pd.Series(dtype=float)})]
    if "liquidation_order" in events:
        orders = events["liquidation_order"]
        parts.append(orders[(orders["origin"] == "forced") & (orders["time"] > since)][["account", "notional"]])
    for kind in ("takeover", "adl"):
        if kind in events:
            taken = events[kind][events[kind]["time"] > since]
            parts.append(taken[["account"]].assign(notional=taken["size"].abs() * taken["mark"]))
    return pd.concat([part for part in parts if len(part)] or parts)


def _passed_on(result: "Result", since: float) -> "pd.Series[float]":
    """Losses that forced trades of accounts made for other liquidated accounts."""
    graph = contagion_graph(result)
    rows = [
        (graph.nodes[source]["account"], data["weight"])
        for source, _, data in graph.edges(data=True)
        if graph.nodes[source]["time"] > since
    ]
    return pd.DataFrame(rows, columns=["account", "weight"]).groupby("account")["weight"].sum()


def outcomes(result: Source, since: float = 0.0) -> pd.DataFrame:
    """What accounts did from a time to the end.

    Parameters
    ----------
    result : Result or Holdings
    since : float
        Seconds.

    Returns
    -------
    DataFrame
        Indexed by account, USD: ``liquidated`` (closed by force in the book, taken over, or deleveraged), ``passed_on``
        (losses its forced trades made for accounts liquidated later, along the edges of the cascade graph) and
        ``bad_debt`` (left to others).
    """
    holdings = holdings_of(result)
    run, accounts = holdings.result, holdings.result.accounts.index
    end = max(float(run.series["time"].max()), since)
    debt = owed_by(holdings, end)["recorded"] - owed_by(holdings, since)["recorded"]
    table = {
        "liquidated": _closed(run.events, since).groupby("account")["notional"].sum(),
        "passed_on": _passed_on(run, since),
        "bad_debt": debt,
    }
    return pd.DataFrame(table).reindex(accounts).fillna(0.0)
