"""Studies on top of the simulator: counterfactuals, behaviour checks, replays of real hours."""

if __name__ != "cascade_sim.experiments":
    raise ImportError(f"import cascade_sim.experiments, not {__name__}")
