"""Rounds of a fire sale, by hand."""

import math

import numpy as np
import pytest

from cascade_sim.contagion.systemic.fire_sales import fire_sale, leverage_after, sold_share


def test_one_round_loses_the_liquidity_weighted_overlap():
    # with small sales in deep markets the loss of i to j's sale is sum over assets of P_i P_j / D, times j's share
    holdings, equity = np.array([[100.0, 0], [60, 40]]), np.array([5.0, 60])
    depth = np.array([1e8, 2e8])
    sale = fire_sale(holdings, equity, depth, [-0.01, 0], max_leverage=24.0, shortfall=1.0)
    share = (99 - 24 * 4) / 99
    after = holdings * [0.99, 1]
    overlap = after @ np.diag(1 / depth) @ after.T
    assert sale.sold[0, 0] == pytest.approx(3, rel=1e-3)
    assert sale.losses == pytest.approx(overlap[:, 0] * share, rel=1e-3)


def test_sales_of_one_break_the_limit_of_another():
    holdings, equity = [[100.0], [100.0]], [5.0, 6.0]
    calm = fire_sale(holdings, equity, [math.inf], [-0.011], max_leverage=25.0)
    assert calm.sold.ravel() == pytest.approx([98.9 - 25 * 3.9, 0])
    rough = fire_sale(holdings, equity, [100.0], [-0.011], max_leverage=25.0)
    assert rough.sold[1, 0] > 0
    assert rough.rounds > 1


def test_who_has_no_equity_sells_everything():
    sale = fire_sale([[10.0]], [0.1], [1e3], [-0.5], max_leverage=20.0)
    assert sale.sold.item() == pytest.approx(5.0)
    assert sale.moves.item() == pytest.approx(math.expm1(-5e-3))
    assert sale.losses.item() == pytest.approx(-5 * math.expm1(-5e-3) * 0.5)


def test_sales_stop_at_the_target_and_at_what_can_be_sold():
    assert sold_share([100], [100], [5], 19, 10) == pytest.approx([0.5])
    assert sold_share([100], [20], [5], 19, 10) == pytest.approx([1.0])
    assert sold_share([100], [100], [5], 20, 10).tolist() == [0.0]


def test_leverage_is_infinite_without_equity():
    assert leverage_after([0.0, 0.05, 0.06], 0.05).tolist() == [20.0, math.inf, math.inf]


def test_a_short_squeeze_mirrors_a_fire_sale():
    fall = fire_sale([[100.0], [90]], [5.0, 5], [1e6], [-0.015], max_leverage=25.0)
    rise = fire_sale([[-100.0], [-90]], [5.0, 5], [1e6], [0.015], max_leverage=25.0)
    assert (fall.sold[0, 0], rise.sold[0, 0]) == pytest.approx((98.5 - 25 * 3.5, -(101.5 - 25 * 3.5)), rel=0.01)
    assert fall.moves.item() < 0 < rise.moves.item()
    assert (rise.losses > 0).all()
