"""The cascade on one page: prices, liquidations, depth, open interest and fund over time."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from cascade_sim.plots.style import BLUE, GREY, VERMILION, colour_of, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_overview"]


def _perpetuals(result: "Result") -> list[str]:
    return [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]


def _prices(axes: Any, result: "Result", names: list[str]) -> None:
    looks = colour_of(names)
    for name in names:
        series = result.market(name)
        start = series["mid"].iloc[0]
        axes.plot(series.index / 60, (series["mid"] / start - 1) * 100, label=name, **looks[name])
        if result.without_impact is not None:
            other = result.without_impact[result.without_impact["market"] == name]
            change = (other["mid"] / start - 1) * 100
            axes.plot(other["time"] / 60, change, color=looks[name]["color"], lw=0.8, alpha=0.45)
        value = (series["fundamental"] / series["fundamental"].iloc[0] - 1) * 100
        axes.plot(series.index / 60, value, color=looks[name]["color"], lw=0.8, ls=(0, (1, 2)))
    axes.set_ylabel("price since start (%)")
    legend = axes.legend(ncols=len(names), loc="lower left")
    axes.add_artist(legend)
    axes.set_title("Prices (bold), without the impact of liquidations (thin), fundamental value (dotted)")


def _liquidations(axes: Any, result: "Result", names: list[str]) -> None:
    looks = colour_of(names)
    bottom: Any = 0.0
    for name in names:
        done = result.market(name)["liquidated"]
        minutes = np.floor(done.index / 60)
        each = done.groupby(minutes).last().diff().fillna(done.groupby(minutes).last())
        axes.bar(each.index + 0.5, each / 1e6, bottom=bottom, width=0.9, color=looks[name]["color"], label=name)
        bottom = bottom + each.to_numpy() / 1e6
    axes.set_ylabel("liquidated\n(M USD a minute)")
    axes.set_title("Liquidations")


def _depth(axes: Any, result: "Result", name: str) -> None:
    series = result.market(name)
    for side, colour, label in (("bid", BLUE, "bids"), ("ask", VERMILION, "asks")):
        near = series[f"{side}_depth_5pc"].clip(lower=1) / 1e6
        axes.plot(series.index / 60, near, color=colour, label=f"{label} within 5 %", ls="-" if side == "bid" else "--")
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("depth (M USD)")
    axes.legend(loc="lower right", ncols=2)
    axes.set_title(f"What stood in the book of {name}")


def _interest(axes: Any, result: "Result", names: list[str]) -> None:
    looks = colour_of(names)
    for name in names:
        series = result.market(name)
        start = max(series["open_interest"].iloc[0], 1e-9)
        axes.plot(series.index / 60, series["open_interest"] / start * 100, **looks[name])
    axes.set_ylabel("open interest\n(% of start)")
    axes.set_title("Open interest")


def _fund(axes: Any, result: "Result", names: list[str]) -> None:
    series = result.market(names[0])
    fund, debt = series["insurance_fund"] / 1e6, series["bad_debt"] / 1e6
    axes.plot(series.index / 60, fund, color=BLUE, label="insurance fund")
    axes.plot(series.index / 60, debt, color=VERMILION, ls="--", label="bad debt so far")
    axes.set_ylabel("M USD")
    axes.legend(loc="center left")
    axes.set_title("Insurance fund and bad debt")
    axes.set_xlabel("minutes")


def plot_overview(result: "Result") -> Figure:
    """One page with five panels over time.

    Parameters
    ----------
    result : Result

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = _perpetuals(result) or list(result.series["market"].unique())
    with style():
        figure = Figure(figsize=(9, 11), layout="constrained")
        axes = figure.subplots(5, 1, sharex=True, height_ratios=(2.2, 1.2, 1.2, 1, 1))
        _prices(axes[0], result, names)
        _liquidations(axes[1], result, names)
        _depth(axes[2], result, names[0])
        _interest(axes[3], result, names)
        _fund(axes[4], result, names)
        falls = {name: result.summary["markets"][name]["fall"] for name in names}
        worst = max(falls, key=lambda name: falls[name])
        total = money(result.summary["liquidations"]["notional"])
        figure.suptitle(
            f"{result.scenario.title or result.scenario.name}: {worst} fell {falls[worst]:.1%}, {total} USD liquidated",
            fontsize=13,
            fontweight="bold",
            x=0.01,
            ha="left",
        )
        figure.text(0.99, 0.0, f"seed {result.seed}", ha="right", va="bottom", color=GREY, fontsize=7)
    return figure
