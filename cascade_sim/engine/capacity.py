"""Whether the tables have room for the most that one thing due can write."""

import numpy as np

from cascade_sim.market.constants import MAP_BINS, OUTBOX, PROFILE_BINS, QUOTE_BLOCK
from cascade_sim.market.kernel import entry, kernel, part
from cascade_sim.market.roles import ROLES

__all__ = ["GROWING", "has_room", "rows_wanted"]

GROWING = (
    "trades",
    "events",
    "moves",
    "samples",
    "clusters",
    "branchings",
    "profiles",
    "entries",
    "messages",
    "quotes",
)
_SPARE = 64  # rows for the few things written once a turn


@kernel
def _most_rows(w, population):
    """Rows that each table of `GROWING` would have after the most that one turn can add.

    Every trade, and every cancellation by the exchange, uses up a resting order, but for the last of each order sent:
    one a market, or a block of quotes that cross. A position is deleveraged at most once a turn in its market, and
    who shares a loss does so once. Everything due may wake all liquidators, and send an outbox.
    """
    pools = w.pools[0]
    markets = np.int64(w.markets.shape[0])
    orders = pools.orders + QUOTE_BLOCK + markets + _SPARE
    return (
        pools.trades + orders,
        pools.events + orders + pools.positions + w.accounts.shape[0],
        pools.moves + orders + markets * ROLES,
        pools.samples + markets,
        pools.clusters + markets * MAP_BINS,
        pools.branchings + markets,
        pools.profiles + 2 * markets * PROFILE_BINS,
        pools.entries + 2 * OUTBOX + population.liquidators.shape[0],
        pools.messages + 2 * OUTBOX,
        (pools.blocks + OUTBOX) * QUOTE_BLOCK,
    )


@part
def has_room(w, population):
    """Whether every table can hold the most that one thing due can write."""
    rows = _most_rows(w, population)
    return (
        rows[0] < w.trades.shape[0]
        and rows[1] < w.events.shape[0]
        and rows[2] < w.moves.shape[0]
        and rows[3] < w.samples.shape[0]
        and rows[4] < w.clusters.shape[0]
        and rows[5] < w.branchings.shape[0]
        and rows[6] < w.profiles.shape[0]
        and rows[7] < w.entries.shape[0]
        and rows[8] < w.messages.shape[0]
        and rows[9] < w.quotes.shape[0]
    )


@entry
def rows_wanted(w, population):
    """Rows that each table of `GROWING` must have more than, as a tuple."""
    return _most_rows(w, population)
