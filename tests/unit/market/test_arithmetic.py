"""Exact arithmetic at its limits, against Python's unbounded integers."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from cascade_sim.market.arithmetic import divide_up, muldiv, share_down, share_up
from cascade_sim.market.kernel import exposed

LARGEST = 2**63 - 1
amounts = st.integers(-LARGEST, LARGEST)
product = exposed(muldiv)
down = exposed(share_down)
up = exposed(share_up)
ceiling = exposed(divide_up)


@given(amounts, st.integers(0, LARGEST), st.integers(1, LARGEST))
def test_muldiv_is_exact_where_the_quotient_fits(a, b, c):
    assume(-LARGEST <= a * b // c <= LARGEST)
    assert product(a, b, c) == a * b // c


def test_muldiv_at_its_limits():
    assert product(LARGEST, LARGEST, LARGEST) == LARGEST
    assert product(-LARGEST, LARGEST, LARGEST) == -LARGEST
    assert product(-1, 1, LARGEST) == -1
    assert product(0, LARGEST, 1) == 0


@given(st.integers(-9 * 10**18, 9 * 10**18), st.integers(0, 10**6))
def test_shares_round_their_way(amount, ppm):
    assert down(amount, ppm) == amount * ppm // 10**6
    assert up(amount, ppm) == -(-amount * ppm // 10**6)


@given(amounts, st.integers(1, 10**9))
def test_divide_up(amount, parts):
    assert ceiling(np.int64(amount), parts) == -(-amount // parts)
