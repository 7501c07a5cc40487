"""A scenario in lines: every value with its unit, what it means and where it comes from."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from cascade_sim.scenario.scenario import Scenario

__all__ = ["describe"]


def _details(model: BaseModel, name: str) -> tuple[str, str, str]:
    """Unit, meaning and source of a field."""
    field = type(model).model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return str(extra.get("unit", "")), field.description or "", str(extra.get("source", ""))


def _is_law(value: Any) -> bool:
    return isinstance(value, BaseModel) and "law" in type(value).model_fields


def _law(value: Any) -> str:
    data = value.model_dump()
    law = data.pop("law")
    if law == "constant":
        return f"{data['value']:g}"
    shown = ", ".join(f"{key} {item:g}" if isinstance(item, float) else f"{key} {item}" for key, item in data.items())
    return f"{law}({shown})"


def _lines(value: Any, path: str, model: BaseModel | None, name: str) -> Iterator[tuple[str, str, str, str, str]]:
    unit, meaning, source = _details(model, name) if model is not None else ("", "", "")
    if _is_law(value):
        yield path, _law(value), unit, meaning, source
    elif isinstance(value, BaseModel):
        for child in type(value).model_fields:
            yield from _lines(getattr(value, child), f"{path}.{child}" if path else child, value, child)
    elif isinstance(value, dict) and value and path != "sources":
        for key, child in value.items():
            yield from _lines(child, f"{path}.{key}", None, "")
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel | tuple):
        for k, child in enumerate(value):
            yield from _lines(child, f"{path}.{k}", None, "")
    elif path != "sources":
        yield path, "none" if value is None else f"{value}", unit, meaning, source


def describe(scenario: Scenario) -> Iterator[str]:
    """Lines of ``path = value unit  # meaning [source]``.

    Parameters
    ----------
    scenario : Scenario
    """
    for path, value, unit, meaning, source in _lines(scenario, "", None, ""):
        cited = [text for prefix, text in scenario.sources.items() if path == prefix or path.startswith(prefix + ".")]
        source = cited[-1] if cited else source
        unit = "" if unit in ("", "1") else f" {unit}"
        note = "  # " + meaning if meaning else ""
        yield f"{path} = {' '.join(value.split())}{unit}{note}{f' [{source}]' if source else ''}"
