"""Moments of a cascade and the moving picture of it: what has happened by then is in them."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.image import imread
from PIL import Image

from cascade_sim.plots import figures, plot_moments, save_figures, save_gif
from cascade_sim.plots.contagion.unfolding import _frame_times


def bubbles(axes):
    return sum(len(item.get_offsets()) for item in axes.collections if isinstance(item, PathCollection))


def panels(figure):
    return [axes for axes in figure.axes if axes.get_title(loc="left")]


def test_equally_many_are_liquidated_between_moments(crash):
    figure = plot_moments(crash)
    figure.draw_without_rendering()
    shown = panels(figure)
    assert len(shown) == 6
    assert [bubbles(axes) for axes in (shown[0], shown[-1])] == [0, len(crash.events["exposure"])]
    counts = [int(axes.get_title(loc="left").split()[2].replace(",", "")) for axes in shown[1:]]
    whole = len(crash.events["breach"])
    assert counts[-1] == whole
    assert np.abs(np.array(counts) - np.linspace(0, whole, 6)[1:]).max() <= 0.15 * whole
    assert f"{whole:,} liquidations: prices so far at 6 moments" in figure.get_suptitle()


def test_what_lies_ahead_is_what_the_map_says(crash):
    figure = plot_moments(crash)
    first, side = panels(figure)[0], panels(figure)[0].child_axes[0]
    low, high = first.get_ylim()
    now = crash.events["breach"]["time"].min()
    rows = crash.liquidation_map[crash.liquidation_map["time"] < now]
    rows = rows[rows["time"] == rows["time"].max()]
    start = rows["market"].map({name: crash.market(name)["mid"].iloc[0] for name in rows["market"].unique()})
    change = 100 * (rows["price"] / start - 1)
    wanted = rows.loc[(change >= low) & (change < high), "notional"].sum()
    assert sum(bar.get_width() for bar in side.patches) == pytest.approx(wanted)


def test_few_or_no_liquidations(by_hand, calm):
    assert [bubbles(axes) for axes in panels(plot_moments(by_hand))] == [0, 4, 4, 4, 4, 4]
    figure = plot_moments(calm)
    figure.draw_without_rendering()
    assert "Nobody was liquidated" in figure.get_suptitle()


def test_frames_dwell_where_liquidations_are():
    times = _frame_times(np.array([1000.0, 1001.0, 1002.0]), 3600.0, 50)
    assert (times[0], times[-1]) == (940, 1062)
    assert (np.diff(times) >= 0).all()
    assert ((times >= 999.5) & (times <= 1002.5)).sum() >= 20
    assert np.diff(_frame_times(np.array([]), 3600.0, 50)) == pytest.approx(3600 / 49)


def test_a_gif_moves_and_ends_with_every_liquidation(crash, tmp_path):
    file = save_gif(crash, "ETH-PERP", tmp_path / "cascade.gif", frames=6)
    with Image.open(file) as picture:
        frames = []
        for k in range(picture.n_frames):
            picture.seek(k)
            frames.append(np.asarray(picture.convert("RGB"), dtype=float))
    assert len(frames) >= 6
    assert all(np.abs(one - other).max() > 50 for one, other in pairwise(frames[:6]))
    assert file.stat().st_size < 3e6


def test_a_gif_of_a_market_without_a_map_is_refused(calm, tmp_path):
    nothing = replace(calm, liquidation_map=calm.liquidation_map.iloc[:0])
    with pytest.raises(ValueError, match="X-PERP: no positions could be liquidated"):
        save_gif(nothing, "X-PERP", tmp_path / "x.gif")
    save_figures(nothing, tmp_path / "figures", animated=True)
    assert not list((tmp_path / "figures").glob("*.gif"))


def test_flow_and_gif_only_if_asked_for(by_hand, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "save_gif", partial(save_gif, frames=3))  # as it is, but quick
    flow = pd.DataFrame({"X-PERP": {"X-PERP": 5e3}})
    files = {file.name for file in save_figures(by_hand, tmp_path, flow, animated=True)}
    assert {"market-flow.png", "cascade-X-PERP.gif", "moments.png", "contagion.png"} <= files
    assert imread(tmp_path / "moments.png")[..., :3].std() > 0.01
