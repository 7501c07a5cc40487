"""Deterministic cascades through the exchange against their fixed points."""

import numpy as np
import pytest

from cascade_sim.experiments.validation import rising_map, square_root_map, uniform_map
from cascade_sim.experiments.validation.liquidation_ladder import Ladder, deposits, even_bids, in_lots
from cascade_sim.experiments.validation.studies import run_study


@pytest.mark.parametrize("name", ["step-map", "uniform-map", "rising-map", "square-root-map", "generations"])
def test_small_study(name):
    for line in run_study(name, small=True):
        assert line.met, line


def test_closed_forms_solve_their_fixed_points():
    for shock in (0.001, 0.02, 0.049):
        fall = rising_map.final_fall(shock)
        assert fall == pytest.approx(shock + 5 * fall**2)
        fall = square_root_map.final_fall(shock)
        assert fall == pytest.approx(shock + 0.04 * np.sqrt(1e11 * fall / 2e10))
        fall = uniform_map.final_fall(shock + 0.01, 0.6, 0.01, 0.15)
        assert fall == pytest.approx(shock + 0.01 + 0.6 * (fall - 0.01))


def test_published_values():
    assert [100 * rising_map.final_fall(shock) for shock in (0.02, 0.04, 0.049)] == pytest.approx(
        [2.2540, 5.5279, 8.5858], abs=1e-4
    )
    assert [100 * square_root_map.final_fall(shock) for shock in (0.02, 0.05)] == pytest.approx(
        [3.72665, 7.43961], abs=1e-5
    )
    assert square_root_map.amplification(0.02) == pytest.approx(1.30151, abs=1e-5)


def one_long(shock, depth=1e9):
    longs = np.array([in_lots(1e6)])
    money = deposits(longs, np.array([0.02]))
    return Ladder(bids=even_bids(depth, 0.1), longs=longs, deposits=money, shock=in_lots(shock)).run()


def test_a_long_is_sold_when_the_price_has_fallen_so_far_and_not_before():
    assert one_long(0.0199e9).liquidated == 0
    done = one_long(0.0201e9)
    assert done.liquidated == pytest.approx(1e6)
    assert done.fall == pytest.approx(0.0211)
    assert done.rounds == (done.liquidated,)


def test_a_book_that_the_exchange_refuses_is_an_error():
    with pytest.raises(ValueError, match="refused"):
        one_long(0.02e9, depth=1e13)
