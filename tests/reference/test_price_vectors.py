"""Mark price, funding, oracle and book walking against the reference vectors."""

import numpy as np
import pytest

from cascade_sim.market.auto_deleveraging import BINANCE, BITMEX, HYPERLIQUID, adl_score
from cascade_sim.market.constants import LINK, PRICE_UNIT, SECOND
from cascade_sim.market.depth import average_level, impact_level
from cascade_sim.market.funding import charge_funding, funding_rate, premium
from cascade_sim.market.kernel import exposed
from cascade_sim.market.mark_price import exponential_mean, update_marks
from cascade_sim.market.oracle import is_due, weighted_median
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

HOUR = 3600 * SECOND
USD = 10**6
median_of_reports = exposed(weighted_median)
must_publish = exposed(is_due)
rate_of = exposed(funding_rate)
premium_of = exposed(premium)
score = exposed(adl_score)


def world_with(rules, price=60_000, sources=1):
    """One perpetual with these rules."""
    return Simulation(
        load_scenario(
            {
                "name": "vectors",
                "assets": {"BTC": {"price": price}},
                "oracles": {"BTC": {"sources": [{}] * sources, "threshold": 0.005}},
                "venues": {"v": {"rules": rules, "markets": {"BTC": {"asset": "BTC", "tick": 0.5, "lot": 0.001}}}},
            }
        ),
        seed=1,
    ).world


def test_tv12_binance_mark():
    world = world_with("binance-usdm")
    world.markets["last"][1] = 59_800 * 2
    world.fundings["rate"][1] = 0.0001
    world.fundings["due"][1] = 4 * HOUR
    # 29 samples of a basis of -45, and an empty book whose mid, the last trade, gives a thirtieth of -200
    world.basis[1, :29] = -45 * PRICE_UNIT + 155 * PRICE_UNIT // 29
    world.marks["samples"][1] = 29
    world.marks["basis_sum"][1] = world.basis[1, :29].sum()
    exposed(lambda w, v: update_marks(w, v))(world, LINK(1))
    mark = int(world.markets["mark"][1])
    assert mark / 1000 == pytest.approx(59_955, abs=0.001)


def test_tv13_exponential_mean():
    total = weight = 0.0
    for sample in (0.0, -30.0, -60.0):
        total, weight = exposed(exponential_mean)(total, weight, sample, 3.0, 150.0)
    assert total / weight == pytest.approx(-30.3999733, abs=5e-8)


def test_tv14_hyperliquid_funding():
    for mean, hourly in ((0.01, 0.0011875), (0.0003, 0.0001 / 8)):
        assert rate_of(mean, 0.0001, 0.0005, 0.04, float(HOUR)) == pytest.approx(hourly, rel=1e-12)
    world = world_with("hyperliquid", price=10_000)
    world.fundings["premium_sum"][1] = 0.05
    world.fundings["premiums"][1] = 5
    exposed(charge_funding)(world, LINK(1))
    lots = 10 / 0.001
    assert world.markets["funding"][1] * lots / USD == pytest.approx(118.75, abs=lots / USD)


def test_tv14_binance_funding():
    assert rate_of(0.0012, 0.0001, 0.0005, 1.0, 4.0 * HOUR) == pytest.approx(0.00035, rel=1e-12)


def test_tv14_premium_index():
    assert premium_of(60_090.0, 60_110.0, 60_000.0) == pytest.approx(0.0015, rel=1e-12)


def test_tv18_adl_scores():
    assert score(BITMEX, 1.0, 1200.0, 1000.0, 400.0, 0.0) == pytest.approx(0.6)
    assert score(BINANCE, 1.0, 25_000.0, 20_000.0, 15_000.0, 600.0) == pytest.approx(0.02)
    assert score(HYPERLIQUID, 1.0, 1200.0, 1000.0, 400.0, 0.0) == pytest.approx(3.6)
    # for a short the ratio is entry over mark: the winner stands before the loser
    winner, loser = (score(HYPERLIQUID, -1.0, value, 1000.0, 400.0, 0.0) / value for value in (800.0, 1200.0))
    assert winner > loser


def test_tv29_deviation_threshold():
    feed = world_with("binance-usdm").feeds[1:2]
    feed["promised"] = 2_000 * PRICE_UNIT
    feed["threshold_ppm"] = 5_000
    feed["heartbeat"] = HOUR
    assert must_publish(feed[0], np.int64(2_010.2 * PRICE_UNIT), np.int64(0))
    assert not must_publish(feed[0], np.int64(2_009.9 * PRICE_UNIT), np.int64(0))
    assert must_publish(feed[0], np.int64(2_000 * PRICE_UNIT), np.int64(HOUR))


@pytest.mark.parametrize(
    ("reports", "weights", "expected"),
    [
        ((1_999, 2_000, 2_001, 2_005, 2_500), (1,) * 5, 2_001),
        ((1_999, 2_000, 2_001, 2_500), (1,) * 4, 2_001),
        ((60_000, 60_010, 59_990, 60_030, 59_980, 60_020, 59_000), (3, 2, 2, 1, 1, 1, 1), 60_000),
    ],
)
def test_tv29_and_tv13_medians(reports, weights, expected):
    world = world_with("binance-usdm", sources=len(reports))
    world.sources["price"][1:] = np.array(reports) * PRICE_UNIT
    world.sources["weight"][1:] = weights
    assert median_of_reports(world, LINK(2)) == expected * PRICE_UNIT


def test_tv43_walking_the_book(simulate):
    world = simulate(
        accounts={"maker": {"venue": "perps", "deposit": 1e6, "leverage": 50}},
        orders=[
            {"account": "maker", "market": "A-PERP", "size": size, "price": price}
            for price, size in ((100, 5), (99.5, 10), (99, 20))
        ],
    )
    world.run(1)
    assert exposed(average_level)(world.world, LINK(1), -1, 20) / 100 == pytest.approx(99.5)
    notional = int((5 * 100 + 10 * 99.5 + 5 * 99) * USD)
    assert exposed(impact_level)(world.world, LINK(1), -1, notional) / 100 == pytest.approx(99.5)
