"""Two markets and three accounts, worked by hand: cross margin carries a loss over, isolated margin does not."""

import numpy as np
import pytest

from cascade_sim.experiments.counterfactuals.repeating import Original
from cascade_sim.experiments.counterfactuals.variants import Variant, run_variant
from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.market import records as r
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

BOTH, ONLY_A, ONLY_B, OTHER, BIDDER, SELLER, WRITER = range(5, 12)
A_PERP, B_PERP = 0, 1  # columns

RULES = {
    "mark": {"rule": "last", "interval": 0},
    "liquidation": {"rule": "full", "latency": 0.0, "retry_interval": 1.0},
    "tiers": {"default": [{"floor": 0, "maintenance": 0.004, "leverage": 125}]},
}
MARKETS = {"A-PERP": {"asset": "A", "tick": 0.01, "lot": 1}, "B-PERP": {"asset": "B", "tick": 0.1, "lot": 0.1}}


def account(deposit, a=0, b=0):
    positions = {"A-PERP": {"size": a, "entry": 100}, "B-PERP": {"size": b, "entry": 50}}
    return {
        "venue": "perps",
        "deposit": deposit,
        "leverage": 125,
        "positions": {name: position for name, position in positions.items() if position["size"] != 0},
    }


def scenario():
    """The account with A and B has 800 USD; A falls by 7.03, B's bids are 100 at 50 and the rest at 49."""
    rich = account(1e6)
    base = small_scenario()
    orders = [
        {"at": 0.1, "account": "bidder", "market": "B-PERP", "size": 100, "price": 50},
        {"at": 0.1, "account": "bidder", "market": "B-PERP", "size": 1000, "price": 49},
        {"at": 0.1, "account": "bidder", "market": "A-PERP", "size": 1, "price": 92.97},
        {"at": 0.1, "account": "bidder", "market": "A-PERP", "size": 500, "price": 92.9},
        {"at": 1, "account": "seller", "market": "A-PERP", "type": "market", "size": -1},
        {"at": 3, "account": "both", "market": "B-PERP", "size": 0.1, "price": 48},
        {"at": 3, "account": "writer", "market": "A-PERP", "size": 1, "price": 80},
        {"at": 3, "account": "writer", "market": "B-PERP", "size": 1, "price": 40},
    ]
    return Scenario.model_validate(
        base
        | {
            "venues": {"perps": {"rules": RULES, "markets": MARKETS}, "spot": base["venues"]["spot"]},
            "accounts": {
                "both": account(800, 100, 300),
                "only A": account(900, 100),
                "only B": account(100, 0, 100),
                "other": account(1e6, -200, -400),
                "bidder": rich,
                "seller": rich,
                "writer": account(1000),
                "spot": {"venue": "spot", "deposit": 1000, "holdings": {"A": 5}},
            },
            "orders": orders,
        }
    )


def simulate(**treated):
    simulation = Simulation(scenario(), seed=1, checks=True, intervention=Intervention(**treated))
    simulation.run(5)
    return simulation


def rows_of(simulation, kind):
    rows = simulation.records.table("events")
    return rows[rows["kind"] == kind]


def test_cross_margin_carries_the_loss_over():
    # 800 - 703 = 97 is less than 0.4 % of 9 297 + 15 000: all of B is sold too, 100 at 50 and 200 at 49, and with B at
    # 49 the holder of B alone has 100 - 100 left.
    simulation = simulate()
    assert rows_of(simulation, r.BREACH)["account"].tolist() == [BOTH, ONLY_B]
    trades = simulation.records.table("trades")
    forced = trades[trades["cause"] > 0]
    assert forced["market"].tolist() == [2, 2, 1, 2]
    assert forced["lots"].tolist() == [-1000, -2000, -100, -1000]


@pytest.mark.parametrize("treated", [{"isolated": (BOTH,)}, {"all_isolated": True}])
def test_isolated_margin_does_not(treated):
    # Of the 800 USD 10 000 / 25 000 stand behind A: 320 - 703 is below zero, and 480 behind B stay.
    simulation = simulate(**treated)
    first = int(simulation.world.treatments["isolated"][BOTH])
    assert rows_of(simulation, r.BREACH)["account"].tolist() == [first + A_PERP]
    assert (rows_of(simulation, r.EXPOSURE)["market"] == 1).all()
    trades = simulation.records.table("trades")
    assert set(trades["market"]) == {1}
    assert simulation.world.balances["amount"][first + B_PERP, 1] == 480 * MONEY_UNITS
    assert simulation.world.positions["lots"][first + B_PERP].tolist() == [0, 3000]
    assert simulation.world.positions["lots"][ONLY_B].tolist() == [0, 1000]


def test_orders_reach_the_part_of_their_market():
    simulation = simulate(isolated=(BOTH,))
    first = int(simulation.world.treatments["isolated"][BOTH])
    assert simulation.world.positions["buy"][[BOTH, first, first + 1]].tolist() == [[0, 0], [0, 0], [0, 1]]


