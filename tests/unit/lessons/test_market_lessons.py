"""Lessons on margin, on what-ifs and on a real day."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.lessons.margin import best_margin, earnings, margin_runs, with_margin
from cascade_sim.experiments.lessons.october_2025 import ACCOUNTS, BIDS, DAY_TARGETS
from cascade_sim.plots.lessons.margin import plot_earnings, plot_margin
from cascade_sim.plots.lessons.october_2025 import plot_depth_of_the_day, plot_scores
from cascade_sim.plots.lessons.what_if import plot_what_if


def title(figure):
    return figure.axes[0].get_title(loc="left")


def test_margin_caps_leverage():
    (tier,) = with_margin(0.02).venues["perps"].rules.tiers["BTC"]
    assert (tier.maintenance, tier.leverage) == (0.02, 25.0)


def test_more_margin_less_debt_and_less_to_hold():
    found = margin_runs((0.0025, 0.06), seeds=(0, 1)).groupby("margin").mean()
    assert found["bad_debt"].is_monotonic_decreasing
    assert found["positions"].is_monotonic_decreasing
    assert found["bad_debt"].iloc[0] > 0


def test_earnings_are_fees_less_debt():
    runs = pd.DataFrame({"margin": [0.01, 0.02], "seed": [0, 0], "positions": [4.0, 3.0], "bad_debt": [0.02, 0.0]})
    assert earnings(runs, days=10).loc[0].tolist() == pytest.approx([4.0 - 2.0, 3.0])
    assert (best_margin(runs, days=10), best_margin(runs, days=30)) == (0.02, 0.01)
    figure = plot_earnings(earnings(runs, 30), 30)
    assert title(figure) == "What an exchange earns with a crash every 30 days"
    assert "highest mean: 1 %" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert len(plot_margin(runs).axes) == 2


def test_a_what_if_is_drawn_in_per_cent():
    columns = {"run": [200.0, 0.1], "difference": [-50.0, 0.0], "floor": [10.0, 0.01]}
    table = pd.DataFrame(columns | dict.fromkeys(("mean", "low", "high"), np.nan), index=["liquidated", "fall"])
    axes = plot_what_if(table, "Without account 3").axes[0]
    assert axes.lines[0].get_xdata().tolist() == [-25.0, 0.0]
    assert [round(bar.get_width()) for bar in axes.patches] == [10, 20]


def test_the_facts_of_the_day_are_drawn():
    assert title(plot_depth_of_the_day(BIDS)).endswith("10 October 2025")
    assert ACCOUNTS.loc["BTC longs", "liquidated"] == pytest.approx(32.7, abs=0.05)
    rows = [(t.label, t.low, t.high, t.low, t.low / 2, 2 * t.low, "yes") for t in DAY_TARGETS]
    scores = pd.DataFrame(rows, columns=["label", "real_low", "real_high", "median", "low", "high", "met"])
    assert [text.get_text() for text in plot_scores(scores).axes[0].get_yticklabels()] == [t.label for t in DAY_TARGETS]
