"""The same run again with one thing done differently: what it changed, and whether that is more than noise."""
