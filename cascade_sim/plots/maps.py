"""Heat maps through time: where the liquidations lay, and what stood in the book."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from cascade_sim.plots.liquidation_heat import liquidation_heat, thinned
from cascade_sim.plots.style import style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_depth", "plot_liquidation_map"]


def _empty(figure: Figure, text: str) -> Figure:
    axes = figure.subplots()
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=12)
    return figure


def plot_liquidation_map(result: "Result", market: str) -> Figure:
    """Liquidation prices of all positions in a market through time, with the price running through them.

    Parameters
    ----------
    result : Result
    market : str
        A perpetual.
    """
    with style():
        figure = Figure(figsize=(9, 5), layout="constrained")
        map_ = liquidation_heat(result, market)
        if map_ is None:
            return _empty(figure, f"{market}: no positions could be liquidated near the price")
        series, prices, heat = result.market(market), map_.prices, map_.usd
        axes = figure.subplots()
        shown = np.ma.masked_less_equal(heat.T, 0)
        mesh = axes.pcolormesh(
            map_.times / 60,
            prices,
            shown,
            norm=map_.norm(),
            cmap="cividis",
            rasterized=True,
        )
        axes.plot(series.index / 60, series["mid"], color="white", lw=3.0)
        axes.plot(series.index / 60, series["mid"], color="black", lw=1.3, label="price")
        axes.set_ylim(prices[0], prices[-1])
        axes.set_xlim(0, series.index[-1] / 60)
        axes.grid(False)
        axes.set_xlabel("minutes")
        axes.set_ylabel(f"{market} (USD)")
        axes.set_title(f"{market}: positions that are liquidated at each price, and the price that ran into them")
        figure.colorbar(mesh, ax=axes, label="USD per price band", pad=0.01)
        axes.legend(loc="upper right", frameon=True, facecolor="white", framealpha=0.9)
    return figure


def plot_depth(result: "Result", market: str) -> Figure:
    """What stood in a market's book at each distance from the mid, through time.

    Parameters
    ----------
    result : Result
    market : str
    """
    with style():
        figure = Figure(figsize=(9, 4.5), layout="constrained")
        rows = thinned(result.depth_profile[result.depth_profile["market"] == market])
        if rows.empty:
            return _empty(figure, f"{market}: nothing stood in the book")
        table = rows.pivot_table(index="distance", columns="time", values="depth", aggfunc="sum")
        step = float(np.diff(np.sort(table.index.to_numpy())).min()) if len(table) > 1 else 0.002
        bands = np.arange(-0.05 + step / 2, 0.05, step)
        table = table.reindex(bands, method="nearest", tolerance=step / 3)
        times = table.columns.to_numpy()
        width = times[1] - times[0] if len(times) > 1 else 1.0
        heat = np.ma.masked_invalid(table.to_numpy())
        axes = figure.subplots()
        mesh = axes.pcolormesh(
            np.append(times - width / 2, times[-1] + width / 2) / 60,
            np.append(bands - step / 2, bands[-1] + step / 2) * 100,
            heat,
            norm=LogNorm(vmin=max(float(np.nanquantile(heat.filled(np.nan), 0.02)), 1.0), vmax=float(heat.max())),
            cmap="viridis",
            rasterized=True,
        )
        axes.axhline(0, color="white", lw=1.5)
        axes.set_facecolor("#3b3b3b")
        axes.grid(False)
        axes.set_xlabel("minutes")
        axes.set_ylabel("distance from mid (%)")
        axes.set_title(f"{market}: what stood in the book, bids below and asks above (dark grey: nothing)")
        figure.colorbar(mesh, ax=axes, label="USD per 0.2 % band", pad=0.01)
    return figure
