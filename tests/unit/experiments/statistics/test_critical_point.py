"""Critical points of synthetic systems: every seed has its own threshold, whose median is the crossing."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.statistics.boundary import boundary_of_grid
from cascade_sim.experiments.statistics.critical_point import find_critical_point
from cascade_sim.experiments.statistics.crossing import crossing_of
from cascade_sim.experiments.statistics.monotonicity import isotonic_fit, monotonicity


def crossed(thresholds):
    """Events of seeds with given thresholds: paired by construction."""
    return lambda value, seeds: thresholds[seeds.start : seeds.stop] < value


def normal_thresholds(seed, middle=5.0, spread=1.0):
    return np.random.default_rng(seed).normal(middle, spread, 2000)


def test_pooling_by_hand():
    np.testing.assert_allclose(isotonic_fit([1.0, 3.0, 2.0, 0.0, 4.0], [1, 1, 1, 2, 1]), [1.0, 1.25, 1.25, 1.25, 4.0])


def test_noise_is_not_taken_for_a_violation():
    rng = np.random.default_rng(1)
    flat = [monotonicity(rng.random((6, 40)) < 0.4).p_value for _ in range(100)]
    assert np.mean(np.array(flat) < 0.1) <= 0.1 + 0.09  # three standard errors
    rising = [monotonicity(rng.random((6, 40)) < np.linspace(0.1, 0.9, 6)[:, None]).p_value for _ in range(30)]
    assert min(rising) > 0.05


def test_a_hump_is_a_violation():
    chances = np.array([0.1, 0.5, 0.9, 0.5, 0.1])[:, None]
    assert monotonicity(np.random.default_rng(1).random((5, 40)) < chances).p_value < 0.01


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_thresholds_that_only_rise_violate_nothing(sign):
    events = normal_thresholds(1)[:50] < np.linspace(2.0, 8.0, 7)[:, None]
    assert monotonicity(events if sign > 0 else ~events) == (sign > 0, 1.0)


@pytest.mark.parametrize("falling", [False, True])
def test_known_crossing_rising_and_falling(falling):
    events_of = crossed(normal_thresholds(2))
    found = find_critical_point(lambda *at: events_of(*at) != falling, 0.0, 12.0, width=0.05)
    assert found.status == "found"
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(5.0, abs=4.0 * np.sqrt(np.pi / 2.0 / 512))  # standard error of a median
    assert found.runs == found.points["runs"].sum()
    assert found.bracket[0] < found.bracket[1]


def skewed_thresholds(seed):
    return np.random.default_rng(seed).exponential(4.0, 1000)


@pytest.mark.parametrize(("thresholds", "truth"), [(normal_thresholds, 5.0), (skewed_thresholds, 4.0 * np.log(2.0))])
def test_interval_covers(thresholds, truth):
    searches = [
        find_critical_point(crossed(thresholds(seed)), 0.0, 10.0, width=0.1, most_seeds=256) for seed in range(30)
    ]
    assert all(found.status == "found" for found in searches)
    assert np.mean([found.low <= truth <= found.high for found in searches]) >= 0.95 - 3.0 * np.sqrt(0.05 * 0.95 / 30)
    errors = np.array([found.value - truth for found in searches])
    assert abs(errors.mean()) < 0.5 * errors.std()


def test_one_threshold_for_all_seeds_is_bracketed():
    found = find_critical_point(lambda value, seeds: np.full(len(seeds), value > 3.3), 0.0, 10.0, width=0.01)
    assert found.bracket[0] <= 3.3 < found.bracket[1] <= found.bracket[0] + 0.01
    assert found.bracket[0] < found.value < found.bracket[1]


@pytest.mark.parametrize(("middle", "falling", "status"), [
    (30.0, False, "always below"), (-30.0, False, "always above"), (30.0, True, "always above"),
    (11.0, False, "always below"), (11.0, True, "always above"), (-1.0, True, "always below"),
])  # fmt: skip
def test_no_crossing_in_the_range(middle, falling, status):
    events_of = crossed(normal_thresholds(1, middle, 2.0))
    found = find_critical_point(lambda *at: events_of(*at) != falling, 0.0, 10.0, width=0.1)
    assert found.status == status
    assert np.isnan([found.value, found.low, *found.bracket]).all()


def test_two_crossings_are_reported_and_not_answered():
    thresholds = normal_thresholds(1, 3.0, 0.5)
    found = find_critical_point(
        lambda value, seeds: abs(thresholds[seeds.start : seeds.stop] - value) < 2.0, 0.0, 10.0, width=0.1
    )
    assert found.status == "not monotone"
    assert found.p_value < 0.01
    assert np.isnan(found.value)
    assert found.runs == 8 * 32


def test_budget_and_seeds_in_order():
    asked = {}

    def events_of(value, seeds):
        assert seeds.start == asked.get(value, 0)
        asked[value] = seeds.stop
        return normal_thresholds(3)[seeds.start : seeds.stop] < value

    found = find_critical_point(events_of, 0.0, 10.0, width=1e-6, grid=5, seeds=20, most_seeds=400, most_runs=300)
    assert found.runs == sum(asked.values()) <= 300
    assert found.status == "found"


def test_most_seeds_are_used_where_a_point_stays_unclear():
    found = find_critical_point(lambda value, seeds: np.arange(seeds.start, seeds.stop) % 2 < value, 0.0, 2.0,
                                width=0.1, grid=3, seeds=20, most_seeds=50)  # fmt: skip
    assert found.points["runs"].max() == 50


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="low < high"):
        find_critical_point(crossed(np.zeros(9)), 1.0, 0.0, width=0.1)
    with pytest.raises(ValueError, match="must give 32 events"):
        find_critical_point(crossed(np.zeros(9)), 0.0, 1.0, width=0.1)


def test_what_does_not_cross_has_an_open_interval():
    events = np.random.default_rng(1).random((3, 10)) < np.array([0.35, 0.45, 0.55])[:, None]
    assert np.isinf([crossing_of([0.0, 1.0, 2.0], events).low, crossing_of([0.0, 1.0, 2.0], events).high]).any()


@pytest.fixture
def grid():
    """Runs whose threshold of leverage rises with maintenance; with 0.5 it is out of reach."""
    axes = {"maintenance": [0.1, 0.2, 0.5], "leverage": np.linspace(1.0, 10.0, 10), "seed": range(100)}
    runs = pd.MultiIndex.from_product(axes.values(), names=axes).to_frame(index=False)
    luck = normal_thresholds(4, 0.0)[runs["seed"]]
    return runs, runs["leverage"] > 30.0 * runs["maintenance"] + luck


def test_boundary_of_a_grid(grid):
    runs, event = grid
    boundary = boundary_of_grid(runs, event, "leverage", "maintenance")
    assert boundary["status"].tolist() == ["found", "found", "always below"]
    middle = np.median(normal_thresholds(4, 0.0)[:100])
    np.testing.assert_allclose(boundary["crossing"], [3.0 + middle, 6.0 + middle, np.nan], atol=0.15)
    assert (boundary["low"] < boundary["crossing"])[:2].all()
    assert (boundary["high"] - boundary["low"])[0] == pytest.approx(2 * 1.96 * np.sqrt(np.pi / 2 / 100), rel=0.35)


def test_boundary_of_events_that_become_rarer_is_the_same(grid):
    runs, event = grid
    rising, falling = (boundary_of_grid(runs, came, "leverage", "maintenance") for came in (event, ~event))
    assert falling["status"].tolist() == ["found", "found", "always above"]
    pd.testing.assert_frame_equal(rising.drop(columns="status"), falling.drop(columns="status"))


def test_boundary_leaves_undefined_runs_out_and_reports_humps(grid):
    runs, event = grid
    event = event.astype(float).mask(runs["maintenance"] == 0.5)
    event = event.where((runs["maintenance"] != 0.2) | (runs["leverage"] < 8.0), 0.0)
    boundary = boundary_of_grid(runs, event, "leverage", "maintenance")
    assert boundary["status"].tolist() == ["found", "not monotone"]


def test_boundary_of_more_than_two_axes_is_refused(grid):
    runs, event = grid
    with pytest.raises(ValueError, match="other axes than leverage and maintenance vary"):
        boundary_of_grid(pd.concat([runs, runs]), pd.concat([event, event]), "leverage", "maintenance")
    with pytest.raises(ValueError, match="needs two values of leverage"):
        boundary_of_grid(runs[runs["leverage"] == 1.0], event[runs["leverage"] == 1.0], "leverage", "maintenance")
