"""Makers under a tight cap on leverage: they know what the venue asks, quote what they carry, and go on quoting."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascade_sim.engine.rulebook import micros
from cascade_sim.market.kernel import exposed
from cascade_sim.market.margin import covered_notional, free_collateral, initial_margin
from cascade_sim.market.records import REJECTED
from cascade_sim.market.roles import MAKER
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

SHORT = ("duration=100", "burn_in=10", "news.0.at=20", "news.0.over=30")
asked, covered, free = exposed(initial_margin), exposed(covered_notional), exposed(free_collateral)


def one_market(cap, capital, move=-0.02):
    settings = (
        "agents.traders.crowd.count=200",
        f"news.0.move={move}",
        f"venues.perps.rules.tiers.BTC.0.leverage={cap}",
    )
    return load_scenario("one-market", [*SHORT, *settings, f"agents.makers.perp-makers.capital={capital}"])


def without_leverage(scenario):
    """The scenario without those whom the cap binds at high leverage."""
    agents = scenario.agents.model_copy(update={"traders": {}, "hunters": {}})
    return scenario.model_copy(update={"agents": agents})


def quoting(simulation, name):
    """Accounts of a market's makers, and what they hold and quote there."""
    rows = simulation.population.makers
    own = rows["account"][rows["market"] == simulation.roster.markets[name]]
    return own, simulation.world.positions[own, simulation.world.markets["column"][simulation.roster.markets[name]]]


def looks(scenario, seed=3, every=5):
    """A simulation at one moment after the other, from its first quotes on."""
    simulation = Simulation(scenario, seed)
    for second in range(every, 110, every):
        simulation.run_until(micros(float(second)))
        yield simulation


def refusals(simulation):
    """Messages of makers that were refused, as a share of the replacements of quotes that they sent."""
    events = simulation.records.table("events")
    roles = simulation.world.accounts["role"]
    refused = np.count_nonzero((events["kind"] == REJECTED) & (roles[events["account"]] == MAKER))
    return refused / simulation.population.makers["number"].sum()


@pytest.mark.parametrize("cap", [1, 2, 3])
@pytest.mark.parametrize("capital", [0.1, 0.5])
def test_both_sides_are_quoted_within_the_margin_that_a_venue_asks(cap, capital):
    for simulation in looks(one_market(cap, capital)):
        accounts, held = quoting(simulation, "BTC-PERP")
        assert (held["buy"] > 0).any()
        assert (held["sell"] > 0).any()
        assert ((held["buy"] > 0) | (held["sell"] > 0)).all()
        for account in accounts:
            left, _ = free(simulation.world, account, -1, 0, 0)
            assert left >= 0
    assert refusals(simulation) < 0.01


def test_depth_is_in_proportion_to_the_cap_where_it_binds():
    depths = []
    for cap in (1, 2, 4):
        first = next(looks(one_market(cap, 0.1)))
        depths.append(int(quoting(first, "BTC-PERP")[1]["buy"].sum()))
    assert np.divide(depths, depths[0]) == pytest.approx([1, 2, 4], rel=0.1)


def test_where_the_cap_is_above_their_own_leverage_it_changes_nothing():
    digests = set()
    for cap in (11, 100):
        *_, last = looks(without_leverage(one_market(cap, 2)))
        digests.add(last.records.digest())
    assert len(digests) == 1


def test_a_maker_of_several_markets_quotes_all_of_them():
    tight = {"tiers": {"default": [{"floor": 0, "maintenance": 0.1, "leverage": 2}]}}
    scenario = small_scenario(
        agents={
            "makers": {"all": {"venue": "perps", "count": 2, "markets": {"A-PERP": 2e5, "B-PERP": 4e4}, "capital": 0.2}}
        }
    )
    perps = scenario["venues"]["perps"]
    scenario["venues"]["perps"] = perps | {"rules": perps["rules"] | tight}
    simulation = Simulation(Scenario.model_validate(scenario), 1)
    for second in range(3, 10):
        simulation.run_until(micros(float(second)))
        for name in ("A-PERP", "B-PERP"):
            _, held = quoting(simulation, name)
            assert (held["buy"] > 0).all()
            assert (held["sell"] > 0).all()
    bids = [int(quoting(simulation, name)[1]["buy"].sum()) for name in ("A-PERP", "B-PERP")]
    assert bids[0] * 100 / (bids[1] * 0.1 * 50) == pytest.approx(5, rel=0.05)  # in USD, as their depths in calm


@cache
def world():
    """Four brackets, at 125 to 20 times."""
    return Simulation(Scenario.model_validate(small_scenario()), 1).world


@given(margin=st.floats(1, 1e13), leverage=st.floats(1, 125), loss=st.floats(0, 0.5))
def test_what_is_covered_is_the_inverse_of_what_is_asked(margin, leverage, loss):
    own = math.ceil(1e6 / leverage)
    most = covered(world(), 1, margin, own, loss)
    need = [asked(world(), 1, math.floor(notional), own) + loss * notional for notional in (most, 1.0001 * most + 2)]
    assert need[0] <= margin + 2
    assert need[1] > margin * (1 - 1e-9)


def test_nothing_is_covered_by_debt():
    assert covered(world(), 1, -5.0, 10_000, 0.0) == 0.0
