"""Room for the records of messages that a driver sends itself."""

import pytest

from cascade_sim.experiments.validation.bare_market import spot_market
from cascade_sim.market.direct import make_room
from cascade_sim.market.kernel import exposed


@pytest.mark.parametrize(("table", "messages", "left"), [("trades", 8, 48), ("trades", 9, 0), ("events", 9, 0)])
def test_forgets_only_what_could_be_in_the_way(table, messages, left):
    # Of 64 rows 48 are taken: eight messages can write sixteen.
    world = spot_market(1, orders=16)
    world.pools[table] = 48
    exposed(make_room)(world, messages)
    assert world.pools[table][0] == left


def test_resting_orders_need_room_too():
    world = spot_market(1, orders=16)
    world.pools["trades"] = 48
    world.pools["orders"] = 10
    exposed(make_room)(world, 5)
    assert world.pools["trades"][0] == 0
