"""How much a cascade feeds itself: branching ratios before and after the fact, and amplification.

After the fact, by generations: ``N_{k+1} / N_k`` with N_k the notional that generation k had to close, and over all of
them the share that is not of generation 0, ``1 - N_0 / N``. In a branching process of ratio R < 1 both are R in the
mean: ``N = N_0 / (1 - R)``. Amplification is ``N / N_0``, or the fall over the fall on the same luck without impact.

In a fall that goes on by itself the ratio after the fact is an upper bound: who breached a second early because of
forced trades counts as triggered by them, though the news would have come a second later. How much would have been
liquidated without them at all is what the run without impact says.

Before the fact, R is the liquidation notional in reach of a fall over what stands in the book there (``l / D`` of a
liquidation map of density l in a book of depth D).

The ratio weighted by losses counts a liquidation as triggered for the share of its loss that forced trades made. It
is smaller than R, because much of the buffer is consumed before a cascade begins.

References
----------
Harris (1963), "The theory of branching processes", chapter I; Filimonov and Sornette (2012), "Quantifying
reflexivity in financial markets", Physical Review E 85, 056108, for the ratio as the share of what is endogenous.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cascade_sim.contagion.attribution import QUIET

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

_FAR = 0.05  # distance from the mark up to which maps and books are compared

__all__ = ["Branching", "a_priori", "branching", "branching_ratio", "generation_table"]


def branching_ratio(graph: "nx.DiGraph[int]") -> float:
    """Branching ratio weighted by losses: notional triggered by liquidations over notional liquidated.

    A liquidation counts as triggered by others for the share of its loss that their forced trades made, at most
    all of it. Nan without liquidations.
    """
    notional = sum(data["notional"] for _, data in graph.nodes(data=True))
    triggered = 0.0
    for _, data in graph.nodes(data=True):
        share = data.get("lost_to_liquidations", 0.0) / data["lost"] if data["lost"] > 0 else 0.0
        triggered += data["notional"] * min(max(share, 0.0), 1.0)
    return triggered / notional if notional > 0 else float("nan")


def generation_table(graph: "nx.DiGraph[int]") -> pd.DataFrame:
    """Generations in order.

    Returns
    -------
    DataFrame
        By ``generation``: ``liquidations``, ``closed`` (USD), and ``ratio_of_counts``, ``ratio`` (of what was closed)
        to those of the generation before; nan in generation 0.
    """
    nodes = [(data["generation"], data["closed"]) for _, data in graph.nodes(data=True)]
    groups = pd.DataFrame(nodes, columns=["generation", "closed"]).groupby("generation")["closed"]
    table = pd.DataFrame({"liquidations": groups.count(), "closed": groups.sum()})
    table["ratio_of_counts"] = table["liquidations"] / table["liquidations"].shift()
    table["ratio"] = table["closed"] / table["closed"].shift()
    return table


def a_priori(result: "Result") -> pd.DataFrame:
    """Branching ratios of each market's liquidation map and book when the first episode of liquidations began.

    The episode begins a minute before the first liquidation; the last map drawn until then is taken, or the first one
    where none was drawn yet.

    Returns
    -------
    DataFrame
        By ``market``: ``time`` of the map (s); ``down`` and ``up``, liquidation notional within 50 bp over the depth
        there; ``down_5pc`` and ``up_5pc``, the same within 5 %. Infinite where the book is empty; no rows where no
        maps were drawn.
    """
    breaches = result.events.get("breach")
    begins = float(breaches["time"].min()) - QUIET if breaches is not None else np.inf
    maps = result.series.dropna(subset=["branching_down", "branching_up"], how="all")
    rows = []
    for market, own in maps.groupby("market"):
        until = own[own["time"] <= begins]
        row: Any = until.iloc[-1] if len(until) else own.iloc[0]
        near = result.liquidation_map[(result.liquidation_map["market"] == market)]
        near = near[(near["time"] == row["time"]) & (near["distance"].abs() <= _FAR)]
        wide = [
            _over(float(near.loc[near["side"] == side, "notional"].sum()), float(row[f"{book}_depth_5pc"]))
            for side, book in (("longs", "bid"), ("shorts", "ask"))
        ]
        rows.append((market, row["time"], row["branching_down"], row["branching_up"], *wide))
    columns = ["market", "time", "down", "up", "down_5pc", "up_5pc"]
    return pd.DataFrame(rows, columns=columns).set_index("market")


def _over(notional: float, depth: float) -> float:
    """Notional over depth, infinite for an empty book in which something is to be sold."""
    return notional / depth if depth > 0 else float("inf") if notional > 0 else float("nan")


@dataclass(frozen=True)
class Branching:
    """How much a cascade fed itself.

    Attributes
    ----------
    generations : DataFrame
        See `generation_table`.
    ratio : float
        Share of what was closed that is not of generation 0; nan without liquidations.
    ratio_by_loss : float
        See `branching_ratio`.
    amplification : float
        What was closed over that of generation 0; infinite if there is none of generation 0.
    against_twin : DataFrame
        By market: ``fall`` (largest, as a share) and ``liquidated`` (USD), the same ``_without_impact``, and
        ``amplification_of_`` each, how many times as large it is with impact; empty without the run without impact.
    a_priori : DataFrame
        See `a_priori`.
    """

    generations: pd.DataFrame
    ratio: float
    ratio_by_loss: float
    amplification: float
    against_twin: pd.DataFrame
    a_priori: pd.DataFrame


def branching(result: "Result", graph: "nx.DiGraph[int] | None" = None) -> Branching:
    """Measure how much the cascade of a run fed itself.

    Parameters
    ----------
    result : Result
    graph : networkx.DiGraph, optional
        Its graph of liquidations, if it is at hand.
    """
    graph = result.contagion() if graph is None else graph
    table = generation_table(graph)
    closed, first = float(table["closed"].sum()), float(table["closed"].get(0, 0.0))
    return Branching(
        generations=table,
        ratio=1 - first / closed if closed > 0 else float("nan"),
        ratio_by_loss=branching_ratio(graph),
        amplification=closed / first if first > 0 else float("inf") if closed > 0 else float("nan"),
        against_twin=_against_twin(result),
        a_priori=a_priori(result),
    )


def _outcome(series: pd.DataFrame) -> pd.DataFrame:
    """Largest fall of the mid, and what was liquidated, by market."""
    markets = series.groupby("market")
    return pd.DataFrame(
        {"fall": 1 - markets["mid"].min() / markets["mid"].first(), "liquidated": markets["liquidated"].last()}
    )


def _against_twin(result: "Result") -> pd.DataFrame:
    """Falls and liquidations with and without the impact of liquidations."""
    if result.without_impact is None:
        return pd.DataFrame()
    table = _outcome(result.series).join(_outcome(result.without_impact).add_suffix("_without_impact"))
    for name in ("fall", "liquidated"):
        twin = table[f"{name}_without_impact"]
        table[f"amplification_of_{name}"] = table[name] / twin.where(twin > 0)
    return table
