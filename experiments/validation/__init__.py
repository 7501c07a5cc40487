"""Theories with known numbers: the participants they assume, and the markets they are checked in."""

if __name__ != "cascade_sim.experiments.validation":
    raise ImportError(f"import cascade_sim.experiments.validation, not {__name__}")
