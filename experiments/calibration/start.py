"""Where a search begins, and whether its settings exist."""

from collections.abc import Mapping

from cascade_sim.experiments.calibration.plan import NEWS_SHARE, Calibration
from cascade_sim.experiments.calibration.simulated import scenario_of

__all__ = ["start_of"]


def start_of(plan: Calibration) -> dict[str, float]:
    """Where the search begins: as the calibration says, as the scenario is, or the middle of the bounds.

    Raises
    ------
    ScenarioError
        If there is no such setting, or it can't have its bounds as value.
    """
    event = next(iter(plan.events.values()))
    scenario = scenario_of(plan, event, {})
    data = scenario.model_dump()
    start = {}
    for path, parameter in plan.parameters.items():
        for bound in (parameter.low, parameter.high):
            scenario_of(plan, event, {path: bound})
        found = scenario.fitted_news_share if path == NEWS_SHARE else _found(data, path)
        inside = isinstance(found, int | float) and parameter.low <= found <= parameter.high
        value = found if isinstance(found, int | float) and inside else parameter.value(0.5)
        start[path] = float(value if parameter.start is None else parameter.start)
    return start


def _found(data: object, path: str) -> object:
    """What stands at a path, the value of a constant law too; nothing if there is none."""
    for key in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(data, list | tuple) and key.isdigit() and int(key) < len(data):
            data = data[int(key)]
        else:
            return None
    if isinstance(data, Mapping) and data.get("law") == "constant":
        return data["value"]
    return data
