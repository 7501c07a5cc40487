"""Tests of cascade_sim."""
