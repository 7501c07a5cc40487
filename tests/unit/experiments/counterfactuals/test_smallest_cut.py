"""The smallest cut where it can be found with pencil and paper."""

import numpy as np
import pytest

from cascade_sim.experiments.counterfactuals.smallest_cut import smallest_cut
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

LONG_1, LONG_2 = 3, 4


def cut_of(result, outcome="liquidations", share=0.0, **wanted):
    return smallest_cut(result, outcome, share, **({"lucks": 1, "workers": 1} | wanted))


@pytest.fixture(scope="module")
def chain():
    """A sale of 15 takes the price to 99: long-1 sells, then long-2, then long-3, and nobody but for long-1."""
    return run(load_scenario("by-hand", ["orders.20.size=-15"]), seed=1)


def test_one_account_stops_everything(chain):
    cut = cut_of(chain)
    assert cut.size == 1
    assert cut.steps["account"].tolist() == [LONG_1]
    assert cut.steps[["run", "mean", "difference", "topped_up"]].to_numpy().tolist() == [[0, 0, -3, 0]]
    alone = cut.first.set_index("account")["mean"]
    # Without long-2 long-1 goes alone: its 12 end at 98, and long-3 is safe until 97.
    assert alone.to_dict() == {LONG_1: -3, LONG_2: -2, 5: -1}


def test_margin_that_stops_everything(chain):
    # At 99 long-1 has 11.97 - 12 and needs 5.94.
    cut = cut_of(chain, way="top-up")
    assert (cut.size, cut.steps["account"].tolist()) == (1, [LONG_1])
    assert cut.steps["topped_up"].tolist() == pytest.approx([5.97])


def test_two_accounts_are_needed(by_hand):
    # The sale of 25 breaches long-1 and long-2 at once; without either the other one sells.
    cut = cut_of(by_hand)
    assert cut.size == 2
    assert set(cut.steps["account"]) == {LONG_1, LONG_2}
    assert cut.steps["run"].tolist() == [2, 0]


def test_none_of_that_size(by_hand):
    cut = cut_of(by_hand, most=1)
    assert cut.size is None
    assert len(cut.steps) == 1


def test_nothing_to_cut(calm):
    cut = cut_of(calm)
    assert cut.size == 0
    assert cut.steps.empty


def test_isolating_tries_only_who_can_be(crash):
    cut = cut_of(crash, "liquidated", 0.5, way="isolate", most=1, candidates=3)
    tried = crash.accounts.loc[cut.first["account"]]
    assert (tried["role"] == "trader").all()
    assert np.isfinite(cut.steps[["run", "mean", "difference"]]).all(axis=None)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"outcome": "volume"}, "outcome must be one of"),
        ({"way": "hanged"}, "way must be one of"),
        ({"most": 0}, "at least 1"),
        ({"lucks": 0}, "at least 1"),
        ({"candidates": -1}, "at least 1"),
    ],
)
def test_refused(chain, wrong, message):
    with pytest.raises(ValueError, match=message):
        cut_of(chain, **wrong)
