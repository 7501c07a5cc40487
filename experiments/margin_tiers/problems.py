"""What is wrong with an asset file, in words."""

from cascade_sim.scenario.load import ScenarioError

__all__ = ["AssetError"]


class AssetError(ScenarioError):
    """An asset file can't be used; see `ScenarioError`."""
