"""Which market's losses forced sales in which market."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.contagion.ribbons import Floats, bar, ribbon, spread, stacked
from cascade_sim.plots.style import GREY, colour_of, money, style

__all__ = ["plot_market_flow"]

_BAR = 0.05
_GAP = 0.07  # of the total, between bars
_HOME, _IMPORTED = 0.22, 0.75  # opacity
_NOWHERE = "no market"  # row of what was closed by fees and the like, without a loss in a market
_TINY = 0.005  # of the total: no bar of this height can be seen


def _square(flow: pd.DataFrame) -> pd.DataFrame:
    """The flow with the same markets on both sides, those without any left out, gaps as zeros."""
    names = list(dict.fromkeys([*flow.index, *flow.columns]))
    whole = flow.reindex(index=names, columns=names).fillna(0.0).clip(lower=0.0)
    if _left_out(flow) > 0:
        whole = whole.drop(index=_NOWHERE, columns=_NOWHERE)
        names.remove(_NOWHERE)
    used = [name for name in names if whole.loc[name].sum() + whole[name].sum() > 0]
    return whole.loc[used, used]


def _left_out(flow: pd.DataFrame) -> float:
    """What was closed without a loss in any market, USD, if it is too little to be drawn; else 0."""
    usd = float(flow.loc[_NOWHERE].to_numpy(float).sum()) if _NOWHERE in flow.index else 0.0
    return usd if usd < _TINY * float(flow.to_numpy(float).sum()) else 0.0


def _draw(axes: Any, flow: pd.DataFrame) -> None:
    """Bars of both sides, and a ribbon for every pair of markets; what stays at home is pale."""
    amounts, total = flow.to_numpy(float), float(flow.to_numpy().sum())
    colours = [look["color"] for look in colour_of(list(flow.index)).values()]
    gap, height = _GAP * total, total * (1 + _GAP * (len(flow) - 1))
    left, right = stacked(amounts.sum(axis=1), gap, height), stacked(amounts.sum(axis=0), gap, height)
    # Ribbons leave from the top of a bar in the order in which they arrive, so that as few as can be cross.
    leave = left[:, None] + amounts.sum(axis=1)[:, None] - np.cumsum(amounts, axis=1)
    arrive = right[None, :] + amounts.sum(axis=0)[None, :] - np.cumsum(amounts, axis=0)
    for i, j in np.argwhere(amounts > 0):
        look = {"color": colours[i], "alpha": _HOME if i == j else _IMPORTED, "zorder": 1 if i == j else 2}
        ribbon(axes, (_BAR, 1 - _BAR), (leave[i, j], arrive[i, j]), amounts[i, j], **look)
    for k, colour in enumerate(colours):
        bar(axes, 0.0, left[k], amounts[k].sum(), _BAR, colour)
        bar(axes, 1 - _BAR, right[k], amounts[:, k].sum(), _BAR, colour)
    axes.set_xlim(-0.28, 1.28)
    axes.set_ylim(-0.07 * height, 1.03 * height)
    _name(axes, flow, colours, left + amounts.sum(axis=1) / 2, right + amounts.sum(axis=0) / 2)


def _name(axes: Any, flow: pd.DataFrame, colours: list[str], left: Floats, right: Floats) -> None:
    """What each market forced, and how much of what was forced in it came from elsewhere."""
    low, high = axes.get_ylim()
    for side, middles in (("left", left), ("right", right)):
        sums = flow.sum(axis=1 if side == "left" else 0).to_numpy(float)
        shown = np.flatnonzero(sums > 0)
        heights = spread(middles[shown], 0.135 * (high - low), low + 0.07 * (high - low))
        for k, height in zip(map(int, shown), heights, strict=True):
            name, away = flow.index[k], float(sums[k] - flow.to_numpy(float)[k, k])
            if side == "right" and _NOWHERE in flow.index:
                away -= float(flow.to_numpy(float)[list(flow.index).index(_NOWHERE), k])  # nobody's import
            if name == _NOWHERE:
                text = f"fees and the like,\nno loss in a market,\nforced {money(sums[k])} USD"
            elif side == "left":
                text = f"losses in {name}\nforced {money(sums[k])} USD,\n{money(away)} of it elsewhere"
            else:
                text = f"{name}:\n{money(sums[k])} USD forced,\n{away / sums[k]:.0%} of it imported"
            x, ha = (-0.015, "right") if side == "left" else (1.015, "left")
            axes.text(x, height, text, ha=ha, va="center", fontsize=8.5, color=colours[k])


def _in_words(flow: pd.DataFrame) -> tuple[str, str]:
    """How much was imported, and by which link most."""
    amounts, total = flow.to_numpy(float).copy(), float(flow.to_numpy().sum())
    np.fill_diagonal(amounts, 0.0)
    amounts[flow.index == _NOWHERE] = 0.0
    imported = amounts.sum()
    title = (
        f"{imported / total:.0%} of the forced volume came from losses in another market: "
        f"{money(imported)} of {money(total)} USD"
    )
    if imported <= 0:
        return title, "Nothing was carried from one market to another."
    i, j = divmod(int(amounts.argmax()), len(amounts))
    return title, f"Most: losses in {flow.index[i]} forced {money(amounts[i, j])} USD in {flow.columns[j]}."


def _note(flow: pd.DataFrame) -> str:
    """What is not drawn."""
    usd = _left_out(flow)
    return f" Not drawn: {money(usd)} USD forced by fees and the like." if usd > 0 else ""


def plot_market_flow(flow: pd.DataFrame) -> Figure:
    """Ribbons from the market that lost to the market in which that forced volume; what stayed at home is pale.

    Parameters
    ----------
    flow : DataFrame
        Rows the market of the loss, columns the market of the forced volume, USD. The diagonal is home-made.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["BTC-PERP", "SOL-PERP"]
    >>> figure = plot_market_flow(pd.DataFrame([[6e6, 0], [3e6, 1e6]], names, names))
    >>> figure.get_suptitle()
    '30% of the forced volume came from losses in another market: 3 M of 10 M USD'
    """
    whole = _square(flow)
    with style():
        figure = Figure(figsize=(9, 5))
        axes = figure.add_axes((0.01, 0.03, 0.98, 0.82))
        axes.set_axis_off()
        if whole.empty:
            axes.text(0.5, 0.5, "no losses forced any volume", ha="center", va="center", fontsize=12)
            return figure
        _draw(axes, whole)
        title, most = _in_words(whole)
        figure.suptitle(title, x=0.012, y=0.98, ha="left", fontsize=12, fontweight="bold")
        figure.text(0.012, 0.9, most, fontsize=9.5, va="center")
        figure.text(
            0.012,
            0.02,
            f"Left: market of the loss; right: market in which that forced volume; pale: the same market.{_note(flow)}",
            fontsize=8,
            color=GREY,
        )
    return figure
