"""What every scenario model shares: frozen, strict about names, and with a unit at every number."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Model", "quantity"]


class Model(BaseModel):
    """A part of a scenario: can't be changed, refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def quantity(default: Any = ..., *, unit: str = "1", description: str, source: str = "", **bounds: Any) -> Any:
    """Declare a number with its unit, meaning and, where it has one, its source.

    Parameters
    ----------
    default : Any
        Value when the scenario says nothing; required if left out.
    unit : str
        For example "s", "USD", "1" for a pure number.
    description, source : str
        What it means, and where the default comes from.
    **bounds
        Passed to `pydantic.Field`: ``gt``, ``ge``, ``lt``, ``le``.
    """
    extra: dict[str, Any] = {"unit": unit} | ({"source": source} if source else {})
    return Field(default, description=description, json_schema_extra=extra, **bounds)
