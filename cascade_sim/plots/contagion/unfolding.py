"""A cascade unfolding on the liquidation map, as an animated picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import NDArray

from cascade_sim.plots.liquidation_heat import LiquidationHeat, liquidation_heat
from cascade_sim.plots.style import VERMILION, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["save_gif"]

_SECOND = 12  # frames
_STILL = 10  # frames of the end
_AROUND = 60.0  # seconds before the first liquidation and after the last one
_LARGEST = 1_200.0  # area of a bubble, square points
_FRESH = 4  # frames that a new one stands out

Floats = NDArray[np.float64]


def _frame_times(liquidations: Floats, end: float, count: int) -> Floats:
    """Times of the frames: half of them even in time, half even in liquidations, so that nothing is over in a blink."""
    if len(liquidations) == 0:
        return np.linspace(0.0, end, count)
    start, stop = max(liquidations[0] - _AROUND, 0.0), min(liquidations[-1] + _AROUND, end)
    fine = np.linspace(start, stop, 20 * count)
    passed = np.searchsorted(liquidations, fine, side="right") / len(liquidations)
    pace = (fine - start) / max(stop - start, 1e-12) / 2 + passed / 2
    return np.interp(np.linspace(0, 1, count), pace, fine)


class _Scene:
    """The map as it stood, what it looks like ahead, the price, and the liquidations so far."""

    def __init__(self, result: "Result", market: str, heat: LiquidationHeat, times: Floats) -> None:
        self.heat, self.times, self.market = heat, times, market
        self.mid = result.market(market)["mid"]
        rows = result.events.get("exposure", pd.DataFrame(columns=["time", "market", "size", "mark"]))
        rows = rows[rows["market"] == market].sort_values("time", kind="stable")
        self.rows = rows.assign(notional=(rows["size"].abs() * rows["mark"]).astype(float))
        self.figure = Figure(figsize=(7.2, 4.3), dpi=100, layout="constrained")
        self._draw()

    def _draw(self) -> None:
        heat, axes = self.heat, self.figure.subplots()
        self.mesh = axes.pcolormesh(heat.times / 60, heat.prices, self._seen(0.0), norm=heat.norm(), cmap="cividis")
        self.veil = axes.axvspan(0, 1, color="white", alpha=0.5, lw=0, zorder=1.5)
        (self.halo,) = axes.plot([], [], color="white", lw=3.0, zorder=2)
        (self.line,) = axes.plot([], [], color="black", lw=1.3, zorder=2.1)
        self.bubbles = axes.scatter([], [], zorder=3, linewidths=0.8)
        self.clock = axes.set_title(self.market)  # leaves room for the words
        axes.set_xlim(self.times[0] / 60, self.times[-1] / 60)
        axes.set_ylim(heat.prices[0], heat.prices[-1])
        axes.grid(False)
        axes.set_xlabel("minutes (pale: ahead, as it looks now)")
        axes.set_ylabel(f"{self.market} (USD)")
        bar = self.figure.colorbar(self.mesh, ax=axes, label="liquidated at this price, USD per band", pad=0.01)
        bar.ax.yaxis.set_major_formatter(lambda value, _: money(value))
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")  # laid out once: the frames must not shake, and it takes a second each

    def _seen(self, now: float) -> Any:
        """Map up to now; ahead of it, the map as it stands now."""
        column = int(np.clip(np.searchsorted(self.heat.times, now, side="right") - 1, 0, len(self.heat.usd) - 1))
        seen = self.heat.usd.copy()
        seen[column + 1 :] = seen[column]
        return np.ma.masked_less_equal(seen.T, 0)

    def show(self, frame: int) -> list[Any]:
        """Bring the picture to a frame."""
        now = float(self.times[frame])
        self.mesh.set_array(self._seen(now))
        self.veil.set(x=now / 60, width=max(self.times[-1] - now, 0.0) / 60)
        past = self.mid[self.mid.index <= now]
        for line in (self.halo, self.line):
            line.set_data(past.index / 60, past)
        self._show_liquidations(self.rows[self.rows["time"] <= now], self.times[max(frame - _FRESH, 0)], now)
        return [self.mesh, self.veil, self.halo, self.line, self.bubbles, self.clock]

    def _show_liquidations(self, done: pd.DataFrame, lately: float, now: float) -> None:
        """A bubble for each position that was liquidated, the latest ones standing out, and how many in words."""
        fresh = (done["time"] > lately).to_numpy()
        largest = float(self.rows["notional"].to_numpy(float).max(initial=1e-12))
        self.bubbles.set_offsets(np.column_stack([done["time"] / 60, done["mark"]]))
        self.bubbles.set_sizes(12 + _LARGEST * done["notional"].to_numpy() / largest)
        self.bubbles.set_facecolor([to_rgba(VERMILION, 0.95 if new else 0.45) for new in fresh])
        self.bubbles.set_edgecolor(["black" if new else "white" for new in fresh])
        what = f"{len(done):,} positions liquidated, {money(done['notional'].sum())} USD held"
        self.clock.set_text(f"{self.market}, minute {now / 60:.2f}: {what if len(done) else 'nobody liquidated'}")


def save_gif(result: "Result", market: str, file: str | Path, frames: int = 80) -> Path:
    """Write an animated GIF of the price running through the liquidation map of a market.

    Half of the frames are even in time and half in liquidations, so that a cascade of seconds can be followed. What
    lies ahead is drawn pale, as the map looks at that moment; bubbles are positions closed by liquidations, at the mark
    at breach, their area in proportion to the notional.

    Parameters
    ----------
    result : Result
    market : str
        A perpetual.
    file : path
        Ending in ``.gif``.
    frames : int
        At least 2.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If no position in the market could be liquidated: there is no map to run through.
    """
    heat = liquidation_heat(result, market)
    if heat is None:
        raise ValueError(f"{market}: no positions could be liquidated near the price, so there is no map to animate")
    breaches = result.events.get("exposure", pd.DataFrame(columns=["time", "market"]))
    own = np.sort(breaches.loc[breaches["market"] == market, "time"].to_numpy(float))
    times = _frame_times(own, float(result.market(market).index[-1]), frames)
    with style():
        scene = _Scene(result, market, heat, times)
        shown = [*range(frames), *[frames - 1] * _STILL]
        FuncAnimation(scene.figure, scene.show, shown, blit=False).save(str(file), PillowWriter(fps=_SECOND), dpi=100)
    return Path(file)
