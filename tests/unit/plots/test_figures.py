"""Every figure of a run: drawn, titled, with named axes and units, and showing the run's numbers."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from cascade_sim.plots import (
    plot_contagion,
    plot_depth,
    plot_liquidation_map,
    plot_overview,
    plot_payers,
    save_figures,
)
from cascade_sim.plots.style import colour_of, money

UNIT = re.compile(r"USD|minutes|%|market")
PLOTS = {
    "overview": plot_overview,
    "payers": plot_payers,
    "contagion": plot_contagion,
    "map": lambda result: plot_liquidation_map(result, perpetual(result)),
    "depth": lambda result: plot_depth(result, perpetual(result)),
}


def perpetual(result):
    """First perpetual of a run."""
    return next(name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual")


def named(axis):
    """Whether an axis says what it shows: a label with a unit, names at its ticks, or nothing to say."""
    ticks = [label.get_text() for label in axis.get_ticklabels()]
    names = any(re.search("[A-Za-z]{3}", text) for text in ticks)
    return bool(UNIT.search(axis.get_label_text())) or names or not axis.get_visible()


@pytest.mark.parametrize("kind", PLOTS)
@pytest.mark.parametrize("run", ["by_hand", "crash", "calm"])
def test_titles_labels_and_units(request, kind, run, tmp_path):
    result = request.getfixturevalue(run)
    figure = PLOTS[kind](result)
    figure.savefig(tmp_path / "f.png")
    panels = [axes for axes in figure.axes if axes.axison]
    if not panels:
        assert any("nobody" in text.get_text() or "no positions" in text.get_text() for text in figure.axes[0].texts)
    for axes in panels:
        is_colorbar = axes.get_label() == "<colorbar>"
        assert axes.get_title(loc="left") or figure.get_suptitle() or is_colorbar
        assert named(axes.yaxis)
        shares_time_below = kind == "overview" and axes is not figure.axes[-1]
        assert named(axes.xaxis) or shares_time_below or is_colorbar


def test_all_files_and_no_empty_picture(crash, tmp_path):
    files = save_figures(crash, tmp_path / "figures")
    perpetuals = ("BTC-PERP", "ETH-PERP", "SOL-PERP")
    wanted = {"overview", "who-pays-whom", "contagion", "moments"}
    wanted |= {f"{kind}-{name}" for kind in ("liquidation-map", "depth") for name in perpetuals}
    assert {file.stem for file in files} == wanted
    for file in files:
        assert imread(file)[..., :3].std() > 0.01


def test_a_run_without_liquidations_has_all_figures_too(calm, tmp_path):
    files = save_figures(calm, tmp_path)
    assert len(files) == 6
    assert all(file.stat().st_size > 1_000 for file in files)
    assert "nobody was liquidated" in plot_contagion(calm).axes[0].texts[0].get_text()


def test_the_overview_shows_the_fall(by_hand):
    figure = plot_overview(by_hand)
    prices, liquidations = figure.axes[0], figure.axes[1]
    assert min(prices.lines[0].get_ydata()) == pytest.approx(-7)
    assert min(prices.lines[1].get_ydata()) == pytest.approx(-2)  # without the impact of liquidations
    assert sum(bar.get_height() for bar in liquidations.patches) == pytest.approx(5_054 / 1e6)
    assert "X-PERP fell 7.0%, 5.05 k USD liquidated" in figure.get_suptitle()


def test_all_that_was_liquidated_is_in_the_bars(crash):
    bars = plot_overview(crash).axes[1].patches
    total = sum(crash.market(name)["liquidated"].iloc[-1] for name in ("BTC-PERP", "ETH-PERP", "SOL-PERP"))
    assert sum(bar.get_height() for bar in bars) * 1e6 == pytest.approx(total)


def test_winners_and_losers_add_up_to_zero(crash):
    flows = plot_payers(crash).axes[0]
    heights = [bar.get_height() for bar in flows.patches]
    assert sum(heights) == pytest.approx(0, abs=1e-3 * max(heights))
    own = crash.accounts[crash.accounts["venue"] == "perps"].groupby("role")["profit"].sum()
    assert min(heights) == pytest.approx(own.min())
    assert heights == sorted(heights)


def test_what_covered_the_losses(by_hand):
    coverage = plot_payers(by_hand).axes[1]
    names = [label.get_text() for label in coverage.get_yticklabels()]
    widths = dict(zip(names, (bar.get_width() for bar in coverage.patches), strict=True))
    assert widths["winners, by\nsocialised loss"] == pytest.approx(83.6825, abs=1e-5)
    assert widths["insurance fund"] == 0


def test_the_depth_figure_shows_what_stands_in_the_book(by_hand):
    mesh = plot_depth(by_hand, "X-PERP").axes[0].collections[0]
    # After the cascade ten units stand at each price below 93: 930 USD a price and band at most a price wide.
    assert np.nanmax(np.ma.filled(mesh.get_array(), np.nan)) == pytest.approx(930)


def test_more_maps_than_a_figure_can_show(by_hand):
    times = np.linspace(0.001, 10, 4_500)
    row = by_hand.depth_profile.iloc[[0]]
    many = replace(by_hand, depth_profile=pd.concat([row.assign(time=time) for time in times]))
    mesh = plot_depth(many, "X-PERP").axes[0].collections[0]
    assert mesh.get_array().shape[1] == 1_500


@pytest.mark.parametrize(
    ("usd", "words"),
    [(1_234_567, "1.23 M"), (-45_600, "-45.6 k"), (12, "12"), (0, "0"), (2.5e9, "2.5 bn"), (999, "999")],
)
def test_money_in_words(usd, words):
    assert money(usd) == words


def test_neighbouring_markets_differ_in_colour_and_line():
    looks = list(colour_of(["a", "b", "c", "d"]).values())
    assert len({look["color"] for look in looks}) == 4
    assert all(one["linestyle"] != other["linestyle"] for one, other in pairwise(looks))
