"""Figures of contagion: the tree of a cascade, flows between markets, who held what, moments, and a moving picture."""

from cascade_sim.plots.contagion.exposures import plot_exposures
from cascade_sim.plots.contagion.market_flow import plot_market_flow
from cascade_sim.plots.contagion.moments import plot_moments
from cascade_sim.plots.contagion.tree import plot_contagion
from cascade_sim.plots.contagion.unfolding import save_gif

__all__ = ["plot_contagion", "plot_exposures", "plot_market_flow", "plot_moments", "save_gif"]
