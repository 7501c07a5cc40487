"""Same scenario and seed, same digest: however the run is cut, wherever it runs, whatever tables hold."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cascade_sim.market.world import EVENT_TABLES
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation
from tests.conftest import crowded_scenario

SECONDS = 60


def digest(seed=1, cuts=(), **changes):
    """Digest of a minute with a cascade, run in pieces."""
    simulation = Simulation(load_scenario(crowded_scenario(**changes)), seed)
    for cut in sorted(cuts):
        simulation.run_until(cut)
    simulation.run_until(SECONDS * 10**6)
    return simulation.records.digest()


@pytest.fixture(scope="module")
def whole():
    """Digest of the run in one call."""
    return digest()


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, SECONDS * 10**6), max_size=10))
def test_steps_of_any_length(whole, cuts):
    assert digest(cuts=cuts) == whole


def test_another_seed_is_another_run(whole):
    assert digest(seed=2) != whole


def test_capacities_change_nothing(whole):
    simulation = Simulation(load_scenario(crowded_scenario()), seed=1)
    for name in ("entries", "messages", "quotes"):
        simulation.grow(name)
    simulation.run_until(0)
    tiny = {name: np.zeros(8, row_type) for name, row_type in EVENT_TABLES.items()}
    simulation.world = simulation.world._replace(**tiny)
    simulation.run_until(SECONDS * 10**6)
    assert simulation.records.digest() == whole


def test_a_second_process(whole):
    code = "from tests.properties.test_repeatability import digest; print(digest())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == whole
