"""Figures of contagion: the cascade as a tree."""

from cascade_sim.plots.contagion.tree import plot_contagion

__all__ = ["plot_contagion"]
