"""What a hunter reckons that the venue will mark at after a push: the price in the book, or less."""

import pytest

from cascade_sim.agents.mark_forecast import forecast_mark
from cascade_sim.market.constants import LINK
from cascade_sim.market.kernel import entry
from tests.unit.test_agents import simulation

PUSH = 0.02


@entry
def _forecast(w, m, price, left, seconds):
    return forecast_mark(w, LINK(m), price, left, seconds)


def fall(rule, seconds, left=1.0):
    """How far the mark follows a push of 2 % of which a share is left for some seconds."""
    each = simulation(f"venues.perps.rules.mark.rule={rule}", "news=[]")
    each.run(60)
    market = each.roster.markets["BTC-PERP"]
    row = each.world.markets[market]
    mid = float(row["bid"] + row["ask"]) / 2.0
    return 1.0 - _forecast(each.world, market, mid * (1 - PUSH), mid * (1 - PUSH * left), seconds) / mid


@pytest.mark.parametrize(("rule", "share"), [("last", 1.0), ("mid", 1.0), ("index", 0.0), ("median", 0.0)])
def test_a_push_that_does_not_last(rule, share):
    assert fall(rule, 0.0) == pytest.approx(share * PUSH, abs=0.001)


def test_the_median_follows_as_the_mean_of_the_basis_does():
    # The window has 30 samples of one second.
    assert fall("median", 15.0) == pytest.approx(PUSH / 2, abs=0.001)
    assert fall("median", 15.0, left=0.5) == pytest.approx(PUSH / 4, abs=0.001)
    assert fall("median", 60.0) == pytest.approx(PUSH, abs=0.001)


def test_the_means_of_hyperliquid_follow_more_slowly():
    assert fall("hyperliquid", 0.0) == pytest.approx(0.0, abs=0.001)
    assert 0.001 < fall("hyperliquid", 20.0) < fall("median", 20.0)
