"""The report of a sweep: one page with question, figures, tables, and the command that repeats it."""

if __name__ != "cascade_sim.experiments.sweeps.reporting":
    raise ImportError(f"import cascade_sim.experiments.sweeps.reporting, not {__name__}")
