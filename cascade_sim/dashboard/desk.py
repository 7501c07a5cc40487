"""What lies on the teacher's desk: a scenario, its knobs, and where they stand."""

from typing import Any

from cascade_sim.dashboard.knobs import Knob, knobs_of
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Desk"]

_FRAMES = 120


class Desk:
    """A scenario, its knobs, and where they stand.

    Parameters
    ----------
    scenario : Scenario
    seed : int

    Attributes
    ----------
    scenario : Scenario
        With steps so long that a run is about a hundred pictures.
    knobs : list of Knob
    choices : dict of str to float or str
        By name of knob.
    """

    def __init__(self, scenario: Scenario, seed: int = 1) -> None:
        self.scenario = scenario.model_copy(update={"step": max(scenario.step, scenario.duration / _FRAMES)})
        self.knobs: list[Knob] = knobs_of(scenario, seed)
        self.choices: dict[str, float | str] = {knob.name: knob.start for knob in self.knobs}

    @property
    def seed(self) -> int:
        """Seed of all luck."""
        return int(self.choices["seed"])

    @property
    def markets(self) -> list[str]:
        """Perpetuals; all markets where there are none."""
        markets = {name: market.kind for name, (_, market) in self.scenario.markets.items()}
        return [name for name, kind in markets.items() if kind == "perpetual"] or list(markets)

    def settings(self) -> dict[str, Any]:
        """Settings that the knobs make, as `CascadeModel` takes them.

        Raises
        ------
        ValueError
            If a choice is out of its knob's range.
        """
        made: dict[str, Any] = {}
        for knob in self.knobs:
            made |= knob.settings(self.choices[knob.name])
        return made
