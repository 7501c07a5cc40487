"""What is said and drawn of a game: findings, tables, sentences and pictures."""

if __name__ != "cascade_sim.experiments.games.reporting":
    raise ImportError(f"import cascade_sim.experiments.games.reporting, not {__name__}")
