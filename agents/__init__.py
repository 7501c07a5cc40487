"""The agents of the market, one file a type: the columns of its table, its decision, its rows."""

if __name__ != "cascade_sim.agents":
    raise ImportError(f"import cascade_sim.agents, not {__name__}")

from typing import TYPE_CHECKING, Any

from cascade_sim.agents.custom import CancelAll, Order, Quotes, View

if TYPE_CHECKING:
    from cascade_sim.agents.agent import Agent

__all__ = ["Agent", "CancelAll", "Order", "Quotes", "View"]


def __getattr__(name: str) -> Any:
    """Import Mesa only when somebody asks for `Agent`: it takes a second."""
    if name == "Agent":
        from cascade_sim.agents.agent import Agent

        return Agent
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
