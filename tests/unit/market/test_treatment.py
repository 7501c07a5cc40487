"""What is suppressed, and what is not, in the cascade that is worked by hand."""

import numpy as np
import pytest

from cascade_sim.intervention import Intervention
from cascade_sim.market import records as r
from cascade_sim.market.roles import ABSORBER
from cascade_sim.market.treatment import PAID_IN
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation

LONG_1, LONG_2, LONG_3, LONG_4, LONG_5, LONG_6, SHORT, BIDDER, SELLER = range(3, 12)
FUND, ABSORBER_ROW = 1, 2


def by_hand(sale=25, **treated):
    """The cascade by hand with a sale of some size, one thing done differently; checked all the way."""
    scenario = load_scenario("by-hand", [f"orders.20.size=-{sale}"])
    simulation = Simulation(scenario, seed=1, checks=True, intervention=Intervention(**treated))
    simulation.run(10)
    return simulation


def events(simulation, kind):
    rows = simulation.records.table("events")
    return rows[rows["kind"] == kind]


def breached(simulation):
    return events(simulation, r.BREACH)["account"].tolist()


def money(simulation, account):
    return simulation.world.balances["amount"][account, 1] / MONEY_UNITS


def test_accounts_stand_where_these_tests_look():
    roster = by_hand().roster
    names = {group.cohort: group.first for group in roster.groups}
    assert [names[f"long-{k}"] for k in range(1, 7)] == [LONG_1, LONG_2, LONG_3, LONG_4, LONG_5, LONG_6]
    assert (names["short"], names["seller"], names["absorber"]) == (SHORT, SELLER, ABSORBER_ROW)


def test_the_whole_cascade():
    assert breached(by_hand()) == [LONG_1, LONG_2, LONG_3, LONG_4]


def test_liquidation_closed_at_mark():
    # The sale ends at 98. Without the 12 of long-1 the 12 of long-2 go at 98 (5) and 97 (7), which breaches long-3;
    # its 9 go at 97 (3) and 96 (6), and long-4 would breach at 95.
    simulation = by_hand(liquidations=((LONG_1, 1),))
    assert breached(simulation) == [LONG_1, LONG_2, LONG_3]
    trades = simulation.records.table("trades")
    assert set(trades["cause"]) == {0, 2, 3}
    assert len(events(simulation, r.LIQUIDATION_ORDER)) == 2
    taken = events(simulation, r.TAKEOVER)
    assert [(row["account"], row["lots"], row["code"]) for row in taken] == [(LONG_1, 12, ABSORBER)]
    assert taken["amount"].tolist() == [0]
    assert simulation.world.positions["lots"][ABSORBER_ROW, 0] == 12
    assert simulation.world.positions["cost"][ABSORBER_ROW, 0] == 12 * 98 * MONEY_UNITS
    assert simulation.world.markets["last"][1] == 96


def test_only_the_liquidation_that_is_meant():
    simulation = by_hand(liquidations=((LONG_1, 2), (LONG_5, 1)))
    assert simulation.records.digest() == by_hand().records.digest()


@pytest.mark.parametrize(("before", "spared"), [(30, False), (31, True), (32, False), (40, False)])
def test_the_thirty_second_liquidation_and_no_later_one(before, spared):
    intervention = Intervention(liquidations=((LONG_1, 32),))
    simulation = Simulation(load_scenario("by-hand"), seed=1, checks=True, intervention=intervention)
    simulation.world.treatments["breaches"][LONG_1] = before
    simulation.run(10)
    assert (LONG_1 in events(simulation, r.TAKEOVER)["account"]) == spared


def twice(burn_in, **treated):
    """An account under water from the beginning, that buys again after the start and is liquidated once more."""
    scenario = load_scenario("by-hand").model_dump(mode="json")
    scenario |= {
        "burn_in": burn_in,
        "accounts": {
            "twice": {
                "venue": "exchange",
                "deposit": 5.9,
                "leverage": 200,
                "positions": {"X-PERP": {"size": 12, "entry": 100}},
            },
            "short": {"venue": "exchange", "deposit": 1e5, "positions": {"X-PERP": {"size": -12, "entry": 100}}},
        },
        "orders": [
            {"at": 0.5, "account": "short", "market": "X-PERP", "size": 12, "price": 100},
            {"at": 2, "account": "short", "market": "X-PERP", "size": -6, "price": 100},
            {"at": 3, "account": "twice", "market": "X-PERP", "size": 6, "price": 100},
            {"at": 4, "account": "short", "market": "X-PERP", "size": 20, "price": 99},
            {"at": 5, "account": "short", "market": "X-PERP", "size": -1, "price": 99},
        ],
    }
    scenario["venues"]["exchange"]["rules"]["mark"]["interval"] = 1
    scenario["accounts"]["seller"] = scenario["accounts"]["short"] | {"positions": {}}
    scenario["orders"][-1]["account"] = "seller"
    simulation = Simulation(
        Scenario.model_validate(scenario), seed=1, checks=True, intervention=Intervention(**treated)
    )
    simulation.run(burn_in + 10)
    return simulation


