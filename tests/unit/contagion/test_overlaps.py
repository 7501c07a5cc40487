"""Liquidity-weighted overlaps by hand and in a run, and what a book on record says about impact."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.book_on_record import BookSide, book_side, market_depth
from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.impact_weights import impact_weights
from cascade_sim.contagion.overlaps import Overlaps, account_overlaps
from cascade_sim.market.constants import PROFILE_BINS
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

POSITIONS = pd.DataFrame({"X": [100.0, 200.0, -100.0], "Y": [50.0, 0.0, 0.0]}, index=[7, 8, 9])


@pytest.fixture(scope="module")
def ladder():
    """The cascade worked by hand, with its book on record every half second."""
    return run(load_scenario("by-hand", ["map_interval=0.5"]), seed=1, counterfactual=False, summary=False)


def test_overlaps_by_hand():
    overlaps = Overlaps.of(POSITIONS, np.array([1000.0, 500.0]))
    omega = [[15, 20, -10], [20, 40, -20], [-10, -20, 10]]
    assert overlaps.matrix().toarray() == pytest.approx(np.array(omega))
    value, index = overlaps.indirect_contagion_index()
    assert value == pytest.approx(np.linalg.eigvalsh(omega)[-1])
    assert omega @ index.to_numpy() == pytest.approx(value * index.to_numpy())
    assert np.linalg.norm(index) == pytest.approx(1)
    assert index.idxmax() == 8


def test_two_longs_of_one_market():
    # One market: Omega has rank one, its eigenvalue is the sum of squares over depth, its vector the positions.
    overlaps = Overlaps.of(pd.DataFrame({"X": [3.0, 4.0]}), np.array([10.0]))
    value, index = overlaps.indirect_contagion_index()
    assert value == pytest.approx(2.5)
    assert index.tolist() == pytest.approx([0.6, 0.8])


def test_nobody_holds_anything():
    value, index = Overlaps.of(POSITIONS * 0.0, np.array([1.0, 1.0])).indirect_contagion_index()
    assert value == 0
    assert (index == 0).all()


def test_overlaps_of_a_run(crash):
    whole, large = account_overlaps(crash, 10.0), account_overlaps(crash, 10.0, least=1e5)
    assert len(large.accounts) < len(whole.accounts)
    assert large.indirect_contagion_index()[0] == pytest.approx(np.linalg.eigvalsh(large.matrix().toarray())[-1])
    state, depth = Holdings(crash).at(10.0), market_depth(crash, 10.0, whole.markets)
    i, j = large.accounts[:2]
    marks = Holdings(crash).marks(10.0)
    sizes = [[state.loc[a, f"size_{m}"] * marks[m] for m in whole.markets] for a in (i, j)]
    assert large.matrix().toarray()[0, 1] == pytest.approx(sum(np.prod(sizes, axis=0) / depth))


def test_depth_is_the_mean_of_both_sides_over_the_distance(crash):
    row = crash.market("BTC-PERP").loc[10.0]
    for within, name in ((0.01, "1pc"), (0.05, "5pc")):
        mean = (row[f"bid_depth_{name}"] + row[f"ask_depth_{name}"]) / 2
        assert market_depth(crash, 10.4, ["BTC-PERP"], within) == pytest.approx([mean / within])


def test_an_empty_book_has_no_depth(by_hand):
    with pytest.raises(ValueError, match=r"nothing stood within 0\.001 of the mid 0 s after the start"):
        market_depth(by_hand, 0.0, ["X-PERP"], 0.001)
    with pytest.raises(ValueError, match=r"on record within 0\.001, 0\.01, 0\.05"):
        market_depth(by_hand, 0.0, ["X-PERP"], 0.02)


def test_impact_goes_evenly_through_the_bands_and_on_beyond_them():
    depth = np.zeros(PROFILE_BINS)
    depth[[0, 2]] = 100, 300
    orders = np.array([0.0, 50.0, 99.0, 250.0, 400.0, 800.0, 1e6])
    reached = [0.0, 0.001, 0.00198, 0.005]
    assert BookSide(depth).impact(orders)[:4] == pytest.approx(reached)
    assert BookSide(depth).impact(orders)[5:] == pytest.approx([0.1, 1.0])  # twice the book: twice 5 %
    assert BookSide(np.zeros(PROFILE_BINS)).impact(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]


def test_impact_is_what_a_sale_then_does(ladder):
    # 25 units are sold into ten at each of 100, 99, 98: the last price falls by 2 %, to within a band of 0.2 %.
    predicted = book_side(ladder, 0.5, "X-PERP", "bids").impact(np.array([2500.0]))
    sale = ladder.trades[ladder.trades["cause"] == 0]
    assert predicted == pytest.approx([1 - sale["price"].min() / 100], abs=0.002)
    assert book_side(ladder, 0.5, "X-PERP", "asks").depth.sum() == 0


def test_weights_by_hand(ladder):
    weights = impact_weights(ladder, 0.5, by="account")
    number = {
        name: weights.labels.get_loc(row) for row, name in ladder.accounts["cohort"].items() if row in weights.labels
    }
    matrix, bids = weights.weights.toarray(), book_side(ladder, 0.5, "X-PERP", "bids")
    # Closing long-4 sells 2,000 USD, and long-6 holds 3,000 USD against 447.825.
    fall = bids.impact(np.array([2000.0]))[0]
    assert matrix[number["long-4"], number["long-6"]] == pytest.approx(3000 * fall / 447.825)
    assert matrix[number["long-6"], number["long-1"]] == 1.0  # it has 11.97 USD against 1,200
    # The short gains from every sale; nobody sells asks, so closing it takes the price away from itself alone.
    assert (matrix[:, number["short"]] == 0).all()
    assert (np.diag(matrix) == 0).all()
    assert weights.value().sum() == pytest.approx(1)
    assert weights.equity[number["long-6"]] == pytest.approx(447.825)


def test_owners_are_joined_across_venues(crash):
    owners = impact_weights(crash, 10.0)
    state = Holdings(crash).at(10.0)
    worth = state.groupby("owner")["equity"].sum()
    assert owners.equity == pytest.approx(worth[owners.labels].to_numpy())
    joined = state.groupby("owner")["venue"].nunique()
    assert (joined[owners.labels] == 2).sum() > 3  # makers and arbitrageurs
    matrix = owners.weights.toarray()
    assert matrix.min() >= 0
    assert matrix.max() <= 1


def test_only_the_largest_are_looked_at(crash):
    weights = impact_weights(crash, 10.0, largest=20)
    assert weights.weights.shape == (20, 20)
    everybody = impact_weights(crash, 10.0)
    places = everybody.labels.get_indexer(weights.labels)
    assert weights.weights.toarray() == pytest.approx(everybody.weights.toarray()[np.ix_(places, places)])
