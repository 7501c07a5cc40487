"""Deleveraging in proportion: everybody on the other side gives up the same share, to the lot."""

import numpy as np
import pytest

from cascade_sim.market.records import ADL
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import PERPETUALS, small_scenario

SHORTS = {"ann": -50.0, "bob": -30.0, "cyd": -20.0}


def deleveraged(adl: str, small_long: float = 40.0, seed: int = 1) -> Simulation:
    """A long of 40 whose margin is gone when the price falls by a fifth, and one of 60 that stays, against shorts."""

    def held(size: float, deposit: float) -> dict[str, object]:
        return {"venue": "perps", "deposit": deposit, "positions": {"A-PERP": {"size": size, "entry": 100}}}

    people = {"small": held(small_long, small_long * 10), "large": held(100 - small_long, 1e6)}
    people |= {name: held(size, 10_000) for name, size in SHORTS.items()}
    rules = PERPETUALS["rules"] | {
        "mark": {"rule": "index", "interval": 1},
        "liquidation": {"rule": "full", "max_attempts": 1, "latency": 0.5},
        "waterfall": {"adl": adl},
    }
    venues = {"perps": PERPETUALS | {"rules": rules}}
    scenario = small_scenario(accounts=people, news=[{"at": 1, "move": -0.2}], venues=venues)
    simulation = Simulation(Scenario.model_validate(scenario), seed, checks=True)
    simulation.run(10)
    return simulation


def given_up(simulation: Simulation) -> list[float]:
    """Lots that each counterparty gave up, in the order of accounts."""
    events = simulation.records.table("events")
    adl = events[events["kind"] == ADL]
    lots = np.zeros(len(simulation.world.accounts), np.int64)
    np.add.at(lots, adl["other"], np.abs(adl["lots"]))
    return [int(own) for own in lots if own]


def test_everybody_gives_up_the_same_share():
    lots = given_up(deleveraged("pro-rata"))
    assert np.array(lots) / sum(lots) == pytest.approx([0.5, 0.3, 0.2])


def test_the_remainder_of_the_rounding_finds_somebody():
    simulation = deleveraged("pro-rata", small_long=39.999)
    lot = simulation.roster.market("A-PERP").lot
    assert sum(given_up(simulation)) == round(39.999 / lot)


def test_a_queue_takes_the_first_one_whole():
    assert len(given_up(deleveraged("binance"))) == 1


def test_what_is_given_up_in_all_is_the_same():
    owed = []
    for rule in ("binance", "pro-rata"):
        simulation = deleveraged(rule)
        events = simulation.records.table("events")
        owed.append(events["amount"][events["kind"] == ADL].sum() / MONEY_UNITS)
    assert owed == pytest.approx([400.0, 400.0])
