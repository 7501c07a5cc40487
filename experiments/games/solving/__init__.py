"""What players choose when nobody regrets it, and how they get there: of any game, measured or made up."""

if __name__ != "cascade_sim.experiments.games.solving":
    raise ImportError(f"import cascade_sim.experiments.games.solving, not {__name__}")
