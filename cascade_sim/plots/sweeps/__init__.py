"""Figures of sweeps: pure functions of frames whose statistics come ready, each returning a figure."""

from cascade_sim.plots.sweeps.heat_map import heat_map
from cascade_sim.plots.sweeps.phase import phase_boundary
from cascade_sim.plots.sweeps.variance_reduction import variance_reduction_map

__all__ = ["heat_map", "phase_boundary", "variance_reduction_map"]
