"""The whole state of a market, as tables: NumPy record arrays gathered in one `World`.

One row is one thing. Links and row numbers are ``uint32``; row 0 of a table that is linked to is
never used and means "none". A kernel reads ``world.orders[slot].lots``; a person reads
``pandas.DataFrame(world.orders)``. The tables of a world are enough to save, copy, compare and
digest it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.handle import pass_by_pointer


@pass_by_pointer
class World(NamedTuple):
    """Every table of a market; `venue_rows`, `book_rows`, `queue_rows` and `record_rows` say their columns."""

    clock: NDArray[Any]
    pools: NDArray[Any]
    assets: NDArray[Any]
    loadings: NDArray[np.float64]
    script: NDArray[np.float64]
    feeds: NDArray[Any]
    sources: NDArray[Any]
    venues: NDArray[Any]
    engines: NDArray[Any]
    funds: NDArray[Any]
    markets: NDArray[Any]
    marks: NDArray[Any]
    fundings: NDArray[Any]
    basis: NDArray[np.int64]
    tapes: NDArray[Any]
    tiers: NDArray[Any]
    levels: NDArray[Any]
    bits: NDArray[np.uint64]
    flows: NDArray[Any]
    maps: NDArray[np.int64]
    orders: NDArray[Any]
    accounts: NDArray[Any]
    treatments: NDArray[Any]
    balances: NDArray[Any]
    positions: NDArray[Any]
    bands: NDArray[Any]
    quotes: NDArray[Any]
    messages: NDArray[Any]
    outbox: NDArray[Any]
    entries: NDArray[Any]
    wheel: NDArray[np.uint32]
    heap: NDArray[Any]
    breaches: NDArray[np.uint32]
    ranks: NDArray[Any]
    trades: NDArray[Any]
    events: NDArray[Any]
    moves: NDArray[Any]
    samples: NDArray[Any]
    clusters: NDArray[Any]
    branchings: NDArray[Any]
    profiles: NDArray[Any]
