"""Measures of a run against the record, against second methods on the run's own matrices, and where nothing happens."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.impact_weights import closing_moves, impact_weights
from cascade_sim.contagion.margins import Exposures
from cascade_sim.contagion.systemic.debtrank import debtrank_of_each
from cascade_sim.contagion.systemic.names import names_of, with_names
from cascade_sim.contagion.systemic.of_run import systemic_measures_of
from cascade_sim.contagion.systemic.position_branching import position_branching
from cascade_sim.contagion.systemic.sale_inputs import SaleInputs
from cascade_sim.contagion.unpaid_margin import worst_moment
from cascade_sim.runner import run
from cascade_sim.scenario.scenario import Scenario
from tests.conftest import small_scenario

NAMES = ["name", "role", "cohort", "accounts"]
COLUMNS = {
    "debtrank": ["debtrank", "equity"],
    "clearing": ["owed", "paid", "recovery", "equity"],
    "vulnerability": [
        "direct_loss",
        "indirect_loss",
        "sold",
        "loss_to_others",
        "systemicness",
        "indirect_vulnerability",
        "equity",
    ],
    "fire_sale": ["direct_loss", "indirect_loss", "sold", "breaking_point", "equity"],
    "overlaps": ["index"],
    "branching": ["brings_down", "notional_down", "brought_down_by"],
}


@pytest.fixture(scope="module")
def holdings(crash):
    """What accounts held in the small crash."""
    return Holdings(crash)


@pytest.fixture(scope="module")
def measures(holdings):
    """Its measures just before the news."""
    return systemic_measures_of(holdings, 20.0)


@pytest.fixture(scope="module")
def spot_only():
    """A run in which nothing but spot is traded."""
    venues = {"spot": small_scenario()["venues"]["spot"]}
    people = {"sam": {"venue": "spot", "deposit": 1_000, "holdings": {"A": 10}}}
    scenario = Scenario.model_validate(small_scenario(venues=venues, oracles={}, accounts=people))
    return run(scenario, seed=1, counterfactual=False, summary=False)


def one_pass(impact, equity, first):
    """DebtRank of one failure, member by member."""
    count = len(equity)
    distress, state = np.zeros(count), ["untouched"] * count
    distress[first], state[first] = 1.0, "fresh"
    while "fresh" in state:
        before, walking = distress.copy(), [i for i in range(count) if state[i] == "fresh"]
        for j in range(count):
            distress[j] = min(1.0, before[j] + sum(impact[i][j] * before[i] for i in walking))
        for j in range(count):
            if state[j] == "fresh":
                state[j] = "spent"
            elif state[j] == "untouched" and distress[j] > 0:
                state[j] = "fresh"
    worth = np.maximum(equity, 0.0)
    return (distress @ worth - worth[first]) / worth.sum()


def test_debtrank_of_the_run_against_a_loop(holdings):
    weights = impact_weights(holdings, 20.0, largest=40)
    impact = weights.weights.toarray()
    assert np.count_nonzero(impact) > 200
    expected = [one_pass(impact, weights.equity, i) for i in range(40)]
    assert debtrank_of_each(weights.weights, np.maximum(weights.equity, 0)) == pytest.approx(expected)
    table = systemic_measures_of(holdings, 20.0, largest=40).debtrank
    assert table["debtrank"][weights.labels].to_numpy() == pytest.approx(expected)
    assert table["debtrank"].is_monotonic_decreasing


@pytest.mark.parametrize("time", [25.0, 30.0, 90.0])
def test_owners_owe_the_bad_debt_on_record_and_what_is_open(everything, time):
    table = systemic_measures_of(everything, time).clearing
    owners = table[table["accounts"] > 0]
    state = Holdings(everything).at(time)
    below = state["collateral"][~state["role"].isin(["fund", "absorber"])].clip(upper=0).sum()
    samples = everything.series[everything.series["time"] == time]
    recorded = samples.groupby("venue")["bad_debt"].first().sum()
    assert recorded > 0
    assert owners["owed"].sum() == pytest.approx(recorded - below, abs=1e-5)


def test_no_account_pays_more_than_it_owes(everything):
    table = systemic_measures_of(everything, 30.0).clearing
    assert (table["paid"] <= table["owed"] + 1e-9).all()
    assert table["equity"].min() >= -1e-6
    assert set(table.loc[table["accounts"] == 0, "name"]) == {"venue perps", "venue spot"}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_tables_have_names_and_their_columns(measures, name):
    table = getattr(measures, name)
    assert list(table.columns) == NAMES + COLUMNS[name]
    assert len(table) > (1 if name == "clearing" else 100)
    assert table["name"].is_unique
    assert table["name"].notna().all()


def test_names_come_from_the_accounts(crash, measures):
    accounts = crash.accounts
    fire = measures.fire_sale
    assert (fire["role"] == accounts["role"][fire.index]).all()
    several = measures.debtrank[measures.debtrank["accounts"] > 1]
    owned = accounts["owner"].value_counts()
    assert len(several) > 3
    assert (several["accounts"] == owned[several.index]).all()


def test_named_accounts_keep_their_names(by_hand):
    names = names_of(by_hand.accounts, "account")["name"]
    assert {"long-1", "long-6", "short", "seller"} <= set(names)
    table = with_names(pd.DataFrame({"x": [1.0, 2.0]}, index=["owner 3", "venue exchange"]), names_of(by_hand.accounts))
    assert table["name"].tolist() == [names_of(by_hand.accounts)["name"][3], "venue exchange"]
    assert table["accounts"].tolist() == [1, 0]


def test_who_brings_down_whom_by_moving_prices(holdings):
    # The second way: move the marks by what the closing does to the books, and ask the margin formulas again.
    found = position_branching(holdings, 20.0)
    exposures = Exposures.at(holdings, 20.0)
    rows = exposures.accounts.index.get_indexer(found.accounts)
    falls = closing_moves(holdings, 20.0, exposures.markets, exposures.notional[rows])
    matrix, differ = found.matrix.toarray().astype(bool), 0
    safe = (exposures.collateral >= exposures.maintenance().sum(axis=1))[rows]
    for i in found.table["brings_down"].to_numpy().argsort()[-20:]:
        lost = exposures.notional @ falls[i]
        accounts = exposures.accounts.assign(collateral=exposures.accounts["collateral"] - lost)
        after = replace(exposures, notional=exposures.notional * (1 - falls[i]), accounts=accounts)
        fails = (after.collateral < after.maintenance().sum(axis=1))[rows] & safe
        fails[i] = False
        differ += int((fails != matrix[i]).sum())
    assert matrix.sum() > 50
    assert differ <= 0.02 * matrix.sum()  # positions that change their bracket on the way
    assert found.table["brings_down"].sum() == found.table["brought_down_by"].sum() == matrix.sum()


def test_the_radius_is_the_same_in_accounts_and_in_dollars(holdings):
    found = position_branching(holdings, 30.0)
    worth = SaleInputs.at(holdings, 30.0).positions.abs().sum(axis=1)[found.accounts].to_numpy()
    in_dollars = found.matrix.toarray() * worth[None, :] / worth[:, None]
    assert found.radius > 1
    assert found.radius == pytest.approx(np.abs(np.linalg.eigvals(in_dollars)).max())


def test_margin_breaks_where_the_scenario_says(holdings):
    # The limit of the fire sale is the venue's own: who is beyond it now is who lacks maintenance margin now.
    inputs, exposures = SaleInputs.at(holdings, 30.0), Exposures.at(holdings, 30.0)
    margin = pd.Series(exposures.maintenance().sum(axis=1), exposures.accounts.index)[inputs.positions.index]
    leverage = inputs.positions.abs().sum(axis=1) / inputs.collateral
    beyond = (leverage > inputs.max_leverage) | (inputs.collateral <= 0)
    assert (beyond == (inputs.collateral < margin)).all()
    assert inputs.collateral.sum() > 0
    assert not set(exposures.accounts.index[~exposures.watched]) & set(inputs.positions.index)


def test_the_worst_moment_unless_told(crash):
    assert systemic_measures_of(crash).time == worst_moment(crash)
    assert systemic_measures_of(crash, 5.0).time == 5.0


def test_nothing_later_is_used(crash, measures):
    cut = {kind: frame[frame["time"] <= 20.0] for kind, frame in crash.events.items()}
    cut = {kind: frame for kind, frame in cut.items() if len(frame)}
    early = replace(
        crash,
        events=cut,
        series=crash.series[crash.series["time"] <= 20.0],
        trades=crash.trades[crash.trades["time"] <= 20.0],
        depth_profile=crash.depth_profile[crash.depth_profile["time"] <= 20.0],
    )
    found = systemic_measures_of(early, 20.0)
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(measures, name))


def test_a_calm_run_has_no_debts(calm):
    found = systemic_measures_of(calm)
    assert found.clearing["owed"].sum() == 0
    assert found.clearing["recovery"].isna().all()
    assert found.clearing["name"].tolist() == ["venue exchange"]


def test_an_empty_book_has_no_measures_of_sales(by_hand):
    found = systemic_measures_of(by_hand, 0.0)
    assert found.without_depth == ["X-PERP"]
    for name in ("vulnerability", "fire_sale", "overlaps"):
        assert list(getattr(found, name).columns) == NAMES + COLUMNS[name]
        assert getattr(found, name).empty
    assert np.isnan(found.spiral_radius)
    assert np.isnan(found.largest_overlap)


def test_spot_only(spot_only):
    found = systemic_measures_of(spot_only, 5.0)
    for name in COLUMNS:
        assert list(getattr(found, name).columns) == NAMES + COLUMNS[name]
    assert found.debtrank.empty
    assert found.branching.empty
    assert found.branching_radius == 0
    assert found.clearing["owed"].sum() == 0


def test_owners_bear_the_number_of_their_account(crash):
    """Numbers of owners can't be asked about; those of accounts can."""
    accounts, names = crash.accounts, names_of(crash.accounts)
    for owner, name in names["name"].items():
        if name != names.at[owner, "cohort"]:
            assert accounts.at[int(name.rsplit(" ", 1)[1]), "owner"] == owner
