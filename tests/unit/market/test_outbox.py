"""Messages under way: none is lost, and an agent that wants to send too many ends the run."""

import pytest

from cascade_sim import simulation as simulation_module
from cascade_sim.market import exchange
from cascade_sim.market.constants import LINK, NONE, OUTBOX
from cascade_sim.market.kernel import entry
from cascade_sim.market.outbox import clear, order, post
from cascade_sim.market.roles import CUSTOM
from cascade_sim.simulation import RunError, Simulation


@entry
def send_orders(w, account, market, count):
    """Write a number of small bids into the outbox and send them."""
    clear(w)
    for k in range(count):
        order(w, exchange.LIMIT, LINK(account), LINK(market), 1, 9_000 + k, NONE)
    post(w, CUSTOM, 0, 0, 1_000, 0.0)


PEOPLE = {"ann": {"venue": "perps", "deposit": 1e6, "leverage": 20}}
ANN, A_PERP = 5, 1


def test_a_full_outbox_arrives_whole_and_in_order(simulate):
    simulation = simulate(accounts=PEOPLE)
    send_orders(simulation.world, ANN, A_PERP, OUTBOX)
    simulation.run(1)
    assert simulation.world.pools["orders"][0] == OUTBOX
    assert simulation.world.markets["bid"][A_PERP] == 9_000 + OUTBOX - 1


def test_one_message_too_many_sends_nothing_and_is_counted(simulate):
    simulation = simulate(accounts=PEOPLE)
    send_orders(simulation.world, ANN, A_PERP, OUTBOX + 1)
    assert simulation.world.pools["messages"][0] == 0
    assert simulation.world.pools["outbox"][0] == OUTBOX + 1


def test_an_agent_that_sends_too_much_ends_the_run(simulate, monkeypatch):
    class Talker:
        venue, deposit, holdings, leverage, interval, latency = "perps", 100.0, {}, 1.0, 1.0, 0.1

        def decide(self, view):
            return []

    def flood(world, roster, account, wishes):
        world.pools["outbox"] = 70

    monkeypatch.setattr(simulation_module, "write_wishes", flood)
    talkative = Simulation(simulate().scenario, seed=1, guests=[Talker()])
    with pytest.raises(RunError, match=r"the custom with account 5 wanted to send 70 messages at once, .*at most 64"):
        talkative.run(10)
