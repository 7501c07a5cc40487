"""Tables of measures by name."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cascade_sim.contagion.systemic.fire_sales import threshold_shock
from cascade_sim.contagion.systemic.measures import systemic_measures
from cascade_sim.contagion.systemic.network_tables import clearing, debtrank_by_owner, loss_weights
from cascade_sim.contagion.systemic.sale_tables import fire_sale_by_account, spiral_radius, vulnerability

LABELS = pd.Index(["a", "b", "c"], name="owner")
IMPACT = np.array([[9, 0.4, 0.2], [0.3, -1, 0.5], [-0.1, 2.0, 0]])
LIABILITIES = np.array([[0, 6, 4], [2, 0, 5], [3, 1, 0.0]])
POSITIONS = pd.DataFrame({"X": [60.0, 10, 0], "Y": [40.0, 40, 5]}, index=LABELS)
EQUITY, DEPTH = pd.Series([10.0, 10, -1], LABELS), pd.Series({"X": 1e3, "Y": 5e2})
SHOCK = pd.Series({"X": -0.05})


def test_gains_and_self_impact_do_not_count():
    assert loss_weights(IMPACT).toarray().tolist() == [[0, 0.4, 0.2], [0.3, 0, 0.5], [0, 1, 0]]


def test_impact_given_in_parts_is_summed_first():
    parts = sparse.coo_array(([0.5, -0.2, 0.9, 0.9], ([0, 0, 1, 1], [1, 1, 0, 0])), shape=(2, 2))
    assert loss_weights(parts).toarray() == pytest.approx(np.array([[0, 0.3], [1, 0]]))


def test_debtrank_is_sorted_and_labelled():
    frame = debtrank_by_owner(IMPACT, [5.0, 3, 2], LABELS)
    # a: b 0.4 + 0.2 * 1 = 0.6 and c 0.2 + 0.4 * 0.5 = 0.4 of 0.3 and 0.2 of value
    assert frame.loc["a"].tolist() == pytest.approx([0.26, 5.0])
    assert frame["debtrank"].is_monotonic_decreasing
    assert frame.index.name == "owner"


def test_owner_without_equity_has_none_to_lose():
    frame = debtrank_by_owner(IMPACT, [5.0, 3, -2], LABELS)
    assert frame.loc["b", "debtrank"] == pytest.approx(0.3 * 5 / 8)


def test_clearing_begins_with_the_largest_unpaid_debt():
    frame = clearing(LIABILITIES, [1, 1, 5], LABELS)
    assert frame.index.tolist() == ["a", "b", "c"]
    assert frame["paid"].tolist() == pytest.approx([160 / 29, 154 / 29, 4])
    assert frame["recovery"].tolist() == pytest.approx([16 / 29, 22 / 29, 1])
    assert frame["equity"].tolist() == pytest.approx([0, 0, 7])


def test_recovery_of_no_debt_is_unknown():
    assert np.isnan(clearing([[0.0]] @ np.eye(1), [1.0]).loc[0, "recovery"])


@pytest.mark.parametrize(("liabilities", "external"), [(-LIABILITIES, [1, 1, 5]), (LIABILITIES, [1, -1, 5])])
def test_negative_debts_and_assets_are_refused(liabilities, external):
    with pytest.raises(ValueError, match="must not be negative"):
        clearing(liabilities, external)


def test_vulnerability_is_that_of_the_published_measure():
    frame = vulnerability(POSITIONS, EQUITY, DEPTH, SHOCK)
    assert frame.index.tolist() == ["a", "b"]  # c has no equity
    assert frame["direct_loss"].tolist() == pytest.approx([3.0, 0.5])
    assert frame["indirect_loss"].tolist() == pytest.approx([1.988, 1.158])
    assert frame["systemicness"].sum() == pytest.approx(0.1573)
    assert frame["sold"].tolist() == pytest.approx([27, 2])
    # a sells 16.2 X and 10.8 Y, of which b holds 10 and 40
    assert frame.loc["a", "loss_to_others"] == pytest.approx(10 * 0.0162 + 40 * 0.0216)
    assert spiral_radius(POSITIONS, EQUITY, DEPTH) == pytest.approx(0.804393, abs=1e-6)


def test_who_gains_trades_only_if_asked_to_keep_its_leverage():
    positions = pd.DataFrame({"X": [100.0, -50.0]}, index=["long", "short"])
    equity, depth, shock = pd.Series([10.0, 10], positions.index), pd.Series({"X": 1e4}), pd.Series({"X": -0.01})
    assert vulnerability(positions, equity, depth, shock).loc["short", "sold"] == 0
    kept = vulnerability(positions, equity, depth, shock, losers_only=False)
    # equity 10.5 at leverage 5 carries 52.5, and 49.5 is short: 3 more are sold
    assert kept.loc["short", "sold"] == pytest.approx(3.0)
    assert kept.loc["short", "indirect_loss"] < 0
    assert (kept["loss_to_others"] >= 0).all()


def test_nobody_sells_more_than_it_holds():
    positions = pd.DataFrame({"X": [100.0]}, index=["long"])
    frame = vulnerability(positions, pd.Series([1.0], positions.index), pd.Series({"X": 1e4}), pd.Series({"X": -0.05}))
    assert frame.loc["long", "sold"] == 100


def test_who_breaks_its_limit_sells():
    positions = pd.DataFrame({"X": [100.0, -100, 100, 0]}, index=["long", "short", "safe", "flat"])
    equity = pd.Series([5.0, 5, 50, 0], positions.index)
    fall, deep = pd.Series({"X": -0.02}), pd.Series({"X": np.inf})
    frame = fire_sale_by_account(positions, equity, deep, fall, max_leverage=25.0)
    assert frame["sold"].to_dict() == pytest.approx({"long": 98 - 25 * 3, "short": 0, "safe": 0, "flat": 0})
    assert frame.loc["long", "breaking_point"] * 0.02 == pytest.approx(threshold_shock(0.05, 25.0))
    assert frame.loc["short", "breaking_point"] == np.inf
    rise = fire_sale_by_account(positions, equity, deep, -fall, max_leverage=25.0)
    assert rise["sold"].to_dict() == pytest.approx({"long": 0, "short": 102 - 25 * 3, "safe": 0, "flat": 0})
    assert rise.loc["short", "breaking_point"] * 0.02 == pytest.approx(25 / 2600)


def test_all_measures_at_once():
    found = systemic_measures(
        impact=IMPACT,
        values=[5.0, 3, 2],
        labels=LABELS,
        liabilities=np.zeros((4, 4)),
        external=np.ones(4),
        debtors=pd.Index(["venue", *LABELS]),
        positions=POSITIONS,
        equity=EQUITY,
        depth=DEPTH,
        shock=SHOCK,
        max_leverage=20.0,
    )
    assert found.aggregate_vulnerability == pytest.approx(0.1573)
    assert set(found.clearing.index) == {"venue", "a", "b", "c"}
    assert found.impact_radius > 0
    assert found.debtrank.index[0] in LABELS
