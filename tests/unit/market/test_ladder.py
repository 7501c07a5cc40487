"""An asset worth more or less than a market has prices for ends the run; it never wraps."""

import pytest

from cascade_sim.market.constants import LEVELS
from cascade_sim.simulation import RunError


@pytest.mark.parametrize(("move", "worth"), [(9, 1_000), (-0.9998, 0.02)])
def test_up_to_the_last_price_and_not_beyond(simulate, move, worth):
    # A-PERP and A-SPOT have ticks of 0.01 USD: 0.01 to 2,621.43 USD. The move takes A from 100 to `worth`.
    simulation = simulate(news=[{"at": 1, "over": 2, "move": move, "asset": "A"}])
    simulation.run(5)
    assert simulation.world.assets["fundamental"][2] == pytest.approx(worth)


def test_above_the_ladder(simulate):
    news = [{"at": 1, "over": 1, "move": 9, "asset": "A"}, {"at": 4, "over": 1, "move": 2, "asset": "A"}]
    simulation = simulate(news=news)
    top = (LEVELS - 1) * 0.01
    assert top == 2_621.43
    with pytest.raises(
        RunError, match=r"market A-PERP: 5 s .* A is worth 3,000 USD, .* 0.01 to 2,621.43 .* a larger tick"
    ):
        simulation.run(10)


def test_below_the_ladder(simulate):
    simulation = simulate(news=[{"at": 1, "over": 1, "move": -0.99999, "asset": "A"}])
    with pytest.raises(
        RunError, match=r"market A-PERP: 2 s .* A is worth 0.001 USD, .* 0.01 to 2,621.43 .* a smaller tick"
    ):
        simulation.run(10)
