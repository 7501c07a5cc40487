"""The tables of all agents of a run."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from cascade_sim.market.handle import pass_by_pointer

__all__ = ["Population"]


@pass_by_pointer
class Population(NamedTuple):
    """Tables of the agents: one a type."""

    traders: NDArray[Any]
    makers: NDArray[Any]
    shapes: NDArray[Any]
    liquidators: NDArray[Any]
    hunters: NDArray[Any]
    arbitrageurs: NDArray[Any]
    investors: NDArray[Any]
    customs: NDArray[Any]
