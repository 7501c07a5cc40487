"""Figures of a run: overview, liquidation map, depth, who pays whom, contagion."""

from cascade_sim.plots.contagion import plot_contagion, plot_exposures, plot_market_flow, plot_moments, save_gif
from cascade_sim.plots.figures import save_figures
from cascade_sim.plots.maps import plot_depth, plot_liquidation_map
from cascade_sim.plots.mechanisms import plot_mechanisms
from cascade_sim.plots.overview import plot_overview
from cascade_sim.plots.payers import plot_payers

__all__ = [
    "plot_contagion",
    "plot_depth",
    "plot_exposures",
    "plot_liquidation_map",
    "plot_market_flow",
    "plot_mechanisms",
    "plot_moments",
    "plot_overview",
    "plot_payers",
    "save_figures",
    "save_gif",
]
