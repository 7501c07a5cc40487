"""The noise floor of placebos, over every order in which they and one more can come."""

import math

import pandas as pd
import pytest

from cascade_sim.experiments.counterfactuals.placebo import floor_of, noise_floor


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
