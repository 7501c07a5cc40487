"""Statistics of predators and prey against series whose cycles and lags are known."""

import math

import numpy as np
import pytest

from cascade_sim.experiments.ecology.course import course_of, main_period
from cascade_sim.experiments.ecology.lead_lag import cross_correlation, lead_lag
from cascade_sim.experiments.ecology.lotka_volterra import lotka_volterra, period

GROWTH, DEATH = 0.5, 0.5
STEPS = 120


def small_cycles(start=(0.55, 0.5), growth=GROWTH, death=DEATH, **limits):
    """One value a unit of time, the balance being prey = death and predators = growth."""
    return lotka_volterra(start, growth, death, STEPS, 40 * STEPS, **limits)[::40]


def test_what_stays_the_same_in_a_lotka_volterra_cycle():
    """Volterra's constant: prey - death log(prey) + predators - growth log(predators)."""
    prey, predators = lotka_volterra((1.0, 0.3), 0.6, 0.4, 60, 6000).T
    constant = prey - 0.4 * np.log(prey) + predators - 0.6 * np.log(predators)
    assert np.ptp(constant) < 1e-9


@pytest.mark.parametrize(("growth", "death"), [(0.5, 0.5), (0.3, 0.6), (0.9, 0.4)])
def test_predators_follow_prey_by_a_quarter_of_a_period(growth, death):
    prey, predators = small_cycles((1.05 * death, growth), growth, death).T
    lags = cross_correlation(prey, predators, 15)
    found = int(lags.argmax()) - 15
    assert found == pytest.approx(period(growth, death) / 4.0, abs=0.75)  # whole steps, and series that end


def test_over_noisy_lucks_the_leader_is_found_and_the_interval_holds_the_lag():
    rng = np.random.default_rng(5)
    prey, predators = small_cycles().T
    noise = 0.02
    pairs = [
        (prey + noise * rng.standard_normal(len(prey)), predators + noise * rng.standard_normal(len(prey)))
        for _ in range(12)
    ]
    found = lead_lag(pairs, 8)
    quarter = period(GROWTH, DEATH) / 4.0
    assert found.leader == 1
    assert found.low - 0.75 <= quarter <= found.high + 0.75
    assert lead_lag([(second, first) for first, second in pairs], 8).leader == -1


def test_of_unrelated_series_nobody_leads():
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(40):
        found = lead_lag([tuple(rng.standard_normal((2, 60))) for _ in range(8)], 10)
        wrong += found.leader != 0
    assert wrong <= 10  # the interval of a lag without a peak spans both sides, nearly always


def test_a_lag_is_correlation_at_lag_zero():
    rng = np.random.default_rng(1)
    first, second = rng.standard_normal((2, 50))
    assert cross_correlation(first, second, 3)[3] == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert math.isnan(cross_correlation(np.ones(9), np.arange(9.0), 2)[0])


def test_lotka_volterra_goes_round_with_its_period():
    prey = small_cycles((0.8, 0.5))[:, 0]
    assert course_of(prey) == "goes round"
    assert main_period(prey) == pytest.approx(period(GROWTH, DEATH), rel=0.1)


def test_with_a_limit_to_prey_it_settles():
    path = lotka_volterra((0.9, 0.5), GROWTH, DEATH, 200, 4000, room=1.5)[::20]
    assert course_of(path[:, 1]) == "settles"


def test_predators_without_enough_prey_die_out():
    path = lotka_volterra((0.2, 0.5), GROWTH, DEATH, 200, 4000, room=0.4)[::20]
    assert course_of(np.floor(10.0 * path[:, 1])) == "dies out"


def test_memory_without_a_period_is_seldom_taken_for_one():
    rng = np.random.default_rng(2)
    shocks = rng.standard_normal((60, 160))
    series = np.zeros_like(shocks)
    for k in range(1, 160):
        series[:, k] = 0.8 * series[:, k - 1] + shocks[:, k]
    courses = [course_of(row - row.min() + 1.0) for row in series[:, 100:]]
    assert courses.count("goes round") <= 9  # 3 of 60 are expected; more than 9 in one of a thousand cases
    assert courses.count("wanders") >= 45
