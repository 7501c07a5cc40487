"""What theory says of clearing payments, DebtRank, vulnerable banks and fire sales on every network."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from scipy.optimize import linprog

from cascade_sim.contagion.systemic.clearing import (
    clearing_by_iteration,
    clearing_payments,
    equity_after_clearing,
    relative_liabilities,
)
from cascade_sim.contagion.systemic.debtrank import debtrank_of_each, distress, linear_distress, linear_limit
from cascade_sim.contagion.systemic.fire_sales import fire_sale, targeting_sales, threshold_shock
from cascade_sim.contagion.systemic.spectrum import spectral_radius
from cascade_sim.contagion.systemic.vulnerable_banks import spiral, spiral_limit, spiral_matrix


def whole_numbers(shape, most=9):
    return arrays(np.int64, shape, elements=st.integers(0, most)).map(lambda a: a.astype(float))


@st.composite
def systems(draw):
    """Liabilities and external assets; many zeros, so that there are closed cycles and members without debt."""
    count = draw(st.integers(2, 6))
    liabilities = draw(whole_numbers((count, count))) * draw(whole_numbers((count, count), 1))
    np.fill_diagonal(liabilities, 0)
    return liabilities, draw(whole_numbers(count, 6))


@given(systems())
def test_nobody_pays_more_than_it_has_or_keeps_while_it_owes(system):
    liabilities, external = system
    paid, debt = clearing_payments(*system), liabilities.sum(axis=1)
    has = external + relative_liabilities(liabilities).T @ paid
    assert (paid <= debt + 1e-9).all()
    assert (paid <= has + 1e-9).all()
    assert paid == pytest.approx(np.minimum(debt, has), abs=1e-9)
    assert equity_after_clearing(*system, paid) == pytest.approx(np.maximum(has - debt, 0), abs=1e-9)


@given(systems())
def test_payments_are_the_greatest_that_clear(system):
    liabilities, external = system
    # from above, iteration can only end at the greatest solution; cash makes it end soon
    external = external + 0.1
    assert clearing_payments(liabilities, external) == pytest.approx(
        clearing_by_iteration(liabilities, external), abs=1e-8
    )


def test_of_many_payments_that_clear_the_greatest_is_found():
    ring = np.array([[0, 10, 0], [0, 0, 10], [10, 0, 0.0]])  # anything from 0 to 10 clears
    assert clearing_payments(ring, np.zeros(3)).tolist() == [10, 10, 10]
    assert clearing_by_iteration(ring, np.zeros(3)).tolist() == [10, 10, 10]


@given(systems())
def test_payments_are_the_largest_that_everybody_can_make(system):
    # Eisenberg and Noe, lemma 4: they maximise any increasing function of payments that nobody lacks the means for
    liabilities, external = system
    debt, means = liabilities.sum(axis=1), np.eye(len(external)) - relative_liabilities(liabilities).T.toarray()
    best = linprog(-np.ones(len(external)), A_ub=means, b_ub=external, bounds=list(zip(np.zeros_like(debt), debt)))
    assert clearing_payments(liabilities, external) == pytest.approx(best.x, abs=1e-6)


@given(systems(), st.data())
def test_more_cash_lowers_no_payment(system, data):
    liabilities, external = system
    more = external + data.draw(whole_numbers(len(external)))
    assert (clearing_payments(liabilities, more) >= clearing_payments(liabilities, external) - 1e-9).all()


@given(systems())
def test_sparse_and_dense_liabilities_clear_alike(system):
    liabilities, external = system
    found = clearing_payments(sparse.csr_matrix(liabilities), external)
    assert found == pytest.approx(clearing_payments(liabilities, external))


@st.composite
def impacts(draw):
    count = draw(st.integers(2, 6))
    impact = draw(whole_numbers((count, count))) / 10
    np.fill_diagonal(impact, 0)
    return impact


@given(impacts())
def test_linear_distress_ends_where_the_closed_form_says(impact):
    radius = spectral_radius(impact)
    impact = impact * min(1.0, 0.9 / radius) if radius > 0 else impact
    first = np.full(len(impact), 1e-9)
    assert linear_distress(impact, first, tolerance=1e-20) == pytest.approx(linear_limit(impact, first), rel=1e-6)


@given(impacts(), st.floats(0.2, 5.0))
def test_small_distress_stays_small_if_and_only_if_the_radius_is_below_one(impact, scale):
    radius = spectral_radius(impact) * scale
    assume(abs(radius - 1) > 0.05 and radius > 0)
    ends = linear_distress(impact * scale, np.full(len(impact), 1e-9))
    assert (ends.max() > 0.99) == (radius > 1)


@given(impacts())
def test_distress_is_bounded_and_one_pass_is_the_less(impact):
    first = np.eye(len(impact))
    once, always = distress(impact, first), linear_distress(impact, first)
    assert ((once >= first) & (once <= 1)).all()
    assert (always >= once - 1e-9).all()


@given(impacts())
def test_debtrank_of_each_is_one_start_at_a_time(impact):
    values = np.arange(1.0, len(impact) + 1)
    ranks = debtrank_of_each(sparse.csr_array(impact), values)
    for node, start in enumerate(np.eye(len(impact))):
        assert ranks[node] == pytest.approx((distress(impact, start) - start) @ values / values.sum())


@st.composite
def banks(draw):
    count, assets = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    holdings = draw(whole_numbers((count, assets))) + 1
    return holdings, draw(whole_numbers(count)) + 1, (draw(whole_numbers(assets)) + 1) / 100


@given(banks(), st.sampled_from([0.5, 0.9, 1.2, 2.0]))
def test_spiral_converges_if_and_only_if_its_radius_is_below_one(system, radius):
    holdings, debt, impact = system
    impact = impact * radius / spectral_radius(spiral_matrix(*system))
    shock = np.full(len(impact), -0.01)
    ends = spiral(holdings, debt, impact, shock, rounds=400)
    if radius < 1:
        assert ends == pytest.approx(spiral_limit(holdings, debt, impact, shock), rel=1e-6)
    else:
        assert np.abs(ends).max() > 1e6
        with pytest.raises(ValueError, match="its rounds grow"):
            spiral_limit(holdings, debt, impact, shock)


@given(banks())
def test_small_spiral_matrix_has_the_radius_of_the_large_one(system):
    holdings, debt, impact = system
    gross = holdings.sum(axis=1)
    weights = holdings / gross[:, None]
    large = weights @ np.diag(impact) @ weights.T @ np.diag(debt * gross)
    assert spectral_radius(spiral_matrix(*system)) == pytest.approx(spectral_radius(large))


@given(st.floats(0.03, 0.5), st.floats(1.05, 3.0), st.floats(0.001, 0.999))
def test_one_sided_constraint_sells_exactly_nothing_below_its_threshold(equity, room, part):
    limit = room / equity
    shock = threshold_shock(equity, limit) * part
    assert fire_sale([[1.0]], [equity], [1.0], [-shock], max_leverage=limit).sold.item() == 0.0
    assert targeting_sales(1.0, equity, shock) > 0


@given(st.floats(0.03, 0.5), st.floats(1.05, 3.0), st.floats(1.001, 1.5))
def test_one_sided_constraint_sells_above_its_threshold(equity, room, part):
    limit = room / equity
    shock = threshold_shock(equity, limit) * part
    assert fire_sale([[1.0]], [equity], [1.0], [-shock], max_leverage=limit).sold.item() > 0
