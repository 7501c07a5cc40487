"""Making, growing and draining a world: everything about tables that needs no kernel."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.book_rows import account_t, balance_t, band_t, flow_t, level_t, order_t, position_t, treatment_t
from cascade_sim.market.constants import (
    ACCOUNT_BLOCK,
    BASIS_WINDOW,
    FOREVER,
    LEVEL_BLOCKS,
    LEVEL_WORDS,
    LEVELS,
    LINK,
    MAP_BINS,
    OUTBOX,
    QUOTE_BLOCK,
    TIERS,
    WHEEL,
)
from cascade_sim.market.queue_rows import clock_t, entry_t, heap_t, message_t, pools_t, quote_t, rank_t
from cascade_sim.market.record_rows import branching_t, cluster_t, event_t, move_t, profile_t, sample_t, trade_t
from cascade_sim.market.roles import ROLES
from cascade_sim.market.tables import World
from cascade_sim.market.venue_rows import (
    asset_t,
    engine_t,
    feed_t,
    fund_t,
    funding_t,
    mark_t,
    market_t,
    source_t,
    tape_t,
    tier_t,
    venue_t,
)

__all__ = ["EVENT_TABLES", "Sizes", "allocate", "copy_world", "drain", "give_positions", "grow"]

EVENT_TABLES = {
    "trades": trade_t,
    "events": event_t,
    "moves": move_t,
    "samples": sample_t,
    "clusters": cluster_t,
    "branchings": branching_t,
    "profiles": profile_t,
}
_POOLS = {"orders": "free_order", "messages": "free_message", "entries": "free_entry"}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many rows each table has, not counting the unused row 0.

    Capacities (orders, messages, quote_blocks, entries and the event tables) never change a result:
    a full order pool refuses the order on record, everything else is grown or drained.
    """

    assets: int
    venues: int
    markets: int
    columns: int
    accounts: int
    sources: int = 0
    orders: int = 1 << 16
    messages: int = 1 << 10
    quote_blocks: int = 64
    entries: int = 1 << 12
    trades: int = 1 << 14
    events: int = 1 << 14
    moves: int = 1 << 12
    samples: int = 1 << 10
    script_rows: int = 0


def _table(rows: int, dtype: Any) -> NDArray[Any]:
    return np.zeros(rows + 1, dtype)


def _chain(table: NDArray[Any], first: int = 1) -> None:
    """Link the free rows of a pool from `first` to the end."""
    table["next"][first:-1] = np.arange(first + 1, len(table), dtype=LINK)
    table["next"][-1] = 0


def _chain_quotes(quotes: NDArray[Any], first: int, then: int = 0) -> None:
    """Link the free blocks of quotes from `first` to the end and on to `then`, by the first row of each."""
    blocks = len(quotes) // QUOTE_BLOCK
    following = np.append(np.arange(first + 1, blocks), then)
    quotes["lots"][first * QUOTE_BLOCK :: QUOTE_BLOCK] = following


