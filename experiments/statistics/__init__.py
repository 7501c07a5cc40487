"""What a sweep is read with: intervals, comparisons, tails, sensitivities, critical points.

Pure functions of arrays and frames; nothing here runs a simulation. A frame of runs has one row a run: the number
of its `cell` (one combination of settings), its `seed` (the same seeds in every cell), a column for every axis and
one for every outcome.
"""

if __name__ != "cascade_sim.experiments.statistics":
    raise ImportError(f"import cascade_sim.experiments.statistics, not {__name__}")
