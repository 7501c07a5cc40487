"""Measures of systemic risk, each from its paper: plain functions on matrices, and tables of named members."""