def allocate(sizes: Sizes) -> World:
    """Empty world with all rows free and no orders.

    Parameters
    ----------
    sizes : Sizes
        Number of rows.

    Returns
    -------
    World
    """
    blocks = sizes.accounts // ACCOUNT_BLOCK + 1
    world = World(
        clock=np.zeros(1, clock_t),
        pools=np.zeros(1, pools_t),
        assets=_table(sizes.assets, asset_t),
        loadings=np.zeros((sizes.assets + 1, sizes.assets + 1)),
        script=np.zeros((sizes.script_rows, sizes.assets + 1)),
        feeds=_table(sizes.assets, feed_t),
        sources=_table(sizes.sources, source_t),
        venues=_table(sizes.venues, venue_t),
        engines=_table(sizes.venues, engine_t),
        funds=np.zeros((sizes.venues + 1, sizes.assets + 1), fund_t),
        markets=_table(sizes.markets, market_t),
        marks=_table(sizes.markets, mark_t),
        fundings=_table(sizes.markets, funding_t),
        basis=np.zeros((sizes.markets + 1, BASIS_WINDOW), np.int64),
        tapes=_table(sizes.markets, tape_t),
        tiers=np.zeros((sizes.markets + 1, TIERS), tier_t),
        levels=np.zeros((sizes.markets + 1, LEVELS), level_t),
        bits=np.zeros((sizes.markets + 1, LEVEL_WORDS + LEVEL_BLOCKS + 1), np.uint64),
        flows=np.zeros((sizes.markets + 1, ROLES), flow_t),
        maps=np.zeros((sizes.markets + 1, 2, MAP_BINS), np.int64),
        orders=_table(sizes.orders, order_t),
        accounts=_table(sizes.accounts, account_t),
        treatments=_table(sizes.accounts, treatment_t),
        balances=np.zeros((sizes.accounts + 1, sizes.assets + 1), balance_t),
        positions=np.zeros((sizes.accounts + 1, sizes.columns), position_t),
        bands=np.zeros((blocks + 1, sizes.markets + 1), band_t),
        quotes=np.zeros((sizes.quote_blocks + 1) * QUOTE_BLOCK, quote_t),
        messages=_table(sizes.messages, message_t),
        outbox=np.zeros(OUTBOX, message_t),
        entries=_table(sizes.entries, entry_t),
        wheel=np.zeros(WHEEL, LINK),
        heap=_table(sizes.entries, heap_t),
        breaches=np.zeros(sizes.accounts + 1, np.uint32),
        ranks=_table(sizes.accounts, rank_t),
        trades=np.zeros(sizes.trades, trade_t),
        events=np.zeros(sizes.events, event_t),
        moves=np.zeros(sizes.moves, move_t),
        samples=np.zeros(sizes.samples, sample_t),
        clusters=np.zeros(4 * MAP_BINS, cluster_t),
        branchings=np.zeros(sizes.samples, branching_t),
        profiles=np.zeros(1024, profile_t),
    )
    for name, head in _POOLS.items():
        _chain(getattr(world, name))
        world.pools[head] = 1
    _chain_quotes(world.quotes, 1)
    world.pools["free_quotes"] = 1
    world.pools["generation"] = 1
    world.clock["bucket"] = -1
    world.markets["bid"] = -1
    world.markets["ask"] = LEVELS
    world.tiers["floor"][:, 1:] = FOREVER
    world.bands["low"] = -FOREVER
    world.bands["high"] = FOREVER
    return world


def give_positions(
    world: World,
    m: int,
    accounts: NDArray[Any],
    lots: NDArray[np.int64],
    cost: NDArray[np.int64],
) -> None:
    """Let accounts start with positions in a market, one each, that they have paid `cost` for.

    What was paid for positions has left the balances of some and entered those of others long ago; so
    that money is conserved from here on, the costs count as withdrawn.
    """
    held = lots != 0
    accounts, lots, cost = accounts[held], lots[held], cost[held]
    column = world.markets["column"][m]
    venue, currency = world.markets["venue"][m], world.markets["currency"][m]
    world.positions["lots"][accounts, column] = lots
    world.positions["cost"][accounts, column] = cost
    world.accounts["open_positions"][accounts] += 1
    world.pools["positions"] += len(accounts)
    world.markets["open_interest"][m] += np.abs(lots).sum()
    world.funds["deposits"][venue, currency] -= cost.sum()
    world.venues["screen_is_stale"][venue] = 1


def drain(world: World, name: str) -> NDArray[Any]:
    """Copy the filled rows of an event table and mark them as free."""
    filled = int(world.pools[name][0])
    rows = getattr(world, name)[:filled].copy()
    world.pools[name] = 0
    return rows  # type: ignore[no-any-return]


def copy_world(world: World) -> World:
    """The same world in tables of its own."""
    copied = {name: table.copy() for name, table in world._asdict().items() if name != "levels"}
    # The ladder is by far the largest table and nearly empty: only the levels in use are written. (`zeros` takes
    # pages that nobody has touched; `zeros_like` would write them all.)
    levels = np.zeros(world.levels.shape, world.levels.dtype)
    words = world.levels.reshape(-1).view(np.uint64).reshape(world.levels.size, 2)
    used = np.flatnonzero(words[:, 0] | words[:, 1])
    levels.reshape(-1)[used] = world.levels.reshape(-1)[used]
    return World(levels=levels, **copied)


def grow(world: World, name: str) -> World:
    """The same world with twice the rows in one table (and what goes with it).

    Parameters
    ----------
    name : str
        Of a table that grows: see `cascade_sim.engine.capacity.GROWING`.
    """
    before = getattr(world, name)
    after = np.zeros(2 * len(before), before.dtype)
    after[: len(before)] = before
    changes = {name: after}
    if name in _POOLS:
        head = _POOLS[name]
        _chain(after, len(before))
        after["next"][-1] = world.pools[head][0]
        world.pools[head] = len(before)
    if name == "quotes":
        _chain_quotes(after, len(before) // QUOTE_BLOCK, int(world.pools["free_quotes"][0]))
        world.pools["free_quotes"] = len(before) // QUOTE_BLOCK
    if name == "entries":
        heap = np.zeros(len(after), heap_t)
        heap[: len(world.heap)] = world.heap
        changes["heap"] = heap
    return world._replace(**changes)
