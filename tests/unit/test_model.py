"""The Mesa face: steps of any length give the same run, and views of agents are in units."""

import gc
import weakref

import numpy as np
import pytest

from cascade_sim.market.roles import TRADER
from cascade_sim.model import CascadeModel, Cohort
from cascade_sim.scenario.load import ScenarioError, load_scenario
from tests.unit.conftest import SMALL_CRASH


def small_crash(**settings):
    """Model of the small flash crash."""
    return CascadeModel(load_scenario("flash-crash", SMALL_CRASH), rng=1, **settings)


@pytest.fixture(scope="module")
def finished():
    """Model of the small flash crash, run to its end in one call."""
    model = small_crash()
    model.run()
    return model


def test_one_call_gives_the_digest_of_run(finished, crash):
    assert finished.simulation.records.digest() == crash.manifest["event_digest"]
    assert not finished.running
    assert finished.seconds == 120


@pytest.mark.parametrize("step", [0.25, 1.0, 7.5])
def test_steps_of_any_length_give_the_digest_of_run(crash, step):
    model = small_crash(step=step)
    count = 0
    while model.running:
        model.step()
        count += 1
    assert count == 120 / step
    assert model.simulation.records.digest() == crash.manifest["event_digest"]


def test_steps_and_calls_mix(crash):
    model = small_crash()
    model.step()
    model.run(50)
    assert (model.seconds, model.running) == (51, True)
    model.step()
    model.run()
    assert model.simulation.records.digest() == crash.manifest["event_digest"]


def test_the_result_is_that_of_run(finished, crash):
    summary = finished.result().summary
    for name, market in summary["markets"].items():
        assert market == {key: crash.summary["markets"][name][key] for key in market}
    for part in ("liquidations", "paid", "profit"):
        assert summary[part] == crash.summary[part]


def test_settings_by_keyword():
    model = CascadeModel("by-hand", rng=1, orders__20__size=-15, duration=4, title="a: b #c")
    model.run()
    assert model.market("X-PERP").last == 96  # the ladder of the sale of 15, worked by hand
    assert (model.scenario.duration, model.scenario.title) == (4, "a: b #c")
    with pytest.raises(ScenarioError, match="duratio: there is no such setting"):
        CascadeModel("by-hand", duratio=4)


def test_the_seed_is_kept():
    drawn = CascadeModel("by-hand")
    again = CascadeModel("by-hand", rng=drawn.seed_of_run)
    assert again.seed_of_run == drawn.seed_of_run
    assert CascadeModel("by-hand", rng=np.random.default_rng(3)).seed_of_run >= 0
    assert CascadeModel("by-hand", seed=5).seed_of_run == 5
    with pytest.raises(ValueError, match="from 0 to"):
        CascadeModel("by-hand", rng=2**63)


def test_the_collector_is_the_series(finished, crash):
    frame = finished.datacollector.get_model_vars_dataframe()
    assert len(frame) == 121
    own = crash.market("ETH-PERP")["mid"]
    assert frame["mid ETH-PERP"].to_dict() == pytest.approx(own.to_dict())


def test_cohorts_are_mesa_agents(finished):
    cohorts = {agent.name: agent for agent in finished.agents}
    assert all(isinstance(agent, Cohort) for agent in cohorts.values())
    assert (len(cohorts["crowd"]), len(cohorts["predators"]), len(cohorts["keepers"])) == (300, 3, 5)
    assert len(cohorts["perp-makers"]) == 15  # five makers on three markets
    assert repr(cohorts["crowd"]) == "<Cohort 'crowd' of 300 traders>"
    assert len(finished.traders) == 300


def test_equities_of_individuals_are_those_of_the_accounts(finished):
    accounts = finished.result().accounts
    own = accounts[accounts["role"] == "trader"]
    assert finished.traders.equities() == pytest.approx(own["end"].to_numpy(), abs=0.01)
    total = sum(trader.position("BTC-PERP").size for trader in finished.traders)
    assert total == pytest.approx(own["size_BTC-PERP"].sum())


def test_a_traders_view_by_hand():
    model = CascadeModel("flash-crash", rng=1, burn_in=0, duration=10, agents__traders__crowd__count=200)
    held = [t for t in model.traders if t.position("BTC-PERP").size > 0 and not t.is_cross]
    assert len(held) > 10
    for trader in held[:20]:
        position, mark = trader.position("BTC-PERP"), model.market("BTC-PERP").mark
        assert trader.notional == pytest.approx(position.size * mark)
        assert position.profit == pytest.approx(position.size * (mark - position.entry), abs=0.01)
        assert trader.effective_leverage == pytest.approx(trader.notional / trader.equity)
        assert trader.margin_ratio == pytest.approx(trader.maintenance_margin / trader.equity)
        assert not trader.is_being_liquidated


def test_liquidation_price_of_a_small_long_in_closed_form():
    model = CascadeModel("flash-crash", rng=1, burn_in=0, duration=10, agents__traders__crowd__count=200)
    mark = model.market("BTC-PERP").mark
    checked = 0
    for trader in model.traders:
        position = trader.position("BTC-PERP")
        only = trader.notional == pytest.approx(abs(position.size) * mark)
        if position.size > 0 and only and trader.notional < 49_000:
            # Below 50,000 USD maintenance is 0.4 %: equity + size (P - mark) = 0.004 size P.
            price = (position.size * mark - trader.equity) / position.size / (1 - 0.004)
            if price > 0:
                assert trader.liquidation_price("BTC-PERP") == pytest.approx(price, abs=2)
                checked += 1
    assert checked > 5


def test_individuals_behave_like_a_sequence(finished):
    traders = finished.traders
    assert traders[-1].address == traders[len(traders) - 1].address
    assert [t.address for t in traders[2:5]] == [traders[k].address for k in (2, 3, 4)]
    assert traders.get("leverage").tolist() == [t.leverage for t in traders]
    assert len(traders.to_frame()) == 300
    with pytest.raises(ValueError, match="read-only"):
        traders.get("leverage")[0] = 1
    with pytest.raises(IndexError, match="there are 300, got index 300"):
        traders[300]
    with pytest.raises(AttributeError, match="has no 'charm'"):
        _ = traders[0].charm
    assert int(finished.simulation.world.accounts["role"][traders[0].account_row]) == TRADER


def test_a_closed_model_is_let_go():
    model = CascadeModel("by-hand", rng=1)
    watched = weakref.ref(model)
    model.run(2)
    model.close()
    del model
    gc.collect()
    assert watched() is None


def test_a_result_before_the_first_step_can_be_saved(tmp_path):
    result = CascadeModel("by-hand", rng=1).result()
    assert result.series["time"].tolist() == [0.0]
    assert result.summary["liquidations"]["liquidations"] == 0
    folder = result.save(tmp_path / "r")
    assert not (folder / "figures").exists()
