"""Four classes of leverage on a linear book; the waves, the fall and the bad debt are known exactly."""

import pytest

from cascade_sim.experiments.step_map import capped_classes, step_map
from cascade_sim.experiments.validation.step_map import CLASSES, step_cascade

# shock -> final fall, liquidated in millions, bad debt in millions with 1 and with 1,000 accounts a class
TARGETS = {
    0.016: (0.036, 100, 0.6, 0.640),
    0.025: (0.045, 100, 1.5, 1.50),
    0.026: (0.086, 300, 4.8, 4.84),
    0.035: (0.095, 300, 7.5, 7.50),
    0.036: (0.156, 600, 15.6, 15.64),
    0.070: (0.190, 600, 36.0, 36.0),
    0.077: (0.277, 1000, 55.0, 55.02),
}


def run(shock, *settings):
    done = step_cascade(shock, *settings)
    return done.fall, done.liquidated / 1e6, done.bad_debt / 1e6


@pytest.mark.parametrize("shock", TARGETS)
def test_one_account_a_class(shock):
    fall, liquidated, bad_debt, _ = TARGETS[shock]
    assert run(shock) == pytest.approx((fall, liquidated, bad_debt), rel=0.02)


@pytest.mark.parametrize("shock", TARGETS)
def test_a_thousand_accounts_a_class(shock):
    fall, liquidated, _, bad_debt = TARGETS[shock]
    got = run(shock, 1000)
    assert got[:2] == pytest.approx((fall, liquidated), rel=0.02)
    assert got[2] == pytest.approx(bad_debt, rel=0.002)


@pytest.mark.parametrize("shock", TARGETS)
def test_the_closed_form_is_the_published_table(shock):
    fall, liquidated, bad_debt = step_map(shock, CLASSES, 0.005)
    assert (fall, liquidated / 1e6, bad_debt / 1e6) == pytest.approx(TARGETS[shock][:3], rel=1e-9)


@pytest.mark.parametrize("arm", ["leverage fixed", "leverage capped"])
@pytest.mark.parametrize("maintenance", [0.0025, 0.01, 0.02, 0.04])
def test_other_maintenance_margins(maintenance, arm):
    classes = CLASSES if arm == "leverage fixed" else capped_classes(CLASSES, maintenance)
    for shock in (0.0255, 0.0705):
        fall, liquidated, bad_debt = step_map(shock, classes, maintenance)
        expected = fall, liquidated / 1e6, bad_debt / 1e6
        assert run(shock, 1, classes, maintenance) == pytest.approx(expected, rel=0.02)


def test_maintenance_margin_has_no_sign_of_its_own():
    """Opened leverage fixed, more margin only brings triggers nearer; capped leverage moves them away again."""
    margins = (0.0025, 0.005, 0.01, 0.02, 0.04)
    for shock in (0.016, 0.025, 0.035):
        fixed = [step_map(shock, CLASSES, mu) for mu in margins]
        capped = [step_map(shock, capped_classes(CLASSES, mu), mu) for mu in margins]
        for quantity in range(3):
            path = [outcome[quantity] for outcome in fixed]
            assert path == sorted(path)
            assert path[-1] > path[0]
            assert capped[-1][quantity] < max(outcome[quantity] for outcome in capped)
