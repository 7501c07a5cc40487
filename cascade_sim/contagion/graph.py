"""The graph of liquidations: an edge leads from the one whose forced trades consumed another one's buffer."""

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd

from cascade_sim.contagion.attribution import attribute

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["branching_ratio", "contagion_graph"]


def _nodes(result: "Result", parts: pd.DataFrame) -> dict[int, dict[str, Any]]:
    """Attributes of every liquidation."""
    breaches, exposures = result.events["breach"], result.events["exposure"]
    exposures = exposures.assign(notional=exposures["size"].abs() * exposures["mark"])
    main = exposures.loc[exposures.groupby("liquidation")["notional"].idxmax()].set_index("liquidation")["market"]
    lost = parts.groupby("liquidation")["amount"].sum()
    by_category = parts.pivot_table(index="liquidation", columns="category", values="amount", aggfunc="sum")
    nodes = {}
    row: Any
    for row in breaches.itertuples():
        liquidation = int(row.liquidation)
        node = {
            "account": int(row.account),
            "role": row.role,
            "time": float(row.time),
            "notional": float(row.notional),
            "equity": float(row.equity),
            "market": str(main.get(liquidation, "")),
            "lost": float(lost.get(liquidation, 0.0)),
        }
        if liquidation in by_category.index:
            amounts: Any = by_category.loc[liquidation].dropna()
            node |= {f"lost_to_{str(name).replace(' ', '_')}": float(amount) for name, amount in amounts.items()}
        nodes[liquidation] = node
    return nodes


def contagion_graph(result: "Result") -> "nx.DiGraph[int]":
    """Liquidations as nodes, losses passed on as edges.

    Returns
    -------
    networkx.DiGraph
        Node: liquidation number, with account, role, time (s), notional, equity, market (of the largest position),
        lost (USD between reference and breach) and its parts. Edge i -> j: ``weight`` (USD of j's loss made by i's
        forced trades, net of rebounds; only positive ones), ``share`` of j's loss, ``market`` it came through most,
        ``cross`` (USD of it that came through other markets than j's largest), ``delay`` (s).
    """
    graph: nx.DiGraph[int] = nx.DiGraph(name=result.scenario.name)
    if "breach" not in result.events:
        return graph
    parts = attribute(result)
    graph.add_nodes_from(_nodes(result, parts).items())
    forced = parts[parts["source"] > 0]
    if forced.empty:
        return graph
    table = forced.pivot_table(index=["source", "liquidation"], columns="market", values="amount", aggfunc="sum")
    table = table.fillna(0.0)
    names = np.array(table.columns, dtype=object)
    for (source, target), amounts in zip(table.index, table.to_numpy(), strict=True):
        weight = float(amounts.sum())
        if weight > 0 and source in graph and source != target:
            own = graph.nodes[target]
            elsewhere = np.maximum(amounts[names != own["market"]], 0.0).sum()
            graph.add_edge(
                int(source),
                int(target),
                weight=weight,
                share=weight / own["lost"] if own["lost"] > 0 else float("nan"),
                market=str(names[amounts.argmax()]),
                cross=float(min(elsewhere, weight)),
                delay=own["time"] - graph.nodes[source]["time"],
            )
    return graph


def branching_ratio(graph: "nx.DiGraph[int]") -> float:
    """Measured branching ratio: notional triggered by liquidations over notional liquidated.

    A liquidation counts as triggered by others for the share of its loss that their forced trades made, at most
    all of it. Nan without liquidations.
    """
    notional = sum(data["notional"] for _, data in graph.nodes(data=True))
    triggered = 0.0
    for _, data in graph.nodes(data=True):
        share = data.get("lost_to_liquidations", 0.0) / data["lost"] if data["lost"] > 0 else 0.0
        triggered += data["notional"] * min(max(share, 0.0), 1.0)
    return triggered / notional if notional > 0 else float("nan")
