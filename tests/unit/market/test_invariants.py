"""The invariants notice what they are there for."""

import pytest

from cascade_sim.market.invariants import VIOLATIONS, find_violation
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation


@pytest.fixture
def world():
    """The cascade by hand before anything happened, every account looked at."""
    world = Simulation(load_scenario("by-hand"), seed=1).world
    world.accounts["touched"] = 0
    world.venues["screen_is_stale"] = 0
    assert find_violation(world) == 0
    return world


def test_an_account_under_its_maintenance_margin_is_not_forgotten(world):
    world.markets["mark"][1] //= 2
    assert VIOLATIONS[find_violation(world)] == "an account is under its maintenance margin and nobody is to look at it"


@pytest.mark.parametrize(("table", "field"), [("accounts", "touched"), ("venues", "screen_is_stale")])
def test_an_account_that_is_to_be_looked_at_may_be_under_it(world, table, field):
    world.markets["mark"][1] //= 2
    getattr(world, table)[field] = 1
    assert find_violation(world) == 0


def test_a_position_without_an_other_side(world):
    world.positions["lots"][-1, 0] += 1
    assert VIOLATIONS[find_violation(world)] == "sizes of a market do not sum to zero"


def test_money_out_of_nowhere(world):
    world.balances["amount"][-1, 1] += 1
    assert VIOLATIONS[find_violation(world)] == "money of a venue was created or lost"
