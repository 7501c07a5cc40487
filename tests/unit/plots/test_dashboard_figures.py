"""Live figures: they show what they are given, empty or large, and are quick."""

import io

import numpy as np
import pytest
from PIL import Image

from cascade_sim.plots.dashboard import Liquidations, Snapshot, as_png, plot_book, plot_equity, plot_links, plot_price

CORNERS = ("lower left", "upper right", "lower right", "upper left")


def liquidations(count):
    rng = np.random.default_rng(1)
    parent = np.where(rng.random(count) < 0.7, (rng.random(count) * np.arange(count)).astype(int), -1)
    parent[:1] = -1
    generation = np.zeros(count, np.int64)
    for k in range(count):
        generation[k] = generation[parent[k]] + 1 if parent[k] >= 0 else 0
    return Liquidations(
        np.sort(rng.uniform(130, 900, count)),
        generation,
        rng.pareto(1.2, count) * 1e4 + 1,
        rng.random(count) < 0.9,
        parent,
    )


def snapshot(count=0, samples=900, **changes):
    rng = np.random.default_rng(2)
    fall = 120_000 - 5_000 * np.linspace(0, 1, samples)
    given = {
        "market": "BTC-PERP",
        "duration": 1200.0,
        "news": ((120.0, 420.0),),
        "time": np.arange(float(samples)),
        "mid": fall + rng.normal(0, 50, samples),
        "mark": fall,
        "fundamental": fall,
        "edges": np.arange(100_000.0, 130_001.0, 200.0),
        "longs": rng.uniform(0, 1e6, 150) * (np.arange(150) < 70),
        "shorts": rng.uniform(0, 1e6, 150) * (np.arange(150) > 90),
        "distance": np.concatenate([-np.arange(0.001, 0.05, 0.002), np.arange(0.001, 0.05, 0.002)]),
        "depth": rng.uniform(1e4, 2e5, 50),
        "left": rng.lognormal(0, 0.4, 1000),
        "was_liquidated": rng.random(1000) < 0.1,
        "liquidations": liquidations(count),
        "liquidated": 1e6,
        "bad_debt": 0.0,
        "fund": 5e6,
        "branching": 0.5,
    }
    return Snapshot(**(given | changes))


def words(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in [*axes.texts, axes.title])


@pytest.mark.parametrize("plot", [plot_price, plot_book, plot_equity, plot_links])
@pytest.mark.parametrize("count", [0, 1, 2000])
def test_every_figure_becomes_a_picture(plot, count):
    picture = Image.open(io.BytesIO(as_png(plot(snapshot(count)))))
    assert picture.width >= 500
    assert picture.height >= 350


@pytest.mark.parametrize("plot", [plot_price, plot_book, plot_equity, plot_links])
def test_there_is_a_picture_before_anything_happened(plot):
    nothing = np.zeros(0)
    assert as_png(
        plot(
            snapshot(
                samples=1, distance=nothing, depth=nothing, left=nothing, was_liquidated=np.zeros(0, bool),
                longs=np.zeros(150), shorts=np.zeros(150),
            )
        )
    )  # fmt: skip


def test_pictures_of_other_moments_differ():
    assert as_png(plot_price(snapshot())) == as_png(plot_price(snapshot()))
    assert as_png(plot_price(snapshot())) != as_png(plot_price(snapshot(samples=890)))


@pytest.mark.parametrize("plot", [plot_price, plot_book, plot_equity, plot_links])
def test_a_used_figure_shows_nothing_of_what_was_on_it(plot):
    nothing = np.zeros(0)
    empty = {"distance": nothing, "depth": nothing, "left": nothing, "was_liquidated": np.zeros(0, bool)}
    seen = [snapshot(30), snapshot(0, samples=1, **empty), snapshot(2000, samples=400, market="A-PERP", news=())]
    used = None
    for now in [*seen, *reversed(seen)]:
        used = plot(now, used)
        assert as_png(used) == as_png(plot(now))


def test_the_legend_of_prices_hides_none_where_a_corner_is_free():
    def corner(mid):
        seen = snapshot(mid=mid, fundamental=mid, mark=mid)
        return next(look for look in next(iter(plot_price(seen).stamps)) if look in CORNERS)

    down = np.linspace(120_000, 110_000, 900)
    assert corner(down) == "lower left"
    assert corner(down[::-1]) in ("upper left", "lower right")
    assert corner(np.maximum(2 * down - 120_000 - 40 * np.arange(900), 110_000.0)) == "upper right"


def test_an_empty_picture_says_so():
    nobody = np.zeros(150)
    assert "no trading yet" in words(plot_price(snapshot(samples=1)))
    assert "nobody would be liquidated" in words(plot_price(snapshot(longs=nobody, shorts=nobody)))
    assert "nobody was liquidated yet" in words(plot_links(snapshot()))
    assert "no traders" in words(plot_equity(snapshot(left=np.zeros(0), was_liquidated=np.zeros(0, bool))))


def test_price_and_map_share_their_prices():
    prices, map_ = plot_price(snapshot()).axes
    assert prices.get_ylim() == map_.get_ylim()
    low, high = prices.get_ylim()
    assert low < 115_000 * 0.97
    assert high > 120_000
    ends = [path.vertices[:, 0].max() for bars in map_.collections for path in bars.get_paths()]
    seen = snapshot()
    near = (seen.edges[1:] > low) & (seen.edges[:-1] < high)
    assert sorted(ends) == pytest.approx(sorted(usd for usd in [*seen.longs[near], *seen.shorts[near]] if usd > 0))


def test_depth_is_added_up_from_the_price():
    seen = snapshot()
    (axes,) = plot_book(seen).axes
    tops = [fill.get_paths()[0].vertices[:, 1].max() for fill in axes.collections]
    assert tops == pytest.approx([seen.depth[:25].sum(), seen.depth[25:].sum()])


def test_the_liquidated_are_counted():
    seen = snapshot()
    (axes,) = plot_equity(seen).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    gone = int(seen.was_liquidated.sum())
    assert labels == [f"never liquidated: {1000 - gone}", f"liquidated: {gone}"]
    whole, fallen = axes.patches
    assert whole.get_data().values.sum() == 1000
    assert (fallen.get_data().values - fallen.get_data().baseline).sum() == gone


def test_links_lead_from_the_one_that_cost_most_and_stay_few_enough_to_see():
    few, many = snapshot(30), snapshot(2000)
    (axes,) = plot_links(few).axes
    child = np.flatnonzero(few.liquidations.parent >= 0)
    drawn = {tuple(np.round(line.ravel(), 6)) for line in axes.collections[0].get_segments()}
    at = np.column_stack([few.liquidations.time / 60, few.liquidations.generation])
    assert drawn == {tuple(np.round([*at[few.liquidations.parent[k]], *at[k]], 6)) for k in child}
    assert len(plot_links(many).axes[0].collections[0].get_segments()) == 400
