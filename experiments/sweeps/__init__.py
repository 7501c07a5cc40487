"""Sweeps: many runs of a scenario over a design, stored, resumed, and read."""

if __name__ != "cascade_sim.experiments.sweeps":
    raise ImportError(f"import cascade_sim.experiments.sweeps, not {__name__}")
