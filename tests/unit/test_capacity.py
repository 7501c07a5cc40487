"""The tables have room for the most that one turn can write, however many winners it takes from."""

import numpy as np

from cascade_sim.capacity import GROWING, rows_wanted
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import PERPETUALS, small_scenario

SHORTS = 300
RULES = PERPETUALS["rules"] | {
    "mark": {"rule": "index", "interval": 1},
    "liquidation": {"rule": "full", "max_attempts": 1, "latency": 0.5},
    "waterfall": {"adl": "binance"},
}


def whale_against_many() -> Simulation:
    """One account is long in two markets against three hundred who are short in both; then both assets halve."""
    sizes = {"A-PERP": 1.0, "B-PERP": 1.0}
    entries = {"A-PERP": 100, "B-PERP": 50}

    def held(factor: float) -> dict[str, object]:
        return {name: {"size": factor * size, "entry": entries[name]} for name, size in sizes.items()}

    shorts = {f"s{k}": {"venue": "perps", "deposit": 1000, "positions": held(-1)} for k in range(SHORTS)}
    whale = {"whale": {"venue": "perps", "deposit": 5000, "positions": held(SHORTS)}}
    scenario = small_scenario(
        accounts=whale | shorts,
        news=[{"at": 1, "move": -0.5}],
        venues={"perps": PERPETUALS | {"rules": RULES}},
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
