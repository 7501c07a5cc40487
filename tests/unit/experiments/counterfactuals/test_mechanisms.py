"""Mechanisms switched off one by one: what stops, and that nothing else changes."""

import numpy as np
import pytest

from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS, with_mechanisms
from cascade_sim.experiments.counterfactuals.shapley import coalitions
from cascade_sim.experiments.counterfactuals.what_made_the_fall import price_paths
from cascade_sim.recording.accounts import cohort_names
from cascade_sim.recording.recorder import Recorder
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation
from tests.unit.conftest import SMALL_CRASH

ALL = frozenset(MECHANISMS)
SCENARIO = load_scenario("flash-crash", SMALL_CRASH)


def ran(*, off, scenario=SCENARIO):
    """The small crash without one mechanism, run to its end."""
    simulation = Simulation(with_mechanisms(scenario, ALL - {off}), 1)
    simulation.run(SCENARIO.burn_in + SCENARIO.duration)
    return simulation


def takers(simulation, venue):
    """Cohorts of those who took from the books of a venue."""
    trades = simulation.records.table("trades")
    rows = [simulation.roster.markets[name] for name in SCENARIO.venues[venue].markets]
    return set(cohort_names(simulation)[trades["taker"][np.isin(trades["market"], rows)]])


def opened(scenario, seed):
    """Money, lots and cost of every account at the start, by cohort and venue."""
    simulation = Simulation(scenario, seed)
    world = simulation.world
    found = {}
    for group in simulation.roster.groups:
        rows = slice(group.first, group.first + len(group.owners))
        held = (world.balances["amount"][rows], world.positions["lots"][rows], world.positions["cost"][rows])
        found.setdefault((group.venue, group.cohort), []).append([part.tolist() for part in held])
    return found


def test_everybody_starts_with_the_same_whatever_is_off():
    whole = opened(SCENARIO, 3)
    for group in coalitions(list(MECHANISMS)):
        expected = {key: held for key, held in whole.items() if key[1] != "predators" or "hunters" in group}
        assert opened(with_mechanisms(SCENARIO, group), 3) == expected
    assert any(np.any(lots) for _, cohort in whole for _, lots, _ in whole[_, cohort])


def changes(before, after, path=()):
    """Paths at which two nested dicts differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {p for key in before | after for p in changes(before.get(key), after.get(key), (*path, key))}
    return set() if before == after else {path}


@pytest.mark.parametrize(
    ("off", "settings"),
    [
        ("liquidation_impact", {"has_impact"}),
        ("withdrawal", {"volatility_scale", "direction_scale", "loss_limit", "spread_response"}),
        ("arbitrage", {"interval", "hedge_share"}),
    ],
)
def test_only_the_named_settings_change(off, settings):
    found = changes(SCENARIO.model_dump(), with_mechanisms(SCENARIO, ALL - {off}).model_dump())
    named = {next(key for key in path if key in settings) for path in found if settings & set(path)}
    assert named == settings
    assert all(settings & set(path) for path in found)


def test_all_on_is_the_scenario_itself():
    assert with_mechanisms(SCENARIO, ALL) == SCENARIO


def test_without_arbitrage_feedback_nobody_carries_the_perpetual_into_spot():
    eager = load_scenario("flash-crash", [*SMALL_CRASH, "agents.makers.perp-makers.hedge_band=0"])
    assert {"basis", "perp-makers"} <= takers(ran(off="hunters", scenario=eager), "spot")
    simulation = ran(off="arbitrage", scenario=eager)
    assert takers(simulation, "spot") <= {"slow-money", "spot-makers"}
    assert "basis" not in takers(simulation, "perps")


def test_without_arbitrage_feedback_spot_does_not_notice_liquidations():
    """Bit for bit: nothing that happens on the derivatives venue reaches the spot market."""
    spot = list(SCENARIO.venues["spot"].markets)
    on, off = (
        price_paths(with_mechanisms(SCENARIO, group), 1)[0] for group in ({"liquidation_impact", "hunters"}, set())
    )
    assert not np.array_equal(on["BTC-PERP"], off["BTC-PERP"])
    assert all(np.array_equal(on[name], off[name]) for name in spot)


def least_depth(scenario):
    """Smallest share of its depth that a maker shows on a side when the fall is over."""
    simulation = Simulation(scenario, 1)
    simulation.run(SCENARIO.burn_in + 45)
    makers = simulation.population.makers[1:]
    return min(makers["bid_factor"].min(), makers["ask_factor"].min())


def test_without_withdrawal_only_inventory_takes_depth_away():
    endless = [f"agents.makers.{name}.inventory=1e15" for name in SCENARIO.agents.makers]
    patient = load_scenario("flash-crash", [*SMALL_CRASH, *endless])
    assert least_depth(with_mechanisms(patient, ALL - {"withdrawal"})) == pytest.approx(1.0, abs=1e-9)
    assert least_depth(patient) < 0.5
    assert least_depth(with_mechanisms(SCENARIO, ALL - {"withdrawal"})) < 0.9


def test_mids_are_those_of_the_series():
    simulation = ran(off="hunters")
    series = Recorder(simulation).series()
    mids, values = price_paths(simulation.scenario, 1)
    for name, market in simulation.roster.scenario.markets.items():
        own = series[series["market"] == name]
        np.testing.assert_allclose(mids[name] * market[1].tick, own["mid"], rtol=1e-14)
        np.testing.assert_array_equal(values[name], own["fundamental"])


def test_an_unknown_mechanism_is_refused():
    with pytest.raises(ValueError, match="'panic' is not one of liquidation_impact, hunters"):
        with_mechanisms(SCENARIO, {"panic"})
