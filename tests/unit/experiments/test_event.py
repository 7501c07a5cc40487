"""Crashes in numbers: shapes worked out on paper, and the real hours where their files are at hand."""

import numpy as np
import pytest

from cascade_sim.experiments.event import Event, of_bars, of_result
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.prices import read_bars

HEADER = "minute_utc,high,low,close,quote_musd,taker_buy_musd\n"


@pytest.fixture
def file(tmp_path):
    """From 100 to 80 in two minutes, back to 90 five minutes later and 95 ten minutes later."""
    closes = [100, 95, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95]
    lows = [100, 94, 80, *closes[3:]]
    rows = [
        f"2025-10-10T20:{k:02d}Z,{c + 1},{low},{c},10,4" for k, (c, low) in enumerate(zip(closes, lows, strict=True))
    ]
    path = tmp_path / "bars.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def test_shape_of_a_file(file):
    event = of_bars(read_bars(str(file)))
    assert (event.fall, event.minutes_to_low) == pytest.approx((0.2, 2.0))
    assert (event.retraced_5, event.retraced_10) == pytest.approx((0.5, 0.75))
    assert np.isnan(event.retraced_30)
    assert event.taker_sell_share == pytest.approx(0.6)


def test_one_sidedness_is_the_ratio_of_the_collapses():
    assert Event(fall=0.1, minutes_to_low=5, bids_collapse=20.0, asks_collapse=4.0).one_sidedness == 5.0


def test_the_real_hours(crash_file):
    """Falls, minutes and takers' shares as the reference table gives them."""
    october, march = (of_bars(read_bars(str(crash_file(day)))) for day in ("2025-10-10", "2020-03-12"))
    assert (round(october.fall, 3), october.minutes_to_low) == (0.128, 30)
    assert (round(march.fall, 3), march.minutes_to_low) == (0.238, 9)
    assert october.taker_sell_share == pytest.approx(0.573, abs=0.005)
    assert (october.retraced_5, october.retraced_10, october.retraced_30) == pytest.approx((0.38, 0.52, 0.75), abs=0.01)
    assert (march.retraced_5, march.retraced_10, march.retraced_30) == pytest.approx((0.79, 0.57, 0.70), abs=0.01)


def test_the_cascade_by_hand_as_an_event():
    result = run(load_scenario("by-hand"), 1, counterfactual=False)
    event = of_result(result, "X-PERP")
    sold = 12 * 97.41667 + 12 * 96.25 + 9 * 95.11111 + 20 * 93.7
    assert event.fall == pytest.approx(0.07)
    assert event.liquidated_share == pytest.approx(sold / 9800, rel=1e-6)
    assert (event.long_share, event.worst_minute_share, event.liquidators_share) == (1.0, 1.0, 0.0)
    assert event.minutes_to_adl == np.inf
