"""What a game asks: its question as a file, and its players as accounts of a market."""

if __name__ != "cascade_sim.experiments.games.questions":
    raise ImportError(f"import cascade_sim.experiments.games.questions, not {__name__}")
