"""Attackers who follow their plan: they end with what they began with, in every market."""

import pytest

from cascade_sim.experiments.games.questions.attackers import Attacker, OracleAttacker
from cascade_sim.model import CascadeModel
from cascade_sim.scenario.load import load_scenario

QUIET = ["duration=90", "agents.hunters={}", "accounts={}", "assets.BTC.volatility=0.2"]


def left_with(agent_class, **attributes):
    """Position, money, stock and number of trades after a run with one attacker."""
    agent = type(agent_class.__name__, (agent_class,), attributes)
    model = CascadeModel(load_scenario("hunting-ground", QUIET), rng=3, custom=[agent])
    model.run()
    world, row = model.simulation.world, model.simulation.population.customs["account"][1]
    position = int(abs(world.positions["lots"][row]).sum())
    money, stock = (int(world.balances["amount"][row, column]) for column in (1, 2))
    traded = int((model.simulation.records.table("trades")["taker"] == row).sum())
    model.close()
    return position, money / 1e6, stock / 1e8, traded


def test_a_push_into_nothing_is_closed_and_costs_more_than_its_fees():
    position, money, _, traded = left_with(Attacker, push=450_000.0)
    assert position == 0
    assert money < 1_000_000 - 2 * 450_000 * 0.0005
    assert traded > 0


def test_without_a_push_nothing_is_traded():
    assert left_with(Attacker) == (0, 1_000_000.0, 0.0, 0)


def test_whoever_pushed_the_oracle_has_its_stock_back():
    position, money, stock, _ = left_with(OracleAttacker, pace=20_000.0, lead=5.0)
    assert position == 0
    assert stock == pytest.approx(40.0, abs=0.001)
    assert money < 6_000_000
