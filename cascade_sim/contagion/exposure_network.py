"""Who is exposed to what at a time: accounts, owners, markets and venues, joined by positions and collateral."""

import math
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import networkx as nx
import pandas as pd

from cascade_sim.contagion.exposure_tables import account_table, position_table
from cascade_sim.contagion.holdings import Holdings, Source, holdings_of
from cascade_sim.scenario.scenario import Scenario

__all__ = ["exposure_network"]

Attributes = dict[str, Any]


def _plain(values: Attributes) -> Attributes:
    """Plain Python values; what is not a finite number is left out, as files of graphs have no word for it."""
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}
    return {name: value for name, value in plain.items() if not isinstance(value, float) or math.isfinite(value)}


def _market_nodes(holdings: Holdings, time: float, held: pd.DataFrame) -> Iterator[tuple[str, Attributes]]:
    """Markets with their price at the last sample and the sum of positions in them."""
    series = holdings.result.series
    last = series[series["time"] <= max(time, 0.0)].groupby("market").last()
    longs = held["net"].clip(lower=0.0).groupby("market").sum()
    for name, (venue, market) in holdings.result.scenario.markets.items():
        numbers = {"mark": last["mark"][name], "bids": last["bid_depth_5pc"][name], "asks": last["ask_depth_5pc"][name]}
        attributes = {"kind": "market", "venue": venue, "asset": market.asset, "traded": market.kind} | numbers
        yield f"market {name}", _plain(attributes | {"held": longs.get(name, 0.0)})


def _market_links(scenario: Scenario) -> Iterator[tuple[str, str, Attributes]]:
    """Markets that share an asset: "oracle" from one that feeds the index of another, else "asset"."""
    feeds = {source.market for oracle in scenario.oracles.values() for source in oracle.sources}
    for (a, (_, first)), (b, (_, second)) in permutations(scenario.markets.items(), 2):
        if first.asset == second.asset:
            is_fed = a in feeds and second.kind == "perpetual"
            goes_back = b in feeds and first.kind == "perpetual"
            if is_fed or (a < b and not goes_back):
                kind = "oracle" if is_fed else "asset"
                yield f"market {a}", f"market {b}", {"kind": kind, "asset": first.asset}


def _position_edges(held: pd.DataFrame) -> Iterator[tuple[str, str, Attributes]]:
    """Accounts to markets."""
    row: Any
    for row in held.reset_index().itertuples():
        side = "long" if row.net > 0 else "short" if row.net < 0 else "flat"
        numbers = {name: getattr(row, name) for name in ("size", "notional", "initial", "maintenance", "distance")}
        yield row.node, f"market {row.market}", _plain({"kind": row.kind, "side": side} | numbers)


def _add_accounts(graph: "nx.DiGraph[str]", nodes: pd.DataFrame, owners: pd.DataFrame) -> None:
    """Accounts, the venues that hold their collateral, and their owners."""
    row: Any
    for name, row in nodes.to_dict("index").items():
        graph.add_node(str(name), kind="account", **_plain(row))
        money = {"balance": row["balance"], "equity": row["equity"], "collateral": row["collateral"]}
        graph.add_edge(str(name), f"venue {row['venue']}", kind="collateral", **_plain(money))
    worth = owners.groupby("owner")["equity"].agg(["sum", "size"])
    for owner, equity, accounts in zip(worth.index, worth["sum"], worth["size"], strict=True):
        graph.add_node(f"owner {owner}", kind="owner", equity=float(equity), accounts=int(accounts))
    pairs = zip(owners["owner"], owners["node"], strict=True)
    graph.add_edges_from((f"owner {owner}", node, {"kind": "ownership"}) for owner, node in pairs)


def exposure_network(result: Source, time: float, least: float = 0.0) -> "nx.DiGraph[str]":
    """Network of exposures at a time.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds.
    least : float
        Gross notional (USD) below which accounts are pooled by venue, role and side, for drawing; their owners are
        left out.

    Returns
    -------
    networkx.DiGraph
        Nodes bear ``kind``: "account", "owner", "market" or "venue". Edges bear ``kind``: "position" and "inventory"
        (a market maker's: its account to each market it quotes or holds) from accounts to markets, "collateral" from
        accounts to venues, "ownership" from owners to accounts, "oracle" and "asset" between markets of one asset.
        `cascade_sim.contagion.attributes.ATTRIBUTES` says what the others mean, and in which unit.
    """
    holdings = holdings_of(result)
    scenario = holdings.result.scenario
    held = position_table(holdings, time, least)
    nodes, owners = account_table(holdings, time, least)
    graph: nx.DiGraph[str] = nx.DiGraph(name=scenario.name, time=float(time))
    for name in scenario.venues:
        fund = nodes.loc[(nodes["venue"] == name) & (nodes["role"] == "fund"), "collateral"].sum()
        graph.add_node(f"venue {name}", kind="venue", fund=float(fund))
    graph.add_nodes_from(_market_nodes(holdings, time, held))
    _add_accounts(graph, nodes, owners)
    graph.add_edges_from(_position_edges(held))
    graph.add_edges_from(_market_links(scenario))
    return graph
