"""What is wrong with a design file or its folder, in words."""

from cascade_sim.scenario.load import ScenarioError

__all__ = ["DesignError"]


class DesignError(ScenarioError):
    """A design search can't be made or gone on with; see `ScenarioError`."""
