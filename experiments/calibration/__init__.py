"""Fitting settings to what is known of real events, by simulated moments."""

if __name__ != "cascade_sim.experiments.calibration":
    raise ImportError(f"import cascade_sim.experiments.calibration, not {__name__}")
