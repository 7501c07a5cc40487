"""A whale against many: room for all that one turn writes, and who pays what when it is deleveraged."""

import numpy as np
import pytest

from cascade_sim.engine.capacity import GROWING, rows_wanted
from cascade_sim.market.constants import QUOTE_BLOCK
from cascade_sim.market.desk import Desk
from cascade_sim.market.records import ADL
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import PERPETUALS, small_scenario

SHORTS = 300
RULES = PERPETUALS["rules"] | {
    "mark": {"rule": "index", "interval": 1},
    "liquidation": {"rule": "full", "max_attempts": 1, "latency": 0.5},
    "waterfall": {"adl": "binance"},
}


def whale_against_many(move: float = -0.5, rules: dict[str, object] = RULES) -> Simulation:
    """One account is long in two markets against three hundred who are short in both; then both assets fall."""
    sizes = {"A-PERP": 1.0, "B-PERP": 1.0}
    entries = {"A-PERP": 100, "B-PERP": 50}

    def held(factor: float) -> dict[str, object]:
        return {name: {"size": factor * size, "entry": entries[name]} for name, size in sizes.items()}

    shorts = {f"s{k}": {"venue": "perps", "deposit": 1000, "positions": held(-1)} for k in range(SHORTS)}
    whale = {"whale": {"venue": "perps", "deposit": 5000, "positions": held(SHORTS)}}
    scenario = small_scenario(
        accounts=whale | shorts,
        news=[{"at": 1, "move": move}],
        venues={"perps": PERPETUALS | {"rules": rules}},
    )
    return Simulation(Scenario.model_validate(scenario), seed=1)


def test_deleveraging_a_whale_in_two_markets_fits_into_what_was_asked_for():
    simulation = whale_against_many()
    simulation.run_until(0)
    wanted = dict(zip(GROWING, rows_wanted(simulation.world, simulation.population), strict=True))
    simulation.run(10)
    events = simulation.records.table("events")
    _, rows_at_once = np.unique(events["time"], return_counts=True)
    accounts = len(simulation.world.accounts)
    assert rows_at_once.max() >= 2 * SHORTS > accounts + 64
    assert rows_at_once.max() < wanted["events"]


def test_open_positions_are_counted():
    simulation = whale_against_many()
    assert simulation.world.pools["positions"][0] == 2 * (SHORTS + 1)
    simulation.run(10)
    assert simulation.world.pools["positions"][0] == simulation.world.accounts["open_positions"].sum() == 0


@pytest.mark.parametrize(("move", "below_zero"), [(-0.5, 17_500), (-0.11, -50)])
def test_winners_give_up_what_the_whale_is_below_zero_and_gain_what_it_still_has(move, below_zero):
    simulation = whale_against_many(move)  # 300 of 100 and 300 of 50 USD with a deposit of 5,000
    simulation.run(10)
    events = simulation.records.table("events")
    forgone = events["amount"][events["kind"] == ADL].sum() / MONEY_UNITS
    assert forgone == pytest.approx(below_zero, abs=1e-3)
    fund = simulation.world.funds[1, 1]
    assert fund["bad_debt"] / MONEY_UNITS == pytest.approx(max(below_zero, 0), abs=1e-3)
    assert fund["bad_debt"] == fund["deleveraged"]


def test_the_fund_takes_over_no_hole_larger_than_itself():
    rules = RULES | {"waterfall": {"insurance_fund": 10_000, "fund_capacity": 50, "adl": "binance"}}
    simulation = whale_against_many(-0.5, rules)
    simulation.run(10)
    fund = simulation.world.funds[1, 1]
    assert fund["bad_debt"] == pytest.approx(17_500 * MONEY_UNITS, abs=1)
    assert fund["bad_debt"] == fund["covered"] + fund["deleveraged"]
    assert simulation.world.balances["amount"][1, 1] >= 0


def test_quotes_that_cross_fit_into_what_was_asked_for(simulate):
    """As many quotes as one message holds, each of which takes a part of one resting order."""
    people = {name: {"venue": "perps", "deposit": 1_000_000} for name in ("ann", "bob")}
    simulation = simulate(accounts=people)
    ann, bob = len(simulation.world.accounts) - 2, len(simulation.world.accounts) - 1
    desk = Desk(simulation.world)
    desk.limit(ann, 1, -2 * QUOTE_BLOCK, 10_100)
    wanted = dict(zip(GROWING, rows_wanted(simulation.world, simulation.population), strict=True))
    desk.replace_quotes(bob, 1, [(1, 10_100)] * QUOTE_BLOCK)
    assert QUOTE_BLOCK == len(desk.trades()) < wanted["trades"]
