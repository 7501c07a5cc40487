"""cascade_sim: an agent-based market simulation of liquidation cascades.

>>> import cascade_sim
>>> result = cascade_sim.run(cascade_sim.load_scenario("by-hand"), seed=1)
>>> result.market("X-PERP")["last"].iloc[-1]
93.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cascade_sim.model import CascadeModel
    from cascade_sim.results import Result
    from cascade_sim.runner import run
    from cascade_sim.scenario.load import ScenarioError, load_scenario
    from cascade_sim.scenario.scenario import Scenario
    from cascade_sim.simulation import Simulation

__all__ = ["CascadeModel", "Result", "Scenario", "ScenarioError", "Simulation", "load_scenario", "run"]

_HOMES = {
    "CascadeModel": "cascade_sim.model",
    "Result": "cascade_sim.results",
    "Scenario": "cascade_sim.scenario.scenario",
    "ScenarioError": "cascade_sim.scenario.load",
    "Simulation": "cascade_sim.simulation",
    "load_scenario": "cascade_sim.scenario.load",
    "run": "cascade_sim.runner",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: Mesa, pandas and numba take their time."""
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
