"""Populations: addressed luck, opening positions, leverage, and runs without the impact of liquidations."""

import numpy as np
import pytest

from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.recording.accounts import cohort_names
from cascade_sim.runner import run, without_impact
from cascade_sim.scenario.load import load_scenario, scenario_data
from cascade_sim.simulation import Simulation
from tests.unit.conftest import SMALL_CRASH

PERPETUALS = ("BTC-PERP", "ETH-PERP", "SOL-PERP")


def simulation(*settings, seed=1):
    """Small flash crash at time zero."""
    return Simulation(load_scenario("flash-crash", [*SMALL_CRASH, *settings]), seed)


def same_rows(one, other, but=()):
    """Whether two tables of agents agree in every column, accounts' numbers aside."""
    accounts = {name for name in one.dtype.names if "account" in name}
    return all(np.array_equal(one[name], other[name]) for name in one.dtype.names if name not in {*accounts, *but})


@pytest.mark.parametrize("count", [0, 1, 12])
def test_the_number_of_hunters_changes_nobody_elses_luck(count):
    one, other = simulation(), simulation(f"agents.hunters.predators.count={count}")
    assert len(other.population.hunters) == count + 1
    for kind in ("traders", "makers", "liquidators", "arbitrageurs", "investors"):
        assert same_rows(getattr(one.population, kind), getattr(other.population, kind))
    own = one.population.traders["account"][1:]
    assert np.array_equal(own, other.population.traders["account"][1:])
    for table in ("balances", "positions"):
        assert np.array_equal(getattr(one.world, table)[own], getattr(other.world, table)[own])


def test_until_hunters_wake_the_run_is_the_same():
    runs = [simulation(f"agents.hunters.predators.count={count}") for count in (0, 8)]
    first = []
    for each in runs:
        each.run(9)  # the first liquidation map, without which hunters see nothing, is drawn at 10 s
        trades = each.records.table("trades")
        first.append([trades[name].tolist() for name in ("time", "market", "level", "lots", "role")])
    assert len(first[0][0]) > 20
    assert first[0] == first[1]
    for each in runs:
        each.run(100)
    assert runs[0].records.digest() != runs[1].records.digest()


def test_more_traders_keep_the_traits_of_the_first():
    one, other = simulation(), simulation("agents.traders.crowd.count=450")
    # Not the leverage: it is lowered to what the tiers allow for a size, and sizes share the open interest.
    for name in ("belief", "stop_loss", "noise", "patience", "interval", "market", "wakes"):
        assert np.array_equal(one.population.traders[name][1:301], other.population.traders[name][1:301])


def test_another_law_for_one_trait_changes_no_other():
    one, other = simulation(), simulation("agents.traders.crowd.patience=0.9")
    assert same_rows(one.population.traders, other.population.traders, but={"patience"})
    assert (other.population.traders["patience"][1:] == 0.9).all()


def test_another_seed_is_other_people():
    one, other = simulation(), simulation(seed=2)
    assert (one.population.traders["belief"][1:] != other.population.traders["belief"][1:]).all()


def test_opening_positions_have_the_stated_open_interest():
    each = simulation()
    wanted = each.scenario.agents.traders["crowd"].open_interest
    for name in PERPETUALS:
        market = each.world.markets[each.roster.markets[name]]
        lots = each.world.positions["lots"][:, int(market["column"])]
        own = lots[each.population.traders["account"][1:]]
        usd = own.clip(min=0).sum() * each.roster.market(name).lot * each.roster.price(name)
        assert usd == pytest.approx(wanted[name], rel=1e-3)
        venue = each.world.accounts["venue"] == market["venue"]
        assert lots[venue].sum() == 0


def test_cohorts_of_longs_keep_their_open_interest_against_one_of_shorts():
    crowd = scenario_data("one-market")["agents"]["traders"]["crowd"]
    base = {"count": 50, "cross_share": 0.0, "invested": 1.0, "long_share": 1.0}
    sides = {
        "bold": {"open_interest": {"BTC-PERP": 20e6}, "leverage": 20},
        "shy": {"open_interest": {"BTC-PERP": 50e6}},
    }
    sides |= {"hedgers": {"open_interest": {"BTC-PERP": 1e-9}, "long_share": 0.0}}
    data = scenario_data("one-market")
    data["agents"]["traders"] = {name: crowd | base | own for name, own in sides.items()}
    each = Simulation(load_scenario(data), 3)
    worth = each.world.positions["lots"][:, int(each.world.markets["column"][each.roster.markets["BTC-PERP"]])] * 12.17
    cohorts = cohort_names(each)
    held = {name: worth[cohorts == name].sum() for name in (*sides, "basis")}
    assert held["bold"] == pytest.approx(20e6, rel=1e-4)
    assert held["shy"] == pytest.approx(50e6, rel=1e-4)
    assert held["basis"] == pytest.approx(-30e6, rel=1e-4)
    assert sum(held.values()) == pytest.approx(0.0, abs=1e-6)


