"""Whatever is done differently: everything that always holds still holds, and nobody treated does what they can't."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cascade_sim.intervention import Intervention
from cascade_sim.market import records as r
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation
from tests.unit.contagion.conftest import EVERYTHING

SCENARIO = load_scenario("flash-crash", [*EVERYTHING, "duration=40"])
MARKETS = ("BTC-PERP", "ETH-PERP", "SOL-PERP")
OPENING = Simulation(SCENARIO, 2)
MEMBERS = np.flatnonzero(OPENING.world.accounts["venue"] == 2)[2:]
DIVISIBLE = OPENING.population.traders["account"][OPENING.population.traders["is_cross"] == 1]
ANYBODY, CROSS = st.sampled_from(MEMBERS.tolist()), st.sampled_from(DIVISIBLE.tolist())
UNDIVIDED = st.sampled_from(np.setdiff1d(MEMBERS, DIVISIBLE).tolist())


def several(what, most=6):
    return st.lists(what, max_size=most, unique=True).map(tuple)


@settings(max_examples=5, derandomize=True)
@given(
    treated=st.builds(
        Intervention,
        accounts=several(ANYBODY),
        links=several(st.tuples(st.one_of(ANYBODY, CROSS), st.sampled_from(MARKETS)), 20),
        guaranteed=several(ANYBODY, 40),
        isolated=several(CROSS, 20),
        all_isolated=st.booleans(),
        liquidations=several(st.tuples(UNDIVIDED, st.integers(1, 3)), 40),
    )
)
def test_invariants_hold(treated):
    simulation = Simulation(SCENARIO, 2, checks=True, intervention=treated)
    barred, isolated = simulation.world.treatments["barred"], np.flatnonzero(simulation.world.treatments["isolated"])
    simulation.run(SCENARIO.burn_in + SCENARIO.duration)
    trades, rows = simulation.records.table("trades"), simulation.records.table("events")
    column = simulation.world.markets["column"][trades["market"]]
    for side in ("taker", "maker"):
        assert not (barred[trades[side]] >> column & 1).any()
        assert not np.isin(trades[side], isolated).any()
    guaranteed = simulation.world.treatments["guaranteed"] != 0
    assert not guaranteed[rows["account"][rows["kind"] == r.BREACH]].any()
    assert (simulation.world.positions["lots"][isolated] == 0).all()
    gone = np.flatnonzero(barred == 0xFFFFFFFF)
    assert not np.isin(rows["account"], gone).any()
