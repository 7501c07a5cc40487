"""Graphs of contagion of any size, drawn at random."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest

MARKETS = ("BTC-PERP", "ETH-PERP", "SOL-PERP")


def cascade(count: int, seed: int = 1, span: float = 3600.0) -> "nx.DiGraph[int]":
    """Liquidations at random times, of random sizes; two of three lost to up to three of those before them."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, span, count)) if span else np.zeros(count)
    notional, market = rng.pareto(1.2, count) * 1e4 + 1e3, rng.integers(0, len(MARKETS), count)
    graph: nx.DiGraph[int] = nx.DiGraph()
    for k in range(count):
        size, sources = float(notional[k]), []
        if k and rng.random() < 2 / 3:
            sources = [int(j) for j in set(rng.integers(max(k - 500, 0), k, 3))]
        node = {"account": k + 10, "role": "trader", "time": float(times[k]), "notional": size, "lost": size / 20}
        graph.add_node(k + 1, market=MARKETS[market[k]], equity=1.0, **node)
        before = [graph.nodes[j + 1]["generation"] for j in sources]
        graph.nodes[k + 1]["generation"] = 1 + max(before) if before and rng.random() < 0.7 else 0
        for j in sources:
            weight, delay = float(size / 60 * rng.random()), float(times[k] - times[j])
            graph.add_edge(j + 1, k + 1, weight=weight, share=0.1, market=MARKETS[market[j]], cross=0.0, delay=delay)
    return graph


@pytest.fixture(scope="session")
def cascade_graph() -> Callable[..., "nx.DiGraph[int]"]:
    """Function that draws a graph: number of liquidations, and of what it is to be made."""
    return cascade