def test_nobody_starts_in_liquidation():
    each = simulation()
    each.run(2)
    assert each.records.table("events")["kind"].tolist().count(3) == 0  # no breach


def test_the_tiers_bound_the_leverage_of_large_positions():
    each = simulation("agents.traders.crowd.leverage=100")
    traders = each.population.traders[1:]
    column = int(each.world.markets["column"][each.roster.markets["BTC-PERP"]])
    size = np.abs(each.world.positions["lots"][traders["account"], column])
    usd = size * each.roster.market("BTC-PERP").lot * 121_700
    for floor, most in ((600_000, 75), (3_000_000, 50), (12_000_000, 25)):
        assert (traders["leverage"][usd > floor * 1.001] <= most).all()
    assert (usd > 600_000).sum() > 10


@pytest.fixture(scope="module")
def unlevered():
    """The small flash crash where traders owe nothing."""
    scenario = load_scenario("flash-crash", [*SMALL_CRASH, "agents.traders.crowd.leverage=1"])
    return run(scenario, seed=1, counterfactual=False)


def test_without_leverage_nobody_is_liquidated(unlevered, crash):
    assert crash.accounts.loc[crash.accounts["role"] == "trader", "liquidations"].sum() > 10
    assert "breach" not in unlevered.events
    assert unlevered.summary["liquidations"]["liquidations"] == 0
    assert (unlevered.trades["cause"] == 0).all()
    assert unlevered.summary["paid"]["bad_debt"] == 0


def test_without_leverage_prices_fall_with_the_news(unlevered):
    for asset in ("BTC", "ETH", "SOL"):
        market = unlevered.summary["markets"][f"{asset}-SPOT"]
        assert market["fall"] == pytest.approx(market["fall_of_fundamental"], abs=0.02)


@pytest.fixture(scope="module")
def no_impact():
    """The small flash crash with liquidations closed at mark."""
    return run(without_impact(load_scenario("flash-crash", SMALL_CRASH)), seed=1, counterfactual=False)


def test_without_impact_no_liquidation_reaches_the_book(no_impact):
    assert len(no_impact.events["breach"]) > 3
    assert (no_impact.trades["cause"] == 0).all()
    assert "forced" not in set(no_impact.trades["origin"])
    assert (no_impact.moves["cause"] == 0).all()
    assert "liquidation_order" not in no_impact.events
    assert no_impact.series["forced_volume"].sum() == 0
    assert no_impact.contagion().number_of_edges() == 0


def test_without_impact_the_absorber_takes_everything_at_mark(no_impact):
    taken = no_impact.events["takeover"]
    assert set(taken["by"]) == {"absorber"}
    roles = no_impact.accounts["role"]
    assert set(roles[taken["taker"]]) == {"absorber"}
    marks = no_impact.events["mark"]
    for item in taken.iloc[:10].itertuples():
        published = marks[(marks["market"] == item.market) & (marks["time"] <= item.time)]["mark"].iloc[-1]
        assert item.mark == pytest.approx(published)
        assert item.discount == 0


def test_without_impact_is_what_the_counterfactual_shows(no_impact, crash):
    for name in PERPETUALS:
        other = crash.without_impact[crash.without_impact["market"] == name]
        assert other["mid"].tolist() == no_impact.market(name)["mid"].tolist()


def test_the_two_runs_are_one_until_the_first_liquidation(no_impact, crash):
    first = crash.events["breach"]["time"].min()
    rows = crash.series[crash.series["time"] <= first]
    assert len(rows) > 60
    assert rows["mid"].tolist() == no_impact.series["mid"].iloc[: len(rows)].tolist()
    assert crash.series["mid"].tolist() != no_impact.series["mid"].tolist()


def test_roles_stand_where_they_belong(crash):
    found = crash.accounts.groupby("role")["venue"].agg(lambda venues: set(venues)).to_dict()
    assert set(found) <= set(ROLE_NAMES)
    assert found["trader"] == found["hunter"] == found["liquidator"] == {"perps"}
    assert found["investor"] == {"spot"}
    assert found["maker"] == found["arbitrageur"] == {"perps", "spot"}


@pytest.mark.parametrize(
    "cohort",
    ["traders.crowd", "makers.perp-makers", "makers.spot-makers", "arbitrageurs.basis", "investors.slow-money"],
)
def test_a_cohort_of_nobody_can_be_run(cohort):
    settings = [f"agents.{cohort}.count=0"]
    if cohort == "traders.crowd":
        settings.append("agents.arbitrageurs.basis.count=0")  # else they would be short, and nobody long
    each = simulation(*settings)
    each.run(20)
    kind = cohort.split(".")[0]
    assert len(getattr(each.population, kind)) == (16 if kind == "makers" else 1)  # row 0 stands for none
    assert (each.world.positions["lots"].sum(axis=0) == 0).all()
