"""The cascade by hand, step by step: the orders and prices of the worked example."""

import pytest

from cascade_sim.results.chronicle import chronicle
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario


@pytest.fixture(scope="module")
def steps():
    return chronicle(run(load_scenario("by-hand"), 1, counterfactual=False))


def test_orders_and_their_mean_prices(steps):
    orders = steps[steps["size"].notna()]
    assert orders["who"].tolist() == ["seller", "long-1", "long-2", "long-3", "long-4"]
    assert orders["size"].tolist() == [25, 12, 12, 9, 20]
    assert orders["mean_price"].tolist() == pytest.approx([99.2, 97.41667, 96.25, 95.11111, 93.7], abs=1e-5)
    assert orders["last_price"].tolist() == [98, 97, 96, 95, 93]


def test_every_debt_is_followed_by_those_who_pay_it(steps):
    owed = steps[steps["what"] == "leaves a debt"].groupby("liquidation")["usd"].sum()
    paid = steps[steps["what"].str.startswith("pays for")].groupby("liquidation")["usd"].sum()
    assert owed.to_dict() == pytest.approx(paid.to_dict())
    assert len(owed) == 4


def test_a_run_without_trades_has_no_steps():
    quiet = load_scenario("by-hand", ["orders=[]"])
    assert chronicle(run(quiet, 1, counterfactual=False)).empty
