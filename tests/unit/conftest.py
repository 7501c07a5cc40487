"""Runs that several tests look at: the cascade worked by hand, and two minutes of a small flash crash."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

SMALL_CRASH = (
    "duration=120",
    "burn_in=30",
    "news.0.at=20",
    "news.0.over=20",
    "news.0.move=-0.1",
    "agents.traders.crowd.count=300",
)


DATA = Path(os.environ.get("CASCADE_SIM_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def crash_file() -> Callable[[str], Path]:
    """Function that gives the price file of a real crash day, or skips where it is not at hand."""

    def find(day: str) -> Path:
        file = DATA / "prices" / f"btcusdt_perp_1m_{day}.csv"
        if not file.is_file():
            pytest.skip(f"no {file.name} in the data folder (set CASCADE_SIM_DATA)")
        return file

    return find


@pytest.fixture(scope="session")
def by_hand() -> Result:
    """Six longs, a ladder of bids, one sale of 25 units."""
    return run(load_scenario("by-hand"), seed=1)


@pytest.fixture(scope="session")
def calm() -> Result:
    """The same with a sale of 5 units, which liquidates nobody."""
    return run(load_scenario("by-hand", ["orders.20.size=-5"]), seed=1)


@pytest.fixture(scope="session")
def crash() -> Result:
    """The shipped flash crash with 300 traders, over in two minutes."""
    return run(load_scenario("flash-crash", SMALL_CRASH), seed=1)


@pytest.fixture(scope="session")
def crash_folder(crash: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flash crash on disk, without figures."""
    return crash.save(tmp_path_factory.mktemp("results") / "crash", figures=False)
