"""Which scenario the page is about; the page is found by name, and can't be told."""

from cascade_sim.dashboard.desk import Desk
from cascade_sim.scenario.scenario import Scenario

__all__ = ["about", "desk"]

_asked: list[tuple[Scenario, int]] = []


def about(scenario: Scenario, seed: int) -> None:
    """From now on, pages are about this.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    """
    _asked[:] = [(scenario, seed)]


def desk() -> Desk:
    """A desk of its own for each browser."""
    return Desk(*_asked[0])
