"""The exchange as a state machine: kernels on tables."""
