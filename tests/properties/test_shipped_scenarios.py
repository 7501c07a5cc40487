"""The invariants hold after everything that happens in every shipped scenario."""

import pytest

from cascade_sim.engine.rulebook import micros
from cascade_sim.market.records import DEFAULT
from cascade_sim.scenario.load import load_scenario, preset_names
from cascade_sim.simulation import Simulation
from tests.conftest import unpaid

# Looking at every account after every event takes its time: fewer traders, and a crash that is over in a minute.
SMALL = {
    "calm": ["duration=60", "burn_in=20", "agents.traders.crowd.count=120"],
    "flash-crash": [
        "duration=60",
        "burn_in=20",
        "agents.traders.crowd.count=120",
        "news.0.at=10",
        "news.0.over=15",
        "news.0.move=-0.12",
        "venues.perps.rules.waterfall.insurance_fund=20000",
    ],
}


@pytest.mark.parametrize("name", preset_names())
def test_nothing_is_lost_or_forgotten(name):
    scenario = load_scenario(name, SMALL.get(name, []))
    simulation = Simulation(scenario, seed=3, checks=True)
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    assert simulation.now == micros(scenario.burn_in + scenario.duration)
    assert unpaid(simulation) == {}
    kinds = set(simulation.records.table("events")["kind"].tolist())
    assert DEFAULT in kinds or name != "by-hand"
    assert len(kinds) >= (2 if name == "calm" else 6)
