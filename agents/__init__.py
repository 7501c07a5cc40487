"""The agents of the market, one file a type: the columns of its table, its decision, its Mesa face."""

if __name__ != "cascade_sim.agents":
    raise ImportError(f"import cascade_sim.agents, not {__name__}")
