"""Traits that differ between individuals: drawn from a law, within bounds, from a named source or assumed."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.laws import Law

__all__ = ["Amounts", "Cohort", "PositiveAmounts", "Trait", "trait"]


def _as_law(value: Any) -> Any:
    """Let a plain number stand for the constant law."""
    return {"law": "constant", "value": value} if isinstance(value, int | float) else value


Trait = Annotated[Law, BeforeValidator(_as_law)]
Amounts = dict[str, Annotated[float, Field(ge=0, le=1e12)]]
PositiveAmounts = dict[str, Annotated[float, Field(gt=0, le=1e12)]]

_IN_WORDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def trait(default: float | dict[str, Any], *, unit: str = "1", description: str, source: str, **bounds: float) -> Any:
    """Declare a trait that differs between individuals; every value that its law can give must keep the bounds.

    Parameters
    ----------
    default : float or dict
        A constant, or a law.
    unit, description : str
    source : str
        Where the default comes from; or ``"assumed: "`` and why it is of that size.
    **bounds
        ``gt``, ``ge``, ``lt``, ``le``.
    """
    declared = quantity(default, unit=unit, description=description, source=source, validate_default=True)
    declared.json_schema_extra["bounds"] = bounds
    return declared


def _keeps(low: float, high: float, bound: str, limit: float) -> bool:
    """Whether all values from `low` to `high` keep one bound."""
    return {"gt": low > limit, "ge": low >= limit, "lt": high < limit, "le": high <= limit}[bound]


class Cohort(Model):
    """What all cohorts share: bounds of their traits."""

    @field_validator("*")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        bounds: Any = extra.get("bounds") if isinstance(extra, dict) else None
        if bounds:
            low, high = value.support
            if not all(_keeps(low, high, bound, limit) for bound, limit in bounds.items()):
                allowed = " and ".join(f"{_IN_WORDS[bound]} {limit:g}" for bound, limit in bounds.items())
                given = f"{low:g}" if low == high else f"{low:g} to {high:g}, which is what the law {value.law!r} gives"
                raise ValueError(f"must be {allowed}, got {given}")
        return value
