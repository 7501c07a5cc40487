"""What is wrong with a calibration, in words."""

from cascade_sim.scenario.load import ScenarioError

__all__ = ["CalibrationError"]


class CalibrationError(ScenarioError):
    """A calibration can't be used; see `ScenarioError`."""
