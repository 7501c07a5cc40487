"""A cascade of thousands: parts are pooled, sums hold, and it takes no time that grows with its square."""

import numpy as np
import pytest

from cascade_sim.bench.great_cascade import great_cascade
from cascade_sim.contagion.attribution import POOLED, Losses, attribute, smallest_named


@pytest.fixture(scope="module")
def cascade():
    return great_cascade(2_000, marks=600)


def test_small_parts_are_pooled_and_sums_hold(cascade):
    parts, losses = attribute(cascade), Losses.of(cascade)
    sums = parts.groupby("liquidation")["amount"].sum()
    assert sums.to_numpy() == pytest.approx(losses.by_liquidation(losses.lost), rel=1e-9, abs=1e-6)
    assert (parts["source"] == POOLED).any()
    kept = parts[parts["source"] > 0]
    least = smallest_named(2_000) * kept["liquidation"].map(sums).abs()
    assert (kept["amount"].abs() >= least * (1 - 1e-9)).all()
    everyone = losses.by_liquidation(losses.made_by(np.arange(2_001) > 0))
    forced = parts[parts["category"] == "liquidations"].groupby("liquidation")["amount"].sum()
    assert forced.to_numpy() == pytest.approx(everyone[forced.index - 1], abs=1e-6)


def test_nodes_account_for_their_whole_loss(cascade):
    graph = cascade.contagion()
    assert len(graph) == 2_000
    for number in (1, 1_000, 2_000):
        data = graph.nodes[number]
        named = [key for key in data if key.startswith("lost_to_") and key != "lost_to_small_sources"]
        assert sum(data[key] for key in named) == pytest.approx(data["lost"])
    assert all(source < target for source, target in graph.edges)
