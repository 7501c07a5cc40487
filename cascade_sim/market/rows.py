"""What a row of a table is: a record whose fields are attributes, and what every agent's row begins with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import LINK

# What every agent's row begins with: who it is in the draws, when it acts, how fast, for which account.
AGENT = (
    ("address", np.int64),
    ("number", np.int64),  # of its wake-ups so far
    ("wakes", np.int64),  # time of the next one
    ("latency", np.int64),
    ("interval", np.float64),  # mean time between wake-ups, microseconds
    ("account", LINK),
    ("market", LINK),
)


def record(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    """Row type whose fields are attributes, compiled or not (plain structured scalars have none)."""
    return np.dtype((np.record, list(fields)))


def stack(dtype: np.dtype[Any], parts: Sequence[NDArray[Any]], unused: int = 0) -> NDArray[Any]:
    """Rows of several tables in one, after `unused` zero rows; `numpy.concatenate` would lose the row type."""
    rows = np.zeros(unused + sum(len(part) for part in parts), dtype)
    place = unused
    for part in parts:
        rows[place : place + len(part)] = part
        place += len(part)
    return rows
