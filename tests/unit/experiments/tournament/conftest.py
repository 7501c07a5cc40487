"""Students' files, good and bad, and a small tournament of them."""

from dataclasses import replace

import pytest

from cascade_sim.experiments.tournament.entrants import built_in, read_entrants
from cascade_sim.experiments.tournament.referee import Limits
from cascade_sim.experiments.tournament.rounds import hold, terms_of
from cascade_sim.scenario.load import load_scenario
from tests.conftest import crowded_scenario

GOOD = """
from cascade_sim.agents import Agent, Order

class Buyer(Agent):
    leverage = 2.0

    def decide(self, view):
        if view.position("BTC-PERP").size == 0:
            return [Order(market="BTC-PERP", size=0.5, kind="market")]
        return []

class _NotThisOne(Buyer):
    pass
"""
FINE = """
from cascade_sim.agents import Agent, Order

class Gambler(Agent):
    def decide(self, view):
        return [Order(market="BTC-PERP", size=0.01 * (self.model.rng.random() - 0.5), kind="market")]

class RoundTrip(Agent):
    def decide(self, view):
        held = view.position("BTC-PERP").size
        if held == 0 and view.time < 8:
            return [Order(market="BTC-PERP", size=0.5, kind="market")]
        if held > 0 and view.time > 20:
            return [Order(market="BTC-PERP", size=-held, kind="market")]
        return []
"""
BAD = """
import os
import time
from cascade_sim.agents import Agent, Order

class Thief(Agent):
    def decide(self, view):
        view._world.balances["amount"][view._account] = 10**15
        return []

class Sleeper(Agent):
    def decide(self, view):
        while True:
            pass

class Quitter(Agent):
    def decide(self, view):
        os._exit(1)

class Clockwatcher(Agent):
    def decide(self, view):
        return [Order(market="BTC-PERP", size=0.001 * (1 + time.time_ns() // 1000 % 97), kind="market")]

class Idler(Agent):
    pass
"""

WORSE = """
from cascade_sim.agents import Agent, Order, Quotes

class Forgetful(Agent):
    def decide(self, view):
        return self.nothing

class Greedy(Agent):
    def decide(self, view):
        return [Quotes(market="BTC-PERP", pairs=[(0.01, 50_000.0)]), Order(market="MOON-PERP", size=1, kind="market")]

class Hoarder(Agent):
    def decide(self, view):
        self.views = [*getattr(self, "views", []), view]
        return []
"""


@pytest.fixture(scope="session")
def school(tmp_path_factory):
    """A folder with files of students."""
    folder = tmp_path_factory.mktemp("school")
    files = {
        "good.py": GOOD,
        "fine.py": FINE,
        "bad.py": BAD,
        "worse.py": WORSE,
        "broken.py": "class X(Agent:\n",
        "empty.py": "x = 1\n",
    }
    files["absent.py"] = "import surely_not_there\nfrom cascade_sim.agents import Agent\nclass Y(Agent): ...\n"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def market():
    """Half a minute of a small market with bad news."""
    hunters = {"predators": {"venue": "perps", "count": 1}}
    data = crowded_scenario(60, duration=30, news=[{"at": 10, "over": 5, "move": -0.05}])
    return load_scenario(data | {"agents": data["agents"] | {"hunters": hunters}})


@pytest.fixture(scope="session")
def terms(market):
    """Terms under which nobody has to wait long for an endless loop."""
    return replace(terms_of(market, 100_000.0), limits=Limits(decision=0.5, run=60.0))


@pytest.fixture(scope="session")
def held(school, market, terms):
    """All of them, and two that do nothing or make the market, on two seeds."""
    files = [school / name for name in ("good.py", "bad.py", "broken.py", "absent.py")]
    entrants = [*read_entrants(files), *built_in(["Rest", "Maker"])]
    return hold(entrants, market, (0, 1), workers=1, terms=terms)
