"""Agents in Python as strategies: paid like everybody, and what is wrong with one is said by file and class."""

import pytest
import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.empirical import play
from cascade_sim.experiments.games.playing.payoffs import play_once
from cascade_sim.experiments.games.playing.played import digest_of
from cascade_sim.experiments.games.questions.players import seat
from cascade_sim.experiments.games.questions.question import GameQuestion, read_game
from cascade_sim.model import CascadeModel

AGENTS = """
from dataclasses import dataclass

from cascade_sim.agents import Agent, Order


@dataclass
class Notes:
    sold: int = 0


class Seller(Agent):
    venue = "perps"
    deposit = 1e6
    size = 0.5
    interval = 2.0

    def decide(self, view):
        return [Order(market="BTC-PERP", size=-self.size, kind="market")] if view.time < 5 else []


class Divider(Seller):
    def decide(self, view):
        return [1 / 0]


class Wisher(Seller):
    def decide(self, view):
        return ["the moon"]


class Broke(Seller):
    deposit = -1.0


class Unborn(Seller):
    def __init__(self, model):
        raise RuntimeError("not today")


class Homeless(Agent):
    pass


class Silent:
    venue = "perps"
"""
BARS = "time,open,high,low,close\n" + "".join(f"2025-01-01T00:0{k}Z,100,100,97,98\n" for k in range(3))
SETTINGS = {
    "duration": 10,
    "burn_in": 0,
    "news": [],
    "agents.investors": {},
    "agents.traders.crowd.count": 20,
}


def game(folder, agent="Seller", file="agents.py", settings=None, **own) -> GameQuestion:
    """One who trades: as an agent of a file, or as a hunter who never hunts."""
    (folder / "agents.py").write_text(AGENTS)
    strategies = {"mine": {"agent": f"{file}:{agent}", "set": own}, "nothing": {"set": {"count": 0}}}
    data = {
        "name": "mine",
        "settings": SETTINGS | (settings or {}),
        "roles": {"seller": {"cohort": "hunters.predators", "players": 2, "strategies": strategies}},
        "seeds": {"at_least": 2, "at_most": 2},
    }
    (folder / "game.yaml").write_text(yaml.safe_dump(data))
    return read_game(str(folder / "game.yaml"))


def test_an_agent_is_a_strategy_and_nothing_is_lost(tmp_path):
    asked = game(tmp_path)
    played = play(asked, workers=1)
    assert played.outcomes["welfare"].abs().max() < 1e-3
    mine = played.samples[played.samples["strategy"] == "mine"]
    assert (mine["held"] > 1e5).all()  # half a unit at every wake-up
    assert (played.samples.query("strategy == 'nothing'")["payoff"] == 0).all()


def test_attributes_are_set_for_the_strategy(tmp_path):
    one, _ = play_once(game(tmp_path).model_dump_json(), (((1, 1),), 3))
    other, _ = play_once(game(tmp_path, size=0.25).model_dump_json(), (((1, 1),), 3))
    assert other[0]["held"] == pytest.approx(one[0]["held"] / 2, rel=0.05)


def test_luck_hangs_on_the_player_and_not_on_who_else_is_written_in_python(tmp_path):
    asked = game(tmp_path)
    seller = asked.roles["seller"].model_copy(update={"players": 1})
    mine = {"mine": seller.strategies["mine"]}
    other = seller.model_copy(update={"cohort": "liquidators.keepers", "strategies": mine})
    two = asked.model_copy(update={"roles": {"first": seller, "second": other}})
    addresses = []
    for profile in (((1, 0), (1,)), ((0, 1), (1,))):
        seating = seat(two, profile)
        model = CascadeModel(seating.scenario, rng=1, custom=seating.guests)
        addresses.append(model.simulation.population.customs["address"][1:].tolist())
        model.close()
    both, alone = addresses
    assert both[1:] == alone


WRONG = {
    "file": ({"file": "nowhere.py"}, "nowhere.py:Seller:\n.*can't be read: FileNotFoundError"),
    "module": ({"file": "no.such.module"}, "no.such.module:Seller:\n.*can't be read: ModuleNotFoundError"),
    "class": ({"agent": "Sellers"}, "agents.py:Sellers:\n.*no such class.*it has.*Seller"),
    "no agent": ({"agent": "Silent"}, "agents.py:Silent:\n.*no class with a method decide"),
    "no venue": ({"agent": "Homeless"}, "agents.py:Homeless:\n.*venue must be one of spot, perps; got None"),
    "attribute": ({"sizes": 3}, "agents.py:Seller:\n.*no attribute 'sizes'"),
    "burn-in": ({"settings": {"burn_in": 5}}, "agents in Python need burn_in: 0.*got 5"),
    "money": ({"agent": "Broke"}, "Broke.deposit must be at least 0, got -1"),
    "birth": ({"agent": "Unborn"}, r"agents.py:Unborn:\n.*can't be made: RuntimeError: not today .agents.py, line 38."),
    "decision": (
        {"agent": "Divider"},
        r"agents.py:Divider:\n.*decide failed .* ZeroDivisionError.*agents.py, line 24.",
    ),
    "wish": ({"agent": "Wisher"}, "agents.py:Wisher:\n.*decide returned 'the moon' at place 0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_and_class(tmp_path, case):
    change, message = WRONG[case]
    with pytest.raises(GameError, match=message):
        play(game(tmp_path, **change), workers=1)


def test_an_agent_of_another_text_is_another_game(tmp_path):
    asked = game(tmp_path)
    before = digest_of(asked)
    (tmp_path / "agents.py").write_text(AGENTS.replace("0.5", "0.6"))
    assert digest_of(asked) != before


def test_prices_of_another_text_are_another_game(tmp_path):
    prices = tmp_path / "bars.csv"
    prices.write_text(BARS)
    asked = game(tmp_path, settings={"prices.file": str(prices), "news": []})
    before = digest_of(asked)
    assert digest_of(asked) == before
    prices.write_text(BARS.replace(",98", ",97"))
    assert digest_of(asked) != before
