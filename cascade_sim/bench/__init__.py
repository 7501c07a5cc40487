"""How fast it is, against something in the same run."""