def test_liquidations_of_the_burn_in_are_not_counted():
    burn_in = 5
    plain = twice(burn_in)
    times = events(plain, r.BREACH)["time"] / 1e6
    assert len(times) == 2
    assert times[0] < burn_in < times[1]
    assert len(events(plain, r.TAKEOVER)) == 0
    first = twice(burn_in, liquidations=((3, 1),))
    assert events(first, r.TAKEOVER)["cause"].tolist() == [2]
    second = twice(burn_in, liquidations=((3, 2),))
    assert second.records.digest() == plain.records.digest()


def test_without_a_burn_in_the_first_one_counts():
    simulation = twice(0, liquidations=((3, 1),))
    assert events(simulation, r.TAKEOVER)["cause"].tolist() == [1]


def test_account_taken_out():
    simulation = by_hand(accounts=(LONG_1,))
    assert breached(simulation) == [LONG_2, LONG_3]
    rows = simulation.records.table("events")
    assert not np.isin(LONG_1, [rows["account"], rows["other"]])
    assert simulation.world.positions["lots"][[LONG_1, ABSORBER_ROW], 0].tolist() == [0, 12]
    assert simulation.world.positions["cost"][ABSORBER_ROW, 0] == 1200 * MONEY_UNITS
    assert money(simulation, LONG_1) == pytest.approx(11.97)


def test_account_taken_out_sends_nothing():
    simulation = by_hand(accounts=(SELLER,))
    assert len(simulation.records.table("trades")) == 0
    assert simulation.world.markets["orders"][1] == 20


def test_link_cut_in_the_only_market_is_the_account_taken_out():
    cut, out = by_hand(links=((LONG_1, "X-PERP"),)), by_hand(accounts=(LONG_1,))
    assert cut.records.digest() == out.records.digest()


def test_margin_paid_in_is_what_is_missing():
    # At 98: long-1 has 11.97 - 24 and needs 5.88, long-2 has 23.91 - 24 and needs 5.88; nobody else is in reach.
    simulation = by_hand(guaranteed=(LONG_1, LONG_2))
    assert breached(simulation) == []
    paid = events(simulation, r.TRANSFER)
    assert dict(zip(paid["account"].tolist(), (paid["amount"] / MONEY_UNITS).tolist(), strict=True)) == pytest.approx(
        {LONG_1: 17.91, LONG_2: 5.97}
    )
    assert set(paid["code"]) == {PAID_IN}
    assert money(simulation, LONG_1) == pytest.approx(11.97 + 17.91)


def test_margin_is_paid_in_at_every_breach():
    # long-2 to long-4 sell 41 from 98 on: 5, 10, 10, 10 and 6 at 94; long-1 needs more with every mark.
    simulation = by_hand(guaranteed=(LONG_1,))
    assert LONG_1 not in breached(simulation)
    world = simulation.world
    last = int(world.markets["last"][1])
    paid = events(simulation, r.TRANSFER)
    assert len(paid) > 1
    assert set(paid["account"]) == {LONG_1}
    # Equity at the lowest mark is maintenance of 12 * mark * 0.5 %.
    lowest = simulation.records.table("trades")["level"].min()
    assert lowest == last
    assert money(simulation, LONG_1) - 12 * (100 - last) == pytest.approx(12 * last * 0.005)
    assert paid["amount"].sum() / MONEY_UNITS == pytest.approx(12 * last * 0.005 + 12 * (100 - last) - 11.97)


def test_one_message_lost():
    plain = by_hand()
    assert by_hand(orders=((SELLER, 1_000_000),)).world.markets["last"][1] == 100
    missed = by_hand(orders=((BIDDER, 1_000_000),))
    assert missed.records.digest() == plain.records.digest()


def test_messages_of_the_first_microsecond_can_be_lost_too():
    # All bids arrive at once, when the clock stands at zero.
    assert len(by_hand(orders=((BIDDER, 0),)).records.table("trades")) == 0
    assert len(by_hand(orders=((SELLER, 0),)).records.table("trades")) > 0


def test_nothing_is_nothing():
    scenario = load_scenario("by-hand")
    simulation = Simulation(scenario, seed=1, intervention=Intervention())
    assert simulation.world.clock["treated"][0] == 0
    simulation.run(10)
    assert simulation.records.digest() == by_hand().records.digest()
