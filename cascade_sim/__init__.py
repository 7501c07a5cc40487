"""cascade_sim: an agent-based market simulation of liquidation cascades."""
