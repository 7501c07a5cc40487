"""What sliders mean: which settings of which scenario they change, and to what."""

import pytest

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.knobs import knobs_of
from cascade_sim.scenario.load import load_scenario

ALL = ["leverage", "maintenance", "rule", "oracle_latency", "depth", "hunters", "news", "seed"]


def knob(scenario, name):
    return {item.name: item for item in knobs_of(scenario)}[name]


def turned(scenario, name, value):
    """The scenario with one knob turned, through the same overrides that the model takes."""
    settings = knob(scenario, name).settings(value)
    assignments = [f"{path.replace('__', '.')}={setting}" for path, setting in settings.items()]
    return load_scenario(scenario.model_dump(mode="json"), assignments, trust=True)


@pytest.fixture(scope="module")
def one():
    return load_scenario("one-market")


@pytest.fixture(scope="module")
def three():
    return load_scenario("flash-crash")


@pytest.mark.parametrize("name", ["one-market", "flash-crash"])
def test_full_scenarios_have_every_knob(name):
    assert [item.name for item in knobs_of(load_scenario(name))] == ALL


def test_a_scenario_without_traders_and_makers_has_the_knobs_that_turn_something():
    assert [item.name for item in knobs_of(load_scenario("by-hand"))] == [
        "maintenance",
        "rule",
        "oracle_latency",
        "seed",
    ]


@pytest.mark.parametrize("name", ["by-hand", "calm", "one-market", "flash-crash"])
def test_untouched_knobs_change_nothing(name):
    assert Desk(load_scenario(name)).settings() == {}


def test_each_knob_turns_what_it_says(one):
    assert turned(one, "leverage", 10).agents.traders["crowd"].leverage.median == 10
    tier = turned(one, "maintenance", 1).venues["perps"].rules.tiers["BTC"][0]
    assert (tier.maintenance, tier.leverage) == (0.01, 50)
    assert turned(one, "rule", "full").venues["perps"].rules.liquidation.rule == "full"
    assert [source.lag for source in turned(one, "oracle_latency", 5).oracles["BTC"].sources] == [2, 5, 5]
    thin = turned(one, "depth", 50).agents.makers
    assert thin["perp-makers"].markets["BTC-PERP"] == 4.5e6
    assert thin["spot-makers"].markets["BTC-SPOT"] == 1.1e6
    assert turned(one, "hunters", 7).agents.hunters["predators"].count == 7
    assert turned(one, "news", -6).news[0].move == pytest.approx(-0.06)
    assert turned(one, "seed", 9) == one


@pytest.mark.parametrize(
    ("before", "total", "after"), [((3, 3), 7, (4, 3)), ((9, 3), 0, (0, 0)), ((9, 3), 40, (30, 10))]
)
def test_hunters_of_all_cohorts_change_in_proportion(one, before, total, after):
    data = one.model_dump(mode="json")
    hunters = data["agents"]["hunters"]
    hunters["others"] = hunters["predators"] | {"count": before[1]}
    hunters["predators"]["count"] = before[0]
    both = load_scenario(data, trust=True)
    assert knob(both, "hunters").start == sum(before)
    changed = turned(both, "hunters", total).agents.hunters
    assert (changed["predators"].count, changed["others"].count) == after


def test_where_nobody_hunts_cohorts_get_the_same(one):
    idle = load_scenario("one-market", ["agents.hunters.predators.count=0"])
    assert turned(idle, "hunters", 5).agents.hunters["predators"].count == 5


def test_all_brackets_and_all_assets_change_in_proportion(three):
    before, after = (each.venues["perps"].rules.tiers for each in (three, turned(three, "maintenance", 0.8)))
    for asset, tiers in before.items():
        for old, new in zip(tiers, after[asset], strict=True):
            assert new.maintenance == pytest.approx(min(2 * old.maintenance, 0.5))
            assert new.leverage == pytest.approx(max(old.leverage / 2, 1))


@pytest.mark.parametrize("name", ["one-market", "flash-crash", "by-hand"])
def test_both_ends_of_every_slider_make_a_scenario(name):
    scenario = load_scenario(name)
    for item in knobs_of(scenario):
        for value in [option for option, _ in item.options] or [item.low, item.high]:
            turned(scenario, item.name, value)


def test_ranges_hold_what_a_scenario_asks_for():
    far = load_scenario("one-market", ["agents.traders.crowd.leverage=40", "news.0.move=-0.4"])
    assert (knob(far, "leverage").start, knob(far, "leverage").high) == (40, 40)
    assert knob(far, "news").low == -40
    assert turned(far, "leverage", 20).agents.traders["crowd"].leverage.value == 20


def test_oracles_without_delay_get_one(one):
    prompt = load_scenario("one-market", [f"oracles.BTC.sources.{k}.lag=0" for k in range(3)])
    assert [source.lag for source in turned(prompt, "oracle_latency", 4).oracles["BTC"].sources] == [4, 4, 4]


@pytest.mark.parametrize(("name", "value"), [("leverage", 0.5), ("news", 3), ("rule", "gently"), ("seed", 100)])
def test_what_no_slider_can_say_is_refused(one, name, value):
    with pytest.raises(ValueError, match=f"{name} must be"):
        knob(one, name).settings(value)


def test_a_desk_counts_what_its_knobs_say(one):
    desk = Desk(one, seed=4)
    desk.choices |= {"leverage": 8, "hunters": 0}
    assert desk.settings() == {
        "agents__traders__crowd__leverage__median": 8,
        "agents__hunters__predators__count": 0,
    }
    assert (desk.seed, desk.markets, desk.scenario.step) == (4, ["BTC-PERP"], 10)
