"""A ladder of ten units at 100, 99, 98, ... and six longs, worked out with pencil and paper."""

import pytest

from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

# size of the sale -> average price of the sale and of each liquidation, units sold, cash, last price
CASES = {
    5: ([100.0], 5, 500, 100),
    15: ([99.66667, 98.41667, 97.25, 96.11111], 48, 4708, 96),
    25: ([99.2, 97.41667, 96.25, 95.11111, 93.7], 78, 7534, 93),
}


@pytest.mark.parametrize("size", CASES)
def test_ladder(size):
    averages, sold, cash, last = CASES[size]
    simulation = Simulation(load_scenario("by-hand", [f"orders.20.size=-{size}"]), seed=1, checks=True)
    simulation.run(10)
    trades = simulation.records.table("trades")
    values = trades["lots"] * trades["level"].astype(int)
    for cause, average in enumerate(averages):
        own = trades["cause"] == cause
        assert values[own].sum() / trades["lots"][own].sum() == pytest.approx(average, abs=5e-6)
    assert len(set(trades["cause"])) == len(averages)
    assert trades["lots"].sum() == -sold
    assert values.sum() == -cash
    assert simulation.world.markets["last"][1] == last
    best_bid = simulation.world.markets["bid"][1]
    assert best_bid == (last if size != 5 else 100)
