"""Depth within a distance of the mid, against the same sum over all levels of the ladder."""

import numpy as np
import pytest

from cascade_sim.market.constants import LEVELS, LINK
from cascade_sim.market.depth import depth_within
from cascade_sim.market.kernel import exposed

NEAR_AND_FAR = [(0.0, 0.0), (0.0, 0.0007), (0.0, 0.01), (0.001, 0.01), (0.01, 0.05), (0.0, 0.5), (0.2, 3.0)]


def _by_definition(world, m, side, near, far):
    """Lots at levels beyond the best whose distance from the mid is in (near, far] of it; `near` = 0 counts all."""
    bid, ask, last = (int(world.markets[name][m]) for name in ("bid", "ask", "last"))
    mid = (bid + ask) / 2 if bid >= 0 and ask < LEVELS else float(last)
    level = np.arange(LEVELS)
    distance = side * (level - mid)
    met = (level >= ask) if side > 0 else (level <= bid)
    met &= (distance <= far * mid) & ((distance > near * mid) | (near == 0.0))
    return world.levels["lots"][m][met].sum()


@pytest.mark.parametrize(("near", "far"), NEAR_AND_FAR)
def test_depth_is_what_stands_within_the_distance(simulate, near, far):
    simulation = simulate()
    simulation.run(3)
    depth = exposed(depth_within)
    for m in range(1, len(simulation.world.markets)):
        for side in (-1, 1):
            found = depth(simulation.world, LINK(m), np.int64(side), near, far)
            assert found == _by_definition(simulation.world, m, side, near, far)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_level_at_exactly_the_distance_counts(simulate, side):
    simulation = simulate()
    simulation.run(1)
    world = simulation.world
    level = int(world.markets["ask" if side > 0 else "bid"][1])
    mid = (int(world.markets["bid"][1]) + int(world.markets["ask"][1])) / 2
    for far in (abs(level - mid) / mid, np.nextafter(abs(level - mid) / mid, 0.0)):
        found = exposed(depth_within)(world, LINK(1), np.int64(side), 0.0, far)
        assert found == _by_definition(world, 1, side, 0.0, far)
