"""Figures of a run under way, small and quick: price and map, book, what traders have left, who brought down whom."""

from cascade_sim.plots.dashboard.book import plot_book
from cascade_sim.plots.dashboard.equity import plot_equity
from cascade_sim.plots.dashboard.links import plot_links
from cascade_sim.plots.dashboard.price import plot_price
from cascade_sim.plots.dashboard.sheet import as_png
from cascade_sim.plots.dashboard.snapshot import Liquidations, Snapshot

__all__ = ["Liquidations", "Snapshot", "as_png", "plot_book", "plot_equity", "plot_links", "plot_price"]
