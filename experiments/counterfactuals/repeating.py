"""Runs that are made again: with the same files and agents, and held against what is on record."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cascade_sim.agents.origins import Maker, MissingAgentError, made_again
from cascade_sim.folders import ResultError
from cascade_sim.intervention import Intervention
from cascade_sim.results import Result
from cascade_sim.scenario.inputs import lost_input
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["Original", "check_repeats"]


@dataclass(frozen=True)
class Original:
    """What a run is made of, so that it can be made again.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    makers : tuple of callable
        What makes its agents written in Python, each from a model.
    """

    scenario: Scenario
    seed: int
    makers: tuple[Maker, ...] = ()

    @classmethod
    def of(cls, result: Result, agents: Sequence[Path] = ()) -> "Original":
        """What a result was made of.

        Parameters
        ----------
        result : Result
        agents : sequence of pathlib.Path
            Files of its agents written in Python, if it was read from a folder: code of a folder that somebody may
            have sent is executed only if it is named.

        Raises
        ------
        ResultError
            If a file that it read is gone or was changed, or its agents can't be had.
        """
        if problem := lost_input(result.scenario, result.manifest.get("inputs", {})):
            raise ResultError(f"this run can't be repeated: {problem}")
        remembered = result.manifest.get("agents_in_python", [])
        try:
            makers = result.makers or made_again(remembered, agents)
        except MissingAgentError as error:
            raise ResultError(f"this run can't be repeated: {error}") from None
        return cls(result.scenario, result.seed, makers)

    @contextlib.contextmanager
    def begin(self, intervention: Intervention | None = None, luck: int = 0) -> Iterator[Simulation]:
        """Give a simulation at its beginning, or with agents in Python at the end of the burn-in."""
        if not self.makers:
            yield Simulation(self.scenario, self.seed, intervention=intervention, luck=luck)
            return
        from cascade_sim.model import CascadeModel

        model = CascadeModel(self.scenario, rng=self.seed, custom=self.makers, intervention=intervention, luck=luck)
        try:
            yield model.simulation
        finally:
            model.close()


def check_repeats(result: Result, digest: str) -> None:
    """Refuse to compare with a run that comes out differently here.

    Raises
    ------
    ResultError
        If its digest is not the one on record.
    """
    wanted = result.manifest["event_digest"]
    if digest != wanted:
        raise ResultError(
            f"this run can't be repeated here: its event digest is {digest} and {wanted} is on record; " + _why(result)
        )


def _why(result: Result) -> str:
    """What may be the reason, and the way out."""
    from importlib.metadata import version

    made, here = result.manifest["libraries"].get("cascade-sim", "?"), version("cascade-sim")
    if result.manifest.get("agents_in_python"):
        return (
            "agents written in Python took part: they must be made from the model alone, draw all chance from "
            "self.rng or self.random, and remember nothing of other runs"
        )
    if made != here:
        return f"it was made by cascade-sim {made} and this is {here}; run the scenario again with this one"
    return (
        "its scenario, or the libraries or the machine it was made with, are others than on record (manifest.json); "
        "run the scenario again here"
    )
