"""Who brought down whom: attribution of losses and the graph of liquidations."""
