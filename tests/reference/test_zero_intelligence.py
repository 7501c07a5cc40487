"""The book fed by chance alone: its table, and the same model once more in plain Python."""

import bisect
import random

import pytest

from cascade_sim.experiments.validation.studies import run_study
from cascade_sim.experiments.validation.zero_intelligence_book import Rates, run


def test_study():
    lines = run_study("zero-intelligence", small=True)
    assert [line.quantity for line in lines if not line.met] == []


def plain_spread(ratio: float, band: int, events: int, seed: int) -> float:
    """Mean spread over mu / alpha with mu = 1, 200 levels to mu / alpha, and two sorted lists for a book."""
    draw = random.Random(seed)
    bids, asks, best = [-1], [1], (-1, 1)
    time = total = 0.0
    for i in range(events):
        best = (bids[-1] if bids else best[0], asks[0] if asks else best[1])
        rates = [band * 0.005, band * 0.005, 0.5, 0.5, ratio * len(bids), ratio * len(asks)]
        if i > events // 10:
            time += 1 / sum(rates)
            total += (best[1] - best[0]) / sum(rates)
        what = draw.choices(range(6), rates)[0]
        if what == 0:
            bisect.insort(bids, best[1] - 1 - draw.randrange(band))
        elif what == 1:
            bisect.insort(asks, best[0] + 1 + draw.randrange(band))
        elif what == 2 and bids:
            bids.pop()
        elif what == 3 and asks:
            asks.pop(0)
        elif what == 4:
            bids.pop(draw.randrange(len(bids)))
        elif what == 5:
            asks.pop(draw.randrange(len(asks)))
    return 0.005 * total / time


@pytest.mark.parametrize("ratio", [0.1, 0.3])
def test_plain_python_finds_the_same_spread(ratio):
    other = sum(plain_spread(ratio, 600, 100_000, seed) for seed in range(3)) / 3
    assert run(Rates(cancel=ratio, band=3), 3_000_000, 1).spread == pytest.approx(other, rel=0.05)


def test_a_narrower_band_is_another_model():
    # Within a tenth of mu / alpha nobody could ever see the spreads of the table: the tolerance is not idle.
    assert run(Rates(cancel=0.1, band=0.3), 1_000_000, 1).spread < 0.9 * 0.3811
