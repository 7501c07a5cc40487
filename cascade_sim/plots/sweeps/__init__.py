"""Figures of sweeps: pure functions of frames whose statistics come ready, each returning a figure."""

from cascade_sim.plots.sweeps.differences import paired_differences
from cascade_sim.plots.sweeps.effects import effect_lines
from cascade_sim.plots.sweeps.frontier import pareto_frontier
from cascade_sim.plots.sweeps.heat_map import heat_map
from cascade_sim.plots.sweeps.phase import phase_boundary
from cascade_sim.plots.sweeps.probability import probability_curve
from cascade_sim.plots.sweeps.sensitivity import sensitivity_bars
from cascade_sim.plots.sweeps.sizes import size_distribution
from cascade_sim.plots.sweeps.variance_reduction import variance_reduction_map

__all__ = [
    "effect_lines",
    "heat_map",
    "paired_differences",
    "pareto_frontier",
    "phase_boundary",
    "probability_curve",
    "sensitivity_bars",
    "size_distribution",
    "variance_reduction_map",
]
