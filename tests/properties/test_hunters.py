"""Hunters among a crowd in a crash: within their budget, out for good once they cover, and honest about money."""

import pytest

from cascade_sim.agents.hunt import IDLE
from cascade_sim.model import CascadeModel
from tests.conftest import crowded_scenario

LEVERAGE = 4.0


def crash_with_hunters():
    scenario = crowded_scenario() | {"map_interval": 2, "step": 0.1}
    rules = scenario["venues"]["perps"]["rules"]
    # Closing winners against their will is no trade, and is left out so that trades are all the cash flow.
    rules |= {"mark": {"rule": "last", "interval": 0}, "transparency": "exact"}
    rules["waterfall"] |= {"adl": "none"}
    scenario["agents"]["hunters"] = {
        "pack": {
            "venue": "perps",
            "count": 5,
            "capital": {"law": "lognormal", "median": 1e5, "sigma": 1.0},
            "leverage": LEVERAGE,
            "interval": 2,
            "profit": 0,
            "patience": 5,
        }
    }
    return scenario


def held(model, hunter):
    """Lots and cost of the hunter's position in the market it hunts in."""
    world = model.simulation.world
    row = world.positions[hunter.account_row, int(world.markets["column"][hunter.market])]
    return int(row["lots"]), int(row["cost"])


def watch(model):
    """Run, and note every hunter's position at every step, by hunter and hunt."""
    seen = {}
    while model.running:
        model.step()
        for k, hunter in enumerate(model.hunters):
            lots, cost = held(model, hunter)
            if lots != 0:
                seen.setdefault((k, hunter.hunts), []).append((lots, cost, hunter.before))
    return seen


@pytest.fixture(scope="module", params=range(1, 6))
def hunted(request):
    model = CascadeModel(crash_with_hunters(), rng=request.param)
    seen = watch(model)
    result = model.result()
    model.close()
    return seen, result


def test_a_push_stays_within_the_budget(hunted):
    for positions in hunted[0].values():
        assert all(abs(cost) <= LEVERAGE * before for _, cost, before in positions)


def test_a_hunt_only_ever_shrinks_once_it_has_been_at_its_largest(hunted):
    for positions in hunted[0].values():
        lots = [lots for lots, _, _ in positions]
        sizes = [abs(one) for one in lots]
        largest = sizes.index(max(sizes))
        assert sizes[:largest] == sorted(sizes[:largest])
        assert sizes[largest:] == sorted(sizes[largest:], reverse=True)
        assert min(lots) > 0 or max(lots) < 0


def test_profit_is_cash_flow_and_the_value_of_what_is_left(hunted):
    _, result = hunted
    accounts, trades = result.accounts, result.trades
    hunters = accounts[accounts["role"] == "hunter"]
    assert len(hunters) == 5
    mark = result.market("BTC-PERP")["mark"].iloc[-1]
    for own, row in hunters.iterrows():
        took, gave = trades[trades["taker"] == own], trades[trades["maker"] == own]
        cash = (gave["size"] * gave["price"]).sum() - (took["size"] * took["price"]).sum()
        cash -= took["taker_fee"].sum() + gave["maker_fee"].sum() + row["loss_paid"]
        assert row["profit"] == pytest.approx(cash + row["size_BTC-PERP"] * mark, abs=1e-4)


def test_they_hunt(hunted):
    assert len(hunted[0]) >= 3  # enough for the tests above to have something to look at


def test_slow_hunters_do_not_forget_what_they_hold():
    """With four seconds from order to exchange, orders arrive when their hunt seems to be over."""
    scenario = crash_with_hunters()
    scenario["agents"]["hunters"]["pack"] |= {"latency": 4, "participation": 1}
    model = CascadeModel(scenario, rng=1)
    idle_with_lots: dict[int, int] = {}
    longest = 0
    while model.running:
        model.step()
        for k, hunter in enumerate(model.hunters):
            forgets = hunter.phase == IDLE and held(model, hunter)[0] != 0
            idle_with_lots[k] = idle_with_lots.get(k, 0) + 1 if forgets else 0
            longest = max(longest, idle_with_lots[k])
    assert sum(hunter.hunts for hunter in model.hunters) > 0
    assert longest * 0.1 < 2 * scenario["agents"]["hunters"]["pack"]["interval"]
    model.close()
