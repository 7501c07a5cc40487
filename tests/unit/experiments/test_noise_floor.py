"""The noise floor of placebos, over every order in which they and one more can come."""

import math

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.counterfactuals.placebo import NEAREST, floor_of, floors_near, noise_floor


@pytest.mark.parametrize(("placebos", "beyond"), [(1, 1), (5, 1), (18, 1), (19, 1), (20, 1), (38, 1), (39, 2), (60, 3)])
def test_one_more_of_the_same_kind_is_beyond_the_floor_once_in_twenty(placebos, beyond):
    sizes = range(placebos + 1)
    found = [own > floor_of([size for size in sizes if size != own]) for own in sizes]
    assert sum(found) == beyond
    assert beyond <= max(0.05 * len(sizes), 1)


def test_the_sign_does_not_count_and_nothing_has_no_floor():
    assert floor_of([-3.0, 1.0, 2.0]) == 3.0
    assert math.isnan(floor_of([]))


def test_floor_of_every_outcome():
    placebos = pd.DataFrame({"fall": [0.1, 0.2], "calls": [5, 1], "digest": ["a", "b"]})
    floor = noise_floor(pd.Series({"fall": 0.1, "calls": 4.0}), placebos)
    assert floor.to_dict() == pytest.approx({"fall": 0.1, "calls": 3.0})
    assert noise_floor(pd.Series({"fall": 0.1}), placebos.iloc[:0]).isna().all()


def test_a_quiet_minute_has_a_floor_of_its_own():
    # Placebos of 1 USD in the first minute, of 100 in the tenth: nineteen of each, so that the nearest are its own.
    times = np.r_[np.linspace(0, 60, NEAREST), np.linspace(540, 600, NEAREST)]
    changes = np.where(times < 300, 1.0, -100.0)
    assert floors_near([30, 59, 570], times, changes).tolist() == [1, 1, 100]
    assert floors_near([301], times[:: NEAREST - 1], changes[:: NEAREST - 1]).tolist() == [100]  # fewer: all of them
    assert np.isnan(floors_near([5.0, 6.0], [], [])).all()


def test_one_more_of_the_same_minute_is_beyond_its_floor_once_in_twenty():
    # Noise that grows fiftyfold within the run: with one floor for all, the late ones would all be seen as effects.
    rng = np.random.default_rng(3)
    times = np.sort(rng.uniform(0, 3600, 4000))
    noise = np.exp(4 * times / 3600)
    found = np.abs(rng.normal(size=4000) * noise) > floors_near(times, times, rng.normal(size=4000) * noise)
    late = times > 3000
    # The largest of nineteen is exceeded in one of twenty; four standard deviations of 4000 and of 667 such cases.
    assert found.mean() == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 4000) ** 0.5 * 2)
    assert found[late].mean() == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / late.sum()) ** 0.5 * 2)
    one_for_all = floor_of(rng.normal(size=60) * noise[rng.integers(4000, size=60)])
    early = np.abs(rng.normal(size=4000) * noise)[times < 600]
    assert (early > one_for_all).mean() < 0.01
