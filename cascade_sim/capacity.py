"""Whether the tables have room for what may happen next."""

from cascade_sim.market.constants import MAP_BINS, OUTBOX, PROFILE_BINS, QUOTE_BLOCK
from cascade_sim.market.kernel import part
from cascade_sim.market.roles import ROLES

__all__ = ["has_room"]

_SPARE_ROWS = 64


@part
def has_room(w):
    """Whether every table can hold the most that one thing due can write."""
    pools = w.pools[0]
    most = pools.orders + w.accounts.shape[0] + _SPARE_ROWS
    return (
        pools.trades + most < w.trades.shape[0]
        and pools.events + most < w.events.shape[0]
        and pools.moves + w.markets.shape[0] * ROLES + _SPARE_ROWS < w.moves.shape[0]
        and pools.samples + w.markets.shape[0] < w.samples.shape[0]
        and pools.clusters + w.markets.shape[0] * MAP_BINS < w.clusters.shape[0]
        and pools.profiles + 2 * w.markets.shape[0] * PROFILE_BINS < w.profiles.shape[0]
        and pools.branchings + w.markets.shape[0] < w.branchings.shape[0]
        and pools.entries + 2 * OUTBOX < w.entries.shape[0]
        and pools.messages + 2 * OUTBOX < w.messages.shape[0]
        and (pools.blocks + OUTBOX) * QUOTE_BLOCK < w.quotes.shape[0]
    )
