"""Makers who stay and makers who leave."""

import pandas as pd
import pytest

from cascade_sim.experiments.lessons.quoting import MAKERS, market, nobody_switches, stay_or_leave, with_stayers
from cascade_sim.plots.lessons.quoting import plot_stay_or_leave


@pytest.mark.parametrize("stayers", range(MAKERS + 1))
def test_the_five_are_the_same_five(stayers):
    usual = market(-0.05).agents.makers["perp-makers"]
    cohorts = [one for name, one in with_stayers(-0.05, stayers).agents.makers.items() if name != "spot-makers"]
    assert sum(one.count for one in cohorts) == usual.count == MAKERS
    depth = sum(one.markets["BTC-PERP"] for one in cohorts)
    assert depth == pytest.approx(usual.markets["BTC-PERP"])
    assert all(one.markets["BTC-PERP"] / one.count == pytest.approx(depth / MAKERS) for one in cohorts)


def runs(stay, leave):
    """Payoffs that depend on how many stay; two lucks that share a level."""
    rows = []
    for stayers in range(MAKERS + 1):
        for seed in (0, 1):
            own = {"stays": stay(stayers) + seed if stayers else None}
            others = {"leaves": leave(stayers) + seed if stayers < MAKERS else None}
            rows.append({"stayers": stayers, "seed": seed, "fall": 0.1} | own | others)
    return pd.DataFrame(rows).astype({"stays": float, "leaves": float})


def test_chicken_ends_in_between():
    # Staying brings 10 less 4 for each who stays; leaving nothing: the second gains 2, the third would lose 2.
    found = stay_or_leave(runs(lambda n: 10 - 4 * n, lambda n: 0.0))
    assert found["gain"].tolist() == [6, 2, -2, -6, -10]
    assert (found["low"] == found["high"]).all()
    assert nobody_switches(found) == [2]


def test_a_convention_has_two_ends():
    found = stay_or_leave(runs(lambda n: n - 2.5, lambda n: 0.0))
    assert nobody_switches(found) == [0, MAKERS]


def test_the_figure_has_a_bar_for_each_number_of_others():
    data = runs(lambda n: 10 - 4 * n, lambda n: 0.0)
    left, _ = plot_stay_or_leave(stay_or_leave(data), data).axes
    assert len(left.patches) == MAKERS
