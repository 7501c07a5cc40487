"""The graphs of a run for other programs: GraphML and Parquet, with what their attributes mean."""

import json
import math
import os
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from cascade_sim.contagion.attributes import ATTRIBUTES
from cascade_sim.contagion.exposure_network import exposure_network
from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.unpaid_margin import worst_moment
from cascade_sim.folders import whole_folder

__all__ = ["export"]

Graph = Any  # nx.DiGraph of whatever its nodes are named by


def _finite(graph: Graph) -> Graph:
    """The same graph without attributes that are not a number: GraphML could not be compared with it."""
    plain: Graph = nx.DiGraph(**graph.graph)
    plain.add_nodes_from((node, _numbers(data)) for node, data in graph.nodes(data=True))
    plain.add_edges_from((a, b, _numbers(data)) for a, b, data in graph.edges(data=True))
    return plain


def _numbers(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not isinstance(value, float) or math.isfinite(value)}


def _write(graph: Graph, folder: Path, name: str) -> None:
    """One graph as GraphML, and as tables of its nodes and edges."""
    nx.write_graphml(graph, folder / f"{name}.graphml")
    nodes = pd.DataFrame(list(dict(graph.nodes(data=True)).values()), index=pd.Index(list(graph), name="node"))
    nodes.to_parquet(folder / f"{name}-nodes.parquet")
    rows = [{"source": a, "target": b} | data for a, b, data in graph.edges(data=True)]
    edges = pd.DataFrame(rows) if rows else pd.DataFrame(columns=["source", "target"])
    edges.to_parquet(folder / f"{name}-edges.parquet", index=False)


def export(result: Source, folder: str | os.PathLike[str], time: float | None = None, least: float = 0.0) -> Path:
    """Write the cascade graph and the exposure network of a run, all files or none.

    ``cascade`` and ``exposures``, each as ``.graphml``, ``-nodes.parquet`` and ``-edges.parquet``, and
    ``attributes.json`` with the meaning and unit of every attribute. What is not a finite number is left out.

    Parameters
    ----------
    result : Result or Holdings
    folder : path
        Made if it is not there; of one that is, only files of the same names are replaced.
    time : float, optional
        Of the exposures, seconds; the worst moment when left out.
    least : float
        Gross notional (USD) below which accounts are pooled in the exposure network.

    Raises
    ------
    ResultError
        If the files can't be written; nothing is changed then.
    """
    holdings = holdings_of(result)
    time = worst_moment(holdings.result) if time is None else time
    graphs = {"cascade": holdings.result.contagion(), "exposures": exposure_network(holdings, time, least)}
    with whole_folder(Path(folder)) as half:
        for name, graph in graphs.items():
            _write(_finite(graph), half, name)
        words = {table: {name: item._asdict() for name, item in items.items()} for table, items in ATTRIBUTES.items()}
        (half / "attributes.json").write_text(json.dumps(words, indent=2) + "\n", encoding="utf-8")
    return Path(folder)
