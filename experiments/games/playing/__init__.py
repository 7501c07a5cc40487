"""Payoffs measured in the market: runs of profiles, samples of them, and how many are enough."""

if __name__ != "cascade_sim.experiments.games.playing":
    raise ImportError(f"import cascade_sim.experiments.games.playing, not {__name__}")
