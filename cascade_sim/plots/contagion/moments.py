"""A cascade at six moments: what has happened so far, and what lies ahead."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.style import GREY, colour_of, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_moments"]

_READING = (
    "A bubble is a position when its account was liquidated: its area is the USD held, its height the mark price at "
    "that moment. What was closed in the end may be less."
)
_BANDS = 45
_AHEAD = 0.3  # width of what lies ahead, of that of the prices
_LARGEST = 420.0  # area of a bubble, square points
_BEFORE = 0.25  # of the time to the middle moment, shown before the first one
_LEAST = 0.02  # of the time to the last moment, shown at least
_BEYOND = 0.03  # of the price, shown below the lowest price and above the highest

Floats = NDArray[np.float64]


def _times(breaches: Floats, end: float, count: int) -> Floats:
    """Before the first liquidation, and when each further fifth has been liquidated; evenly if these coincide."""
    if len(breaches):
        shares = np.quantile(breaches, np.linspace(0, 1, count)[1:], method="inverted_cdf")
        times = np.unique(np.append(np.nextafter(breaches[0], -np.inf), shares))
        return times if len(times) == count else np.linspace(0, end, count)
    return np.linspace(0, end, count + 1)[1:]


def _liquidations(result: "Result", prices: dict[str, Any]) -> pd.DataFrame:
    """A row a position that was liquidated: time, liquidation, market, notional and change of price since the start."""
    rows = result.events.get("exposure")
    if rows is None:
        empty = pd.DataFrame(columns=["time", "liquidation", "market", "notional", "change"])
        return empty.astype({"time": float, "notional": float, "change": float})
    start = rows["market"].map({name: series.iloc[0] for name, series in prices.items()})
    notional = rows["size"].abs() * rows["mark"]
    return rows.assign(notional=notional, change=100 * (rows["mark"] / start - 1)).dropna(subset="change")


def _draw_past(axes: Any, prices: dict[str, Any], done: pd.DataFrame, looks: Any, now: float, largest: float) -> None:
    """Prices up to now, and a bubble for every position liquidated on the way."""
    for name, series in prices.items():
        past = series[series.index <= now]
        axes.plot(past.index / 60, 100 * (past / series.iloc[0] - 1), lw=1.1, zorder=2, **looks[name])
        own = done[done["market"] == name]
        axes.scatter(
            own["time"] / 60,
            own["change"],
            s=7 + _LARGEST * own["notional"] / largest,
            color=looks[name]["color"],
            alpha=0.5,
            edgecolors="white",
            linewidths=0.4,
            zorder=3,
        )


def _ahead(result: "Result", prices: dict[str, Any], now: float, edges: Floats) -> dict[str, Floats]:
    """USD that would be liquidated in each band of prices, by market, as last seen."""
    found = {}
    for name, series in prices.items():
        rows = result.liquidation_map[result.liquidation_map["market"] == name]
        seen = rows[rows["time"] <= now]
        seen = seen[seen["time"] == seen["time"].max()]
        change = 100 * (seen["price"] / series.iloc[0] - 1)
        found[name] = np.histogram(change, edges, weights=seen["notional"])[0]
    return found


def _draw_ahead(axes: Any, ahead: dict[str, Floats], edges: Floats, looks: Any, most: float) -> None:
    """Bars beside the prices, one market after the other."""
    left = np.zeros(len(edges) - 1)
    for name, usd in ahead.items():
        axes.barh(edges[:-1], usd, np.diff(edges), left, align="edge", color=looks[name]["color"], lw=0)
        left += usd
    axes.set_xlim(0, most)
    axes.set_xticks([most], [money(most)], fontsize=7, ha="right")
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.set_facecolor("#f7f7f7")
    axes.grid(False)


def _title(breaches: Floats, past: pd.DataFrame, now: float) -> str:
    number = int((breaches <= now).sum())
    what = f"{number:,} liquidated, {money(float(past['notional'].sum()))} USD held" if number else "nobody yet"
    return f"minute {now / 60:.3g}: {what}"


def _window(times: Floats, now: float) -> tuple[float, float]:
    """Minutes shown up to a moment: all begin a little before the first one."""
    start = max(times[0] - _BEFORE * (times[len(times) // 2] - times[0]), 0.0)
    return start / 60, max(now, start + _LEAST * (times[-1] - start)) / 60


def _bands(prices: dict[str, Any]) -> Floats:
    """Edges of bands of price changes, from a little below the lowest of all markets to a little above the highest."""
    changes = [100 * (series / series.iloc[0] - 1) for series in prices.values()]
    low, high = min(each.min() for each in changes), max(each.max() for each in changes)
    return np.linspace(low - 100 * _BEYOND, high + 100 * _BEYOND, _BANDS + 1)


def _label(figure: Figure, panels: Any, names: list[str], liquidated: int) -> None:
    """Axes, markets, and what there is to see."""
    for axes in panels[:, 0]:
        axes.set_ylabel("price since start (%)")
    for axes in panels.flat:
        axes.set_xlabel("minutes (at the right: USD ahead)", fontsize=8)
    panels[0, 0].legend(handles=panels[0, 0].get_lines()[: len(names)], labels=names, loc="lower left")
    what = f"{liquidated:,} liquidations" if liquidated else "Nobody was liquidated"
    title = f"{what}: prices so far at {panels.size} moments, and at the right what would be liquidated at which price"
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    figure.supxlabel(_READING, x=0.01, ha="left", fontsize=8, color=GREY)


def plot_moments(result: "Result", count: int = 6) -> Figure:
    """Prices and liquidations so far at a few moments, and beside them the positions that would be liquidated next.

    The first moment is just before the first liquidation, the last one the last liquidation; between them equally many
    are liquidated. What lies ahead is the liquidation map as last recorded, by the price at which positions are
    liquidated. All panels have the same scales of prices and USD; each ends at its moment.

    Parameters
    ----------
    result : Result
        With one perpetual market at least.
    count : int
        Number of moments, an even one.
    """
    names = [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]
    prices = {name: result.market(name)["mid"] for name in names}
    looks, edges, done = colour_of(names), _bands(prices), _liquidations(result, prices)
    breaches = result.events["breach"]["time"].to_numpy(float) if "breach" in result.events else np.empty(0)
    times = _times(breaches, max(series.index[-1] for series in prices.values()), count)
    ahead = [_ahead(result, prices, now, edges) for now in times]
    most = max(1.0, *(float(np.sum(list(each.values()), axis=0).max()) for each in ahead))
    largest = float(done["notional"].to_numpy(float).max(initial=1e-12))
    with style():
        figure = Figure(figsize=(12, 6.6), layout="constrained")
        panels = figure.subplots(2, count // 2, sharey=True)
        for axes, now, next_ in zip(panels.flat, times, ahead, strict=True):
            past = done[done["time"] <= now]
            _draw_past(axes, prices, past, looks, now, largest)
            _draw_ahead(axes.inset_axes((1.01, 0, _AHEAD, 1), sharey=axes), next_, edges, looks, most)
            axes.set_title(_title(breaches, past, now), fontsize=9.5)
            axes.set_xlim(_window(times, now))
        panels[0, 0].set_ylim(edges[0], edges[-1])
        _label(figure, panels, names, len(breaches))
    return figure
