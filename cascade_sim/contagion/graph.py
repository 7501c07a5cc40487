"""The graph of liquidations: an edge leads from the one whose forced trades consumed another one's buffer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.attribution import POOLED, Losses, losses_of
from cascade_sim.contagion.branching import branching_ratio
from cascade_sim.contagion.generations import generations

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["branching_ratio", "contagion_graph"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def _main_markets(losses: Losses) -> list[str]:
    """Market of the largest position of every liquidated account; of equal ones the first on record."""
    markets = np.full(len(losses.number), "", object)
    rising = np.lexsort((-np.arange(len(losses.row)), losses.notional))
    markets[losses.row[rising]] = losses.market[rising]  # the last one written is the largest
    return markets.tolist()


def _lost_to(losses: Losses, parts: pd.DataFrame) -> list[dict[str, float]]:
    """What every account lost to each category that took from it or gave to it, by name of the attribute."""
    row = np.searchsorted(losses.number, parts["liquidation"].to_numpy(np.int64))
    category, names = pd.factorize(parts["category"], sort=True)
    keys = ["lost_to_" + str(name).replace(" ", "_") for name in names]
    amount, cell = parts["amount"].to_numpy(float), row * len(keys) + category
    shape = len(losses.number), len(keys)
    sums = np.bincount(cell, amount, shape[0] * shape[1]).reshape(shape)
    there = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape) > 0
    lost: list[dict[str, float]] = [{} for _ in range(shape[0])]
    for i, k, value in zip(*(where.tolist() for where in np.nonzero(there)), sums[there].tolist(), strict=True):
        lost[i][keys[k]] = value
    pooled = parts["source"].to_numpy() == POOLED
    for i, value in zip(row[pooled].tolist(), amount[pooled].tolist(), strict=True):
        lost[i]["lost_to_small_sources"] = lost[i].get("lost_to_small_sources", 0.0) + value
    return lost


def _closed(result: "Result", number: Whole) -> Floats:
    """USD of each liquidation's positions that were closed: in the book, by takeover, by deleveraging."""
    closed = np.zeros(len(number))
    orders, takeovers, adl = (result.events.get(name) for name in ("liquidation_order", "takeover", "adl"))
    for events in (orders, takeovers, adl):
        if events is not None:
            value = events["notional"] if events is orders else events["size"].abs() * events["mark"]
            row = np.searchsorted(number, events["liquidation"])
            own = np.isin(events["liquidation"], number)
            closed += np.bincount(row[own], value[own], len(number))
    return closed


def _anyway(result: "Result") -> dict[str, list[bool]]:
    """Whether the account of each liquidation is liquidated without impact too; nothing where that was not run."""
    if "liquidated_without_impact" not in result.accounts:
        return {}
    first = result.accounts["liquidated_without_impact"]
    return {"anyway": first.notna()[result.events["breach"]["account"]].tolist()}


def _nodes(result: "Result", losses: Losses, parts: pd.DataFrame) -> list[tuple[int, dict[str, Any]]]:
    """Every liquidation with its attributes."""
    breaches = result.events["breach"]
    columns = {
        **{name: breaches[name].tolist() for name in ("account", "role", "time", "notional", "equity")},
        "market": _main_markets(losses),
        "closed": _closed(result, losses.number).tolist(),
        "generation": generations(result, losses, parts).tolist(),
        **_anyway(result),
        "lost": losses.by_liquidation(losses.lost).tolist(),
    }
    names = tuple(columns)
    rows = zip(losses.number.tolist(), zip(*columns.values(), strict=True), _lost_to(losses, parts), strict=True)
    return [(number, dict(zip(names, row, strict=True)) | lost) for number, row, lost in rows]


def _pairs(forced: pd.DataFrame, markets: Any) -> tuple[Whole, Whole, Floats]:
    """Sources and targets in order, and what passed between them through each market, USD."""
    source, target = forced["source"].to_numpy(np.int64), forced["liquidation"].to_numpy(np.int64)
    width = int(target.max()) + 1
    pairs, pair = np.unique(source * width + target, return_inverse=True)
    cell = pair * len(markets) + markets.get_indexer(forced["market"])
    passed = np.bincount(cell, forced["amount"].to_numpy(float), len(pairs) * len(markets))
    return pairs // width, pairs % width, passed.astype(float).reshape(len(pairs), len(markets))


def _edges(losses: Losses, parts: pd.DataFrame, time: Floats) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every liquidation that took from another one, with what it took."""
    forced = parts[(parts["source"] > 0) & (parts["source"] != parts["liquidation"])]
    markets: Any = pd.Index(np.unique(losses.market))
    if forced.empty:
        return iter(())
    source, target, passed = _pairs(forced, markets)
    weight = passed.sum(axis=1)
    keep = (weight > 0) & np.isin(source, losses.number)
    source, target, passed, weight = source[keep], target[keep], passed[keep], weight[keep]
    i, j = np.searchsorted(losses.number, source), np.searchsorted(losses.number, target)
    own = markets.get_indexer(_main_markets(losses))[j]
    lost = losses.by_liquidation(losses.lost)[j]
    elsewhere = np.maximum(passed, 0.0)
    elsewhere[np.arange(len(own)), own] = 0.0
    columns = (
        weight,
        np.divide(weight, lost, out=np.full(len(lost), np.nan), where=lost > 0),
        np.asarray(markets, object)[passed.argmax(axis=1)],
        np.minimum(elsewhere.sum(axis=1), weight),
        time[j] - time[i],
    )
    return (
        (u, v, {"weight": amount, "share": share, "market": market, "cross": cross, "delay": delay})
        for u, v, amount, share, market, cross, delay in zip(
            source.tolist(), target.tolist(), *(column.tolist() for column in columns), strict=True
        )
    )


def contagion_graph(result: "Result", losses: Losses | None = None) -> "nx.DiGraph[int]":
    """Liquidations as nodes, losses passed on as edges.

    Parameters
    ----------
    result : Result
    losses : Losses, optional
        `losses_of` the result, if they are at hand.

    Returns
    -------
    networkx.DiGraph
        Node: liquidation number, with

        * ``account``, ``role``, ``time`` of the breach (s), ``notional`` of all positions and ``equity`` then (USD),
          ``market`` of the largest position, and what was ``closed`` in the end (USD traded, or at mark);
        * ``generation``: 0 if it would have breached by then without any forced trade (see `generations`);
        * ``anyway``: whether its account is liquidated on the same luck without impact too, then or later; only where
          the run has its twin without impact;
        * ``lost``: USD between reference and breach, and what of it was ``lost_to_<category>`` (negative where the
          category gave), which sum to it;
        * ``lost_to_small_sources``: part of ``lost_to_liquidations`` that has no edges because each source took a
          smaller share of ``lost`` than `smallest_named` says: 0.1 % beyond 1,000 liquidations, 2 % at 100,000.

        Edge i -> j: ``weight`` (USD of j's loss made by i's forced trades, net of rebounds; only positive ones),
        ``share`` of j's loss, ``market`` it came through most, ``cross`` (USD of it that came through other markets
        than j's largest), ``delay`` (s).
    """
    graph: nx.DiGraph[int] = nx.DiGraph(name=result.scenario.name)
    losses = losses or losses_of(result)
    if losses:
        graph.add_nodes_from(_nodes(result, losses, losses.parts))
        graph.add_edges_from(_edges(losses, losses.parts, result.events["breach"]["time"].to_numpy(float)))
    return graph
