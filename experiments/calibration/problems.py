"""What is wrong with a calibration, in words."""

from collections.abc import Mapping
from typing import Any

from cascade_sim.scenario.load import ScenarioError

__all__ = ["CalibrationError", "in_words"]


class CalibrationError(ScenarioError):
    """A calibration can't be used; see `ScenarioError`."""


def in_words(error: Mapping[str, Any]) -> str:
    """One problem that the validation of a file found: where, what is possible, what was given."""
    path = ".".join(str(part) for part in error["loc"])
    where = f"{path}: " if path else ""
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return f"{where}there is no such setting"
    if error["type"] == "missing":
        return f"{where}must be given"
    shown = "" if error["type"] == "value_error" else f", got {error['input']!r}"
    return f"{where}{message[:1].lower()}{message[1:]}{shown}"
