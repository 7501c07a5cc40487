"""The price so far, and beside it where positions would be liquidated next."""

from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cascade_sim.plots.dashboard.sheet import blank, letters
from cascade_sim.plots.dashboard.snapshot import Floats, Snapshot
from cascade_sim.plots.dashboard.stamp import stamp_legend
from cascade_sim.plots.style import BLUE, GREY, VERMILION, money

__all__ = ["plot_price"]

_SIZE = (12.0, 4.0)  # inches
_PRICES = (0.072, 0.15, 0.588, 0.75)
_MAP = (0.675, 0.15, 0.315, 0.75)
_REACH = 0.04  # of the map, below and above the price
_SHORTEST = 300.0  # seconds on the axis of time, where the run is as long
_LEGEND = (0.48, 0.4)  # width and height of the legend, share of its axes


def _span(snapshot: Snapshot) -> tuple[float, float]:
    """Prices shown: all of the past, and the map within its reach."""
    price = snapshot.mark[-1]
    past = np.concatenate([snapshot.mid, snapshot.mark, snapshot.fundamental])
    low, high = np.nanmin(past), np.nanmax(past)
    return float(min(low * 0.995, price * (1 - _REACH))), float(max(high * 1.005, price * (1 + _REACH / 2)))


def _corner(snapshot: Snapshot, end: float) -> str:
    """Where the fewest prices lie under the legend."""
    low, high = _span(snapshot)
    across = np.tile(snapshot.time / end, 2)
    up = (np.concatenate([snapshot.mid, snapshot.fundamental]) - low) / (high - low)
    left, right = across < _LEGEND[0], across > 1 - _LEGEND[0]
    below, above = up < _LEGEND[1], up > 1 - _LEGEND[1]
    hidden = {
        "lower left": left & below,
        "upper right": right & above,
        "lower right": right & below,
        "upper left": left & above,
    }
    return min(hidden, key=lambda corner: np.count_nonzero(hidden[corner]))


def _say(axes: Any, text: str) -> None:
    """Words where there is nothing to draw."""
    axes.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=axes.transAxes)


def _draw_prices(axes: Any, snapshot: Snapshot) -> None:
    minutes = snapshot.time / 60
    end = max(snapshot.now, min(_SHORTEST, snapshot.duration)) / 60
    for k, (begin, over) in enumerate(snapshot.news):
        if begin < snapshot.now:
            label = "news arrives" if k == 0 else None
            axes.axvspan(begin / 60, min(over / 60, end), color="#f3ead0", lw=0, label=label)
    axes.plot(minutes, snapshot.fundamental, color=GREY, ls=(0, (1, 1.2)), label="what it is worth")
    axes.plot(minutes, snapshot.mark, color=VERMILION, ls="--", lw=1.6, label="mark (decides who is liquidated)")
    axes.plot(minutes, snapshot.mid, color=BLUE, label="price (middle of the book)")
    axes.set_xlim(0, end * 1.01)
    axes.set_xlabel("minutes")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    axes.yaxis.set_major_locator(MaxNLocator(7))
    axes.set_title(f"{snapshot.market}: price in USD")
    axes.set_ylim(*_span(snapshot))
    if len(minutes) < 2:
        _say(axes, "no trading yet: press Step or play")
    stamp_legend(axes, loc=_corner(snapshot, 60 * end), frameon=True, framealpha=0.85, edgecolor="none")


def _bars(axes: Any, edges: Floats, usd: Floats, **look: Any) -> None:
    """Bars from the axis to the right, one artist for all of them."""
    own = usd > 0
    low, high = (edges[1:] - 0.93 * np.diff(edges))[own], edges[1:][own]
    zero = np.zeros(own.sum())
    corners = [(zero, low), (usd[own], low), (usd[own], high), (zero, high)]
    axes.add_collection(PolyCollection(list(np.stack([np.column_stack(corner) for corner in corners], 1)), **look))


def _draw_map(axes: Any, snapshot: Snapshot) -> None:
    low, high = axes.get_ylim()
    near = (snapshot.edges[1:] > low) & (snapshot.edges[:-1] < high)
    shown = {
        "shorts, bought back by force": (snapshot.shorts, BLUE, "//"),
        "longs, sold by force": (snapshot.longs, VERMILION, ""),
    }
    for label, (usd, colour, hatch) in shown.items():
        _bars(axes, snapshot.edges, usd * near, facecolor=colour, hatch=hatch, edgecolor="white", lw=0, label=label)
    most = float(max((snapshot.longs * near).max(), (snapshot.shorts * near).max(), 1.0))
    if most <= 1.0:
        _say(axes, "nobody would be liquidated\nnear this price")
    axes.set_xlim(0, 1.05 * most)
    axes.axhline(snapshot.mark[-1], color="black", lw=1.4)
    axes.text(0.99, snapshot.mark[-1], "mark now", transform=axes.get_yaxis_transform(), ha="right", va="bottom")
    axes.xaxis.set_major_formatter(lambda value, _: money(value))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelleft=False)
    axes.set_xlabel(f"USD liquidated there (per {snapshot.edges[1] - snapshot.edges[0]:,.4g} USD of price)")
    axes.set_title("Who falls next, and where")
    stamp_legend(axes, loc="upper right", frameon=True, framealpha=0.85, edgecolor="none")


def plot_price(snapshot: Snapshot, used: Figure | None = None) -> Figure:
    """Price, mark and fundamental value so far; on the same axis of prices the map of liquidations.

    Parameters
    ----------
    snapshot : Snapshot
    used : Figure, optional
        An earlier picture of the same kind, which is wiped and drawn on: that is quicker.
    """
    with letters():
        figure = blank(_SIZE, [_PRICES, _MAP], used)
        prices, map_ = figure.axes
        _draw_prices(prices, snapshot)
        _draw_map(map_, snapshot)
    return figure