def test_who_holds_nothing_but_sends_orders_to_both_is_divided_equally():
    simulation = simulate(all_isolated=True)
    first = int(simulation.world.treatments["isolated"][WRITER])
    assert simulation.world.balances["amount"][[WRITER, first, first + 1], 1].tolist() == [
        0,
        500 * MONEY_UNITS,
        500 * MONEY_UNITS,
    ]
    assert (simulation.world.positions["count"][[first, first + 1]] == np.eye(2)).all()
    firsts = simulation.world.treatments["isolated"]
    assert np.flatnonzero(firsts).tolist() == [BOTH, OTHER, BIDDER, WRITER]


def test_one_market_only():
    plain = simulate()
    assert simulate(isolated=(ONLY_A, ONLY_B, SELLER)).records.digest() == plain.records.digest()


def test_cut_from_one_market_all_collateral_stands_behind_the_other():
    simulation = simulate(isolated=(BOTH,), links=((BOTH, "A-PERP"),))
    first = int(simulation.world.treatments["isolated"][BOTH])
    assert len(rows_of(simulation, r.BREACH)) == 0
    assert simulation.world.balances["amount"][[first, first + 1], 1].tolist() == [0, 800 * MONEY_UNITS]
    assert simulation.world.positions["lots"][4].tolist() == [0, 0]
    assert simulation.world.positions["lots"][2].tolist() == [100, 0]


def test_orders_that_are_cut_off_never_arrive():
    simulation = simulate(links=((WRITER, "A-PERP"),))
    assert simulation.world.positions["count"][WRITER].tolist() == [0, 1]
    apart = simulate(links=((WRITER, "A-PERP"),), isolated=(WRITER,))
    first = int(apart.world.treatments["isolated"][WRITER])
    assert apart.world.positions["count"][[first, first + 1]].tolist() == [[0, 0], [0, 1]]


def test_one_message_of_a_divided_account():
    simulation = simulate(isolated=(WRITER,), orders=((WRITER, 3_000_000),))
    assert (simulation.world.positions["count"][WRITER:] == 0).all()


def test_topped_up_apart():
    # The part of A needs 0.4 % of 9 297 and has 320 - 703.
    simulation = simulate(isolated=(BOTH,), guaranteed=(BOTH,))
    first = int(simulation.world.treatments["isolated"][BOTH])
    paid = rows_of(simulation, r.TRANSFER)
    assert paid["account"].tolist() == [first]
    assert paid["amount"][0] / MONEY_UNITS == pytest.approx(383 + 37.188)
    assert len(rows_of(simulation, r.BREACH)) == 0
    found = run_variant(Original(scenario(), 1), Variant(Intervention(isolated=(BOTH,), guaranteed=(BOTH,))))
    assert found["topped_up"] == pytest.approx(383 + 37.188)


def test_money_of_spot_markets_is_not_margin():
    with pytest.raises(InterventionError, match=r"its venue spot has spot markets \(A-SPOT\)"):
        simulate(isolated=(12,))


def test_nobody_to_keep_apart_is_said():
    given = scenario().model_dump(mode="json")
    venues = given["venues"]
    venues["perps"]["markets"] |= venues.pop("spot")["markets"]
    given["accounts"].pop("spot")
    mixed = Scenario.model_validate(given)
    with pytest.raises(InterventionError, match="here are A-SPOT; take the spot markets to a venue of their own"):
        Simulation(mixed, 1, intervention=Intervention(all_isolated=True))
    with pytest.raises(InterventionError, match="its venue perps has spot markets"):
        Simulation(mixed, 1, intervention=Intervention(isolated=(BOTH,)))


def test_positions_file(tmp_path):
    # One trader of the file holds both, the other one; the account on the other side is nobody's.
    file = tmp_path / "positions.csv"
    file.write_text(
        "account,market,size,entry,margin\nx,A-PERP,10,100,200\nx,B-PERP,-20,50,200\ny,A-PERP,5,100,100\n",
        encoding="utf-8",
    )
    given = scenario().model_dump(mode="json") | {"positions": {"venue": "perps", "file": str(file)}}
    given |= {"accounts": {}, "orders": []}
    plain = Simulation(Scenario.model_validate(given), seed=1, checks=True)
    apart = Simulation(Scenario.model_validate(given), 1, checks=True, intervention=Intervention(all_isolated=True))
    firsts = apart.world.treatments["isolated"]
    (divided,) = np.flatnonzero(firsts)
    first = int(firsts[divided])
    assert apart.world.positions["lots"][[divided, first, first + 1]].tolist() == [[0, 0], [10, 0], [0, -200]]
    assert apart.world.balances["amount"][[first, first + 1], 1].sum() == plain.world.balances["amount"][divided, 1]
    apart.run(2)
