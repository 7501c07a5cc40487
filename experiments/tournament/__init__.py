"""Students' agents against each other and against built-in ones, in a round robin on equal luck."""

if __name__ != "cascade_sim.experiments.tournament":
    raise ImportError(f"import cascade_sim.experiments.tournament, not {__name__}")
