"""Quoting obligations and makers' rebates: none by default, kept in stress, bounded by money, paid out of fees."""

from types import SimpleNamespace

import pytest

from cascade_sim.agents.quoting_obligation import obliged_half_spread, obliged_share
from cascade_sim.engine.rulebook import micros
from cascade_sim.scenario.load import ScenarioError, load_scenario
from cascade_sim.simulation import Simulation
from tests.conftest import unpaid

# What is compiled needs rows of a table; what it was made of takes anything with the right names.
SHARE, HALF_SPREAD = (getattr(kernel, "py_func", kernel) for kernel in (obliged_share, obliged_half_spread))
CRASH = (
    "duration=90",
    "burn_in=20",
    "agents.traders.crowd.count=150",
    "news.0.at=10",
    "news.0.over=20",
    "news.0.move=-0.1",
)
OBLIGED = ("agents.makers.perp-makers.obligation=0.9", "agents.makers.perp-makers.obligation_relief=1000000")


def crashed(*settings, until=110.0, checks=False):
    simulation = Simulation(load_scenario("one-market", [*CRASH, *settings]), 3, checks=checks)
    simulation.run_until(micros(until))
    return simulation


def test_nobody_is_obliged_by_default():
    one = crashed()
    others = ("agents.makers.perp-makers.obligation_relief=1", "agents.makers.perp-makers.obligation_spread=0.00001")
    assert one.records.digest() == crashed(*others).records.digest()
    assert one.records.digest() != crashed(*OBLIGED).records.digest()


@pytest.mark.parametrize(("excess", "share"), [(0.0, 0.6), (4.0, 0.3), (12.0, 0.15)])
def test_the_floor_gives_way_in_stress(excess, share):
    maker = SimpleNamespace(obligation=0.6, obligation_relief=4.0, obligation_spread=0.001)
    assert SHARE(maker, excess) == pytest.approx(share)


def test_only_the_obliged_are_kept_from_quoting_wide():
    free, bound = (SimpleNamespace(obligation=share, obligation_spread=0.001) for share in (0.0, 0.1))
    assert HALF_SPREAD(free, 0.02) == 0.02
    assert HALF_SPREAD(bound, 0.02) == 0.001
    assert HALF_SPREAD(bound, 0.0005) == 0.0005


def depth_of_bids(*settings):
    """Lots that stand to be bought in the perpetual while it falls."""
    simulation = crashed(*settings, until=50.0)
    m = simulation.roster.markets["BTC-PERP"]
    market = simulation.world.markets[m]
    return int(simulation.world.levels[m, : int(market["bid"]) + 1]["lots"].sum())


def test_an_obliged_book_is_deeper_in_a_fall():
    assert depth_of_bids(*OBLIGED) > 1.1 * depth_of_bids()


def test_a_maker_without_money_is_not_obliged_to_quote():
    poor = ("agents.makers.perp-makers.capital=0.001", "agents.makers.perp-makers.leverage=1")
    assert depth_of_bids(*OBLIGED, *poor) < 0.2 * depth_of_bids(*OBLIGED)


def test_rebates_come_out_of_takers_fees_and_nothing_is_lost():
    simulation = crashed("venues.perps.rules.fees.maker=-0.0004", *OBLIGED, checks=True)
    assert unpaid(simulation) == {}
    m = simulation.roster.markets["BTC-PERP"]
    market = simulation.world.markets[m]
    trades = simulation.records.table("trades")
    own = trades[trades["market"] == m]
    assert (own["maker_fee"] <= 0).all()
    assert own["maker_fee"].sum() < 0
    kept = simulation.world.funds[market["venue"], market["currency"]]["fees"]
    assert kept == own["taker_fee"].sum() + own["maker_fee"].sum() > 0


@pytest.mark.parametrize("setting", ["obligation=1.2", "obligation=-0.1", "obligation_relief=0", "obligation_spread=1"])
def test_what_can_not_be_is_refused(setting):
    with pytest.raises(ScenarioError, match=setting.partition("=")[0]):
        load_scenario("one-market", [f"agents.makers.perp-makers.{setting}"])
