"""Unpaid variation margin: its totals against the bad debt on record, and the network that it makes."""

from dataclasses import replace

import numpy as np
import pytest

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.liabilities import liabilities
from cascade_sim.contagion.unpaid_margin import borne_by, owed_by, worst_moment


@pytest.fixture(scope="module")
def holdings(everything):
    """Holdings of the run in which everything happens."""
    return Holdings(everything)


def bad_debt(result, time):
    """Bad debt of all venues that the exchange itself had counted by a sample."""
    return result.series[result.series["time"] == time].groupby("venue")["bad_debt"].first().sum()


@pytest.mark.parametrize("time", [0.0, 20.0, 25.0, 30.0, 60.0, 90.0])
def test_what_is_owed_is_the_bad_debt_on_record(everything, holdings, time):
    assert owed_by(holdings, time)["recorded"].sum() == pytest.approx(bad_debt(everything, time), abs=1e-5)


def test_deficits_of_accounts(everything, holdings):
    owed = owed_by(holdings, 90.0)
    assert (owed["recorded"] >= everything.accounts["deficit"] - 1e-9).all()
    assert owed["recorded"].sum() > everything.accounts["deficit"].sum() > 0


def test_somebody_bears_all_that_is_owed(everything, holdings):
    losses = everything.events["loss"]
    nobody = losses.loc[losses["payer"] == 0, "amount"].sum()
    borne = borne_by(holdings, 90.0)["recorded"]
    assert borne.sum() + nobody == pytest.approx(owed_by(holdings, 90.0)["recorded"].sum())
    assert (borne[everything.accounts["role"] == "absorber"] == 0).all()
    assert (borne >= everything.accounts["loss_paid"] - 1e-9).all()


def moment_below_zero(result, holdings):
    """A time just before a deficit is written down, when the account has yet to be closed out."""
    for time in result.events["breach"]["time"]:
        if owed_by(holdings, time)["open"].sum() > 0:
            return time
    raise AssertionError("nobody breached below zero")


def test_what_is_open_falls_on_fund_and_winners(everything, holdings):
    time = moment_below_zero(everything, holdings)
    state, owed, borne = holdings.at(time), owed_by(holdings, time), borne_by(holdings, time)
    below = state["collateral"].clip(upper=0).where(~state["role"].isin(["fund", "absorber"]), 0.0)
    assert owed["open"].sum() == pytest.approx(-below.sum())
    assert borne["open"].sum() == pytest.approx(owed["open"].sum())
    winners = state["collateral"] > state["balance"]
    assert (borne["open"][~winners & (state["role"] != "fund")] == 0).all()


def test_graph_and_matrix_agree(holdings):
    network = liabilities(holdings, 90.0)
    graph, matrix = network.graph(), network.matrix().toarray()
    assert list(graph) == network.labels
    for source, target, data in graph.edges(data=True):
        assert matrix[network.labels.index(source), network.labels.index(target)] == pytest.approx(data["amount"])
    assert np.count_nonzero(matrix) == graph.number_of_edges() > 20
    owed = sum(data["amount"] for source, _, data in graph.edges(data=True) if source.startswith("owner"))
    assert owed == pytest.approx(owed_by(holdings, 90.0).sum().sum())
    assert all((s.startswith("venue") != t.startswith("venue")) for s, t in graph.edges)


def test_owners_bring_what_they_have_elsewhere(everything, holdings):
    network, state = liabilities(holdings, 90.0), holdings.at(90.0)
    worth = state["equity"].clip(lower=0).groupby(state["owner"]).sum()
    for name, assets in zip(network.labels, network.outside_assets(), strict=True):
        assert assets == (pytest.approx(worth[int(name.split()[1])]) if name.startswith("owner") else 0.0)
    by_account = liabilities(holdings, 90.0, by="account")
    assert by_account.edges["amount"].sum() == pytest.approx(network.edges["amount"].sum())


def test_a_debt_here_meets_equity_there(everything, holdings):
    # Give the largest debtor's owner an account with money on the other venue.
    debtor = owed_by(holdings, 90.0)["recorded"].idxmax()
    state = holdings.at(90.0)
    rich = state.loc[state["venue"] == "spot", "equity"].idxmax()
    accounts = everything.accounts.copy()
    accounts.loc[rich, "owner"] = accounts.loc[debtor, "owner"]
    network = liabilities(replace(everything, accounts=accounts), 90.0)
    name = f"owner {accounts.loc[debtor, 'owner']}"
    assert state.loc[rich, "equity"] > 0
    assert network.assets[name] == pytest.approx(state.loc[rich, "equity"])
    owed = owed_by(holdings, 90.0).sum(axis=1).max()
    assert network.graph().edges[name, "venue perps"]["amount"] == pytest.approx(owed)


def test_the_worst_moment(everything, by_hand):
    # Of the run: most bad debt within a second. By hand nobody ends below zero: the lowest price, at the end of it.
    rows = everything.series.drop_duplicates(["time", "venue"]).pivot(index="time", columns="venue", values="bad_debt")
    assert worst_moment(everything) == rows.sum(axis=1).diff().idxmax()
    assert liabilities(everything).time == worst_moment(everything)
    assert by_hand.market("X-PERP")["mid"].loc[worst_moment(by_hand)] == by_hand.market("X-PERP")["mid"].min()


def test_nobody_owes_anything(calm):
    network = liabilities(calm)
    assert network.labels == ["venue exchange"]
    assert network.matrix().nnz == 0
