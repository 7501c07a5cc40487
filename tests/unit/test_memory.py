"""A run that is too large for the memory is refused in words."""

import math
import re

import pytest

from cascade_sim import memory
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import RunError, Simulation


@pytest.fixture
def available(monkeypatch):
    """Function that sets how many bytes there are."""
    return lambda count: monkeypatch.setattr(memory, "available_memory", lambda: count)


def suggested(said, setting):
    """The value that a message suggests for a setting."""
    return float(re.search(rf"{setting} of at (?:least|most) ([\d.]+)", said).group(1))


def test_the_system_says_what_is_available():
    assert 1e6 < memory.available_memory() <= math.inf


@pytest.mark.parametrize("field", ["sample_interval", "map_interval"])
def test_too_many_rows_are_refused_with_what_fits(available, field):
    available(1e9)
    long = ["duration=100000", "sample_interval=5", "map_interval=50", f"{field}=0.01"]
    with pytest.raises(RunError, match=rf"^{field}: every 0.01 s for 100,000 s makes .* 1\.0 GB are available") as said:
        memory.check_size(load_scenario("by-hand", long))
    for setting in (field, "duration"):
        fits = load_scenario("by-hand", [*long, f"{setting}={suggested(str(said.value), setting)}"])
        memory.check_size(fits)


def test_without_maps_only_the_series_counts(available):
    available(1e9)
    memory.check_size(load_scenario("by-hand", ["duration=100000", "sample_interval=1", "map_interval=0"]))


def test_a_run_is_refused_before_it_starts(available):
    available(1_000)
    with pytest.raises(RunError, match=r"^sample_interval: "):
        run(load_scenario("by-hand"), seed=1)


def test_a_run_that_records_more_than_expected_is_stopped(available):
    simulation = Simulation(load_scenario("by-hand", ["duration=6000"]), seed=1)
    simulation.run(600)
    taken = simulation.records.size()
    available(62 * taken)
    memory.check_growth(simulation)
    available(30 * taken)
    with pytest.raises(RunError, match=r"^duration: in 600 s the run has recorded") as said:
        memory.check_growth(simulation)
    assert 2500 < suggested(str(said.value), "duration") < 3100


def test_the_shipped_scenarios_fit_into_a_gibibyte(available):
    available(2**30)
    for name in ("by-hand", "calm", "flash-crash"):
        memory.check_size(load_scenario(name))
