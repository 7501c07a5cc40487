"""Accounts with a name, and orders they send by the clock: for examples worked by hand, and for shocks."""

from typing import Literal

from pydantic import Field, model_validator

from cascade_sim.scenario.base import Model, quantity

__all__ = ["Account", "Position", "PositionsFile", "ScriptedOrder"]


class Position(Model):
    """A position held at the start."""

    size: float = quantity(unit="asset", description="Signed size; positive is long")
    entry: float = quantity(unit="USD", description="Average price paid", gt=0)


class Account(Model):
    """An account of nobody's agent."""

    venue: str = Field(description="Venue it is on")
    deposit: float = quantity(0.0, unit="USD", description="Money in it at the start", ge=0, le=1e12)
    holdings: dict[str, float] = Field(default_factory=dict, description="Other assets in it, by name")
    leverage: float = quantity(1.0, description="Leverage that its orders are margined at", ge=1, le=1000)
    positions: dict[str, Position] = Field(default_factory=dict, description="Positions by market")


class PositionsFile(Model):
    """Positions at time zero from a file, instead of sampled ones; their holders do not trade."""

    file: str = Field(description="CSV with market, size, entry, and margin or leverage; account groups cross margin")
    venue: str = Field(description="Venue the positions are on")


class ScriptedOrder(Model):
    """An order that arrives at a stated time."""

    at: float = quantity(0.0, unit="s", description="When it arrives, after the burn-in", ge=0)
    account: str = Field(description="Named account that sends it")
    market: str = Field(description="Market it goes to")
    type: Literal["limit", "market", "immediate", "fill-or-kill", "post-only", "cancel-all"] = "limit"
    size: float = quantity(0.0, unit="asset", description="Signed size; negative sells")
    price: float | None = Field(None, description="Limit, in USD", gt=0)
    reduce_only: bool = False

    @model_validator(mode="after")
    def _complete(self) -> "ScriptedOrder":
        if self.type != "cancel-all" and self.size == 0:
            raise ValueError("size must not be 0")
        if self.type not in ("market", "cancel-all") and self.price is None:
            raise ValueError(f"a {self.type} order needs a price")
        return self
