"""The screen finds exactly the accounts that looking at everybody finds, in the same order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cascade_sim.market.constants import LINK
from cascade_sim.market.kernel import exposed
from cascade_sim.market.ledger import touch
from cascade_sim.market.margin_screen import find_breaches, find_breaches_by_brute_force
from cascade_sim.market.world import give_positions
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

PEOPLE = 150
V = LINK(1)
screen = exposed(lambda w, v: find_breaches(w, v))
brute_force = exposed(find_breaches_by_brute_force)
note = exposed(touch)


def breached(world, look):
    """Rows of the accounts a search lists."""
    world.pools["breaches"] = 0
    look(world, V)
    found = world.breaches[: int(world.pools["breaches"][0])].tolist()
    world.pools["breaches"] = 0
    return found


def crowd(seed):
    """A world with random positions in two markets, from hopeless to safe."""
    people = {f"p{k}": {"venue": "perps", "deposit": 0} for k in range(PEOPLE)}
    world = Simulation(load_scenario(small_scenario(accounts=people)), seed=1).world
    rng = np.random.default_rng(seed)
    rows = np.arange(len(world.accounts) - PEOPLE, len(world.accounts))
    for m in (1, 2):
        lots = rng.integers(-2_000, 2_000, PEOPLE) * (rng.random(PEOPLE) < 0.6)
        mark = int(world.markets["mark"][m])
        give_positions(world, m, rows, lots, lots * (mark + rng.integers(-mark // 50, mark // 50, PEOPLE)))
    world.balances["amount"][rows, 1] = rng.integers(0, 20_000, PEOPLE) * 10**6
    return world, rows, rng


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)), max_size=12))
def test_same_as_looking_at_everybody(seed, path):
    world, rows, rng = crowd(seed)
    assert breached(world, screen) == breached(world, brute_force)
    for moves in path:
        for m, move in zip((1, 2), moves, strict=True):
            world.markets["mark"][m] = max(int(world.markets["mark"][m] * (1 + move)), 1)
        for a in rng.choice(rows, 3):
            world.balances["amount"][a, 1] += int(rng.integers(-(10**9), 10**9))
            note(world, LINK(a))
        if rng.random() < 0.2:
            world.markets["funding"][1] += int(rng.integers(-(10**5), 10**5))
            world.venues["screen_is_stale"][1] = 1
        assert breached(world, screen) == breached(world, brute_force)
