"""What the notebooks teach with: small experiments, one a file, each put together from a scenario and runs of it."""

if __name__ != "cascade_sim.experiments.lessons":
    raise ImportError(f"import cascade_sim.experiments.lessons, not {__name__}")
