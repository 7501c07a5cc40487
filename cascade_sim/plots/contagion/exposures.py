"""Who held what before a cascade and after it: accounts on both sides of the markets, on one scale."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from cascade_sim.plots.contagion.exposure_stacks import SIDES, ExposureStacks, holdings
from cascade_sim.plots.contagion.ribbons import bar, ribbon, spread
from cascade_sim.plots.style import GREY, colour_of, money, style

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["plot_exposures"]

_BAR = 0.035
_EMPTY = "#eeeeee"
_LINE, _LOWEST = 0.033, 0.015  # of the height: between two names, and below the last one
# Lower left corner of the bars of each side, where their ribbons begin, where they end, where their names stand.
_PLACES = {
    "long": (0.0, _BAR, 0.5 - _BAR / 2, -0.015, "right"),
    "short": (1 - _BAR, 1 - _BAR, 0.5 + _BAR / 2, 1.015, "left"),
}


def _draw_side(axes: Any, stacks: ExposureStacks, panel: str, side: str, colours: dict[str, str]) -> None:
    """Slots of the holders of one side, what is in them, and ribbons from there to the markets."""
    x, begin, end, _, _ = _PLACES[side]
    slots, places = stacks.holders[side], stacks.tops(stacks.markets)
    for holder, top in stacks.tops(slots).items():
        bar(axes, x, top - slots[holder], slots[holder], _BAR, _EMPTY)
        for market, colour in colours.items():
            amount = stacks.held(panel, side, holder, market)
            top, places[market] = top - amount, places[market] - amount
            if amount > 0:
                bar(axes, x, top, amount, _BAR, colour)
                ribbon(axes, (begin, end), (top, places[market]), amount, color=colour, alpha=0.5, zorder=1)


def _name_holders(axes: Any, stacks: ExposureStacks, panel: str, side: str) -> None:
    slots = stacks.holders[side]
    middles = np.array([top - slots[name] / 2 for name, top in stacks.tops(slots).items()])
    heights = spread(middles, _LINE * stacks.height, _LOWEST * stacks.height)
    _, _, _, x, ha = _PLACES[side]
    for holder, height in zip(map(str, slots.index), heights, strict=True):
        amount = sum(stacks.held(panel, side, holder, str(market)) for market in stacks.markets.index)
        colour = "black" if amount > 0 else GREY
        axes.text(x, height, f"{holder}: {money(amount)}", ha=ha, va="center", fontsize=7.5, color=colour)


def _draw_markets(axes: Any, stacks: ExposureStacks, panel: str, colours: dict[str, str]) -> None:
    readable = [withStroke(linewidth=2, foreground="white")]
    for name, top in stacks.tops(stacks.markets).items():
        now, highest = stacks.in_market(panel, name), stacks.markets[name]
        bar(axes, 0.5 - _BAR / 2, top - highest, highest, _BAR, _EMPTY)
        bar(axes, 0.5 - _BAR / 2, top - now, now, _BAR, colours[name])
        text = f"{name}: {money(now)}"
        axes.text(0.5, top, text, ha="center", va="bottom", fontsize=8, zorder=5, path_effects=readable)


def _draw(axes: Any, stacks: ExposureStacks, panel: str, colours: dict[str, str]) -> None:
    for side in SIDES:
        _draw_side(axes, stacks, panel, side, colours)
        _name_holders(axes, stacks, panel, side)
    _draw_markets(axes, stacks, panel, colours)
    axes.set_xlim(-0.46, 1.46)
    axes.set_ylim(-0.01 * stacks.height, 1.09 * stacks.height)
    axes.set_axis_off()
    axes.set_title(panel, loc="center", pad=4)
    for x, text in ((0.0, "longs"), (0.5, "markets"), (1.0, "shorts")):
        axes.text(x, 1.045 * stacks.height, text, ha="center", va="bottom", fontsize=8, color=GREY)


def _headline(table: pd.DataFrame) -> tuple[str, str]:
    """How much was held before and after, and who lost most of it."""
    held = table[table["side"] == "long"].groupby("panel")["notional"].sum()
    title = f"Long positions of {money(held.get('before', 0.0))} USD before, {money(held.get('after', 0.0))} after"
    names = table["side"] + "s of " + table["holder"]
    each = table.assign(names=names).pivot_table(index="names", columns="panel", values="notional", aggfunc="sum")
    each = each.reindex(columns=["before", "after"]).fillna(0.0)
    lost = each["before"] - each["after"]
    if lost.max() <= 0:
        return title, "Nobody holds less than before."
    row = int(lost.to_numpy().argmax())
    was, is_ = each.to_numpy()[row]
    return title, f"The {each.index[row]} shrank most: from {money(was)} to {money(is_)} USD."


def plot_exposures(before: "nx.Graph[Any]", after: "nx.Graph[Any]", largest: int = 8) -> Figure:
    """Longs, markets and shorts before and after, on one scale; width is notional, colour the market.

    Slots stand at the same place in both panels, and what is gone stays as a grey outline.

    Parameters
    ----------
    before, after : networkx.Graph
        Nodes with ``kind`` (account, owner, market or venue), accounts with ``account``, ``role`` and ``cohort``; edges
        of ``kind`` position or inventory with ``notional`` (USD) and ``side`` (long or short). Others are not drawn.
    largest : int
        So many accounts are drawn by themselves, the others by cohort.
    """
    table = holdings(before, after, largest)
    with style():
        figure = Figure(figsize=(13, 6.5))
        if table.empty:
            axes = figure.subplots()
            axes.set_axis_off()
            axes.text(0.5, 0.5, "nobody held a position", ha="center", va="center", fontsize=12)
            return figure
        stacks = ExposureStacks(table)
        colours = {name: look["color"] for name, look in colour_of(list(map(str, stacks.markets.index))).items()}
        for k, panel in enumerate(("before", "after")):
            _draw(figure.add_axes((0.005 + 0.5 * k, 0.02, 0.49, 0.82)), stacks, panel, colours)
        title, most = _headline(table)
        figure.suptitle(title, x=0.01, y=0.985, ha="left", fontsize=12.5, fontweight="bold")
        figure.text(0.01, 0.925, f"{most} Grey: what was held before and is gone.", fontsize=9.5, va="center")
    return figure
