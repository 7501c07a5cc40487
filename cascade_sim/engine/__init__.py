"""How a run runs: `assembly` and `rulebook` turn a scenario into tables, `loop` handles what is due in order of time.

What is due is a message to the exchange, something that happens by the clock (`clockwork`) or an agent who wakes
(`waking`); `capacity` says whether there is room for what it can write.
"""
