"""Every number of an agent and of a shipped scenario says where it comes from, or that it is assumed and why."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml

from cascade_sim.scenario.agents import Arbitrageurs, Hunters, Investors, Liquidators, Makers, Pair, Traders
from cascade_sim.scenario.load import load_scenario, preset_names
from cascade_sim.scenario.show import describe

CLASSES = (Traders, Makers, Liquidators, Hunters, Pair, Arbitrageurs, Investors)
WITHOUT_NUMBERS = {"venue", "hedge", "spot"}
GIVEN_BY_THE_SCENARIO = {"markets", "open_interest", "pairs", "margin"}


def fields():
    """Every field of the agents' classes that has a number of its own."""
    for one in CLASSES:
        for name, field in one.model_fields.items():
            if name not in WITHOUT_NUMBERS | GIVEN_BY_THE_SCENARIO:
                yield pytest.param(field, id=f"{one.__name__}.{name}")


@pytest.mark.parametrize("field", list(fields()))
def test_no_trait_without_a_source(field):
    source = field.json_schema_extra.get("source", "")
    assert len(source) > len("assumed: ")
    assert "assumed" not in source or "assumed: " in source, "say why it is of that size"


@pytest.mark.parametrize("name", preset_names())
def test_every_line_about_an_agent_shows_its_source(name):
    shown = [line for line in describe(load_scenario(name)) if line.startswith("agents.") and " = {}" not in line]
    bare = [line for line in shown if not line.endswith("]")]
    assert [line for line in bare if line.split(" = ")[0].split(".")[3] not in WITHOUT_NUMBERS | {"pairs"}] == []
    assert (name == "by-hand") == (shown == [])


def numbers(value: Any, path: str = "") -> Iterator[str]:
    """Paths of all numbers in plain data."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from numbers(child, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for k, child in enumerate(value):
            yield from numbers(child, f"{path}.{k}")
    elif isinstance(value, int | float):
        yield path


@pytest.mark.parametrize("name", preset_names())
def test_every_number_of_a_shipped_scenario_has_a_source(name):
    data = yaml.safe_load(files("cascade_sim.scenario").joinpath("presets", f"{name}.yaml").read_text())
    sources = data.get("sources", {})
    assert [
        path
        for path in numbers(data)
        if not any(path == cited or path.startswith(f"{cited}.") for cited in sources) and path not in sources
    ] == []
