"""What would have happened: the same luck again, with something switched off, taken out or added."""

if __name__ != "cascade_sim.experiments.counterfactuals":
    raise ImportError(f"import cascade_sim.experiments.counterfactuals, not {__name__}")
