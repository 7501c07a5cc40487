"""A target that a theory sets, and what the simulator made of it."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

__all__ = ["Line", "above", "as_frame", "inside", "within"]


@dataclass(frozen=True)
class Line:
    """One number of one study.

    Attributes
    ----------
    study : str
        Name of the study.
    target : str
        Theory and paper that set the target, in a few words.
    quantity : str
        What is measured, with its unit.
    wanted, simulated : float
    tolerance : str
        In words: "1 %", "3 standard errors", "0.2 to 0.5".
    met : bool
    reason : str
        Why a target is not met, as far as it was found.
    """

    study: str
    target: str
    quantity: str
    wanted: float
    simulated: float
    tolerance: str
    met: bool
    reason: str = ""

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return "met" if self.met else "not met"


def within(
    study: str, target: str, quantity: str, wanted: float, simulated: float, relative: float, reason: str = ""
) -> Line:
    """Line that is met when the number is within a share of the wanted one.

    Parameters
    ----------
    relative : float
        Largest allowed distance as a share of `wanted`.
    reason : str
        Kept only where the target is not met.
    """
    return _line(study, target, quantity, wanted, simulated, f"{relative:.3g} of it", relative * abs(wanted), reason)


def inside(
    study: str, target: str, quantity: str, wanted: float, simulated: float, distance: float, reason: str = ""
) -> Line:
    """Line that is met when the number is within a distance of the wanted one, in the same unit."""
    return _line(study, target, quantity, wanted, simulated, f"+- {distance:.3g}", distance, reason)


def above(study: str, target: str, quantity: str, wanted: float, simulated: float, reason: str = "") -> Line:
    """Line that is met when the number is above the wanted one."""
    met = simulated > wanted
    return Line(study, target, quantity, wanted, simulated, "above", met, "" if met else reason)


def _line(
    study: str,
    target: str,
    quantity: str,
    wanted: float,
    simulated: float,
    tolerance: str,
    distance: float,
    reason: str,
) -> Line:
    met = math.isfinite(simulated) and abs(simulated - wanted) <= distance
    return Line(study, target, quantity, wanted, simulated, tolerance, met, "" if met else reason)


def as_frame(lines: Sequence[Line]) -> pd.DataFrame:
    """Table of lines, with the verdict in words."""
    return pd.DataFrame([asdict(line) | {"verdict": line.verdict} for line in lines])
