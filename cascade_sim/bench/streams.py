"""The message stream through our book alone, and through the whole exchange."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.bench.workload import CANCEL, LIMIT, MARKET
from cascade_sim.market import exchange
from cascade_sim.market.constants import LEVELS, LINK, PERPETUAL
from cascade_sim.market.exchange import apply
from cascade_sim.market.kernel import entry, kernel, prefetch
from cascade_sim.market.order_book import front, rest, unlink
from cascade_sim.market.roles import TRADER
from cascade_sim.market.rows import record
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate, drain

__all__ = ["SHIFT", "book_world", "exchange_world", "run_book", "run_exchange"]

SHIFT = LEVELS // 2 - 10_000  # the stream's prices in the middle of the ladder
slot_t = record(("slot", LINK), ("spare", LINK))
id_t = record(("order", np.int64))
_FAR, _MIDDLE_WAY, _NEAR = 24, 12, 6
_KINDS = {LIMIT: exchange.LIMIT, CANCEL: exchange.CANCEL, MARKET: exchange.MARKET}


@kernel
def _fetch_ahead(w: World, stream: NDArray[Any], slots: NDArray[Any], i: Any) -> None:
    """Ask for the rows that the messages after the i-th will cancel: a gateway knows what is queued."""
    j = i + _FAR
    if j < stream.shape[0]:
        prefetch(slots[stream[j, 1]])
    j = i + _MIDDLE_WAY
    if j < stream.shape[0] and stream[j, 0] == CANCEL:
        prefetch(w.orders[slots[stream[j, 1]].slot])
    j = i + _NEAR
    if j < stream.shape[0] and stream[j, 0] == CANCEL:
        order = w.orders[slots[stream[j, 1]].slot]
        prefetch(w.orders[order.previous])
        prefetch(w.orders[order.next])


@entry
def _book_stream(w: World, stream: NDArray[Any], slots: NDArray[Any]) -> Any:
    """Match rows of (kind, number, side, level, lots, market) in the book alone."""
    pools = w.pools[0]
    for i in range(stream.shape[0]):
        _fetch_ahead(w, stream, slots, i)
        kind = stream[i, 0]
        number = stream[i, 1]
        side = stream[i, 2]
        level = stream[i, 3]
        lots = stream[i, 4]
        m = LINK(stream[i, 5])
        if kind == CANCEL:
            slot = slots[number].slot
            order = w.orders[slot]
            if slot != 0 and order.lots > 0 and order.account == number:
                w.levels[m, order.level].lots -= order.lots
                unlink(w, m, slot)
        else:
            if kind == MARKET:
                level = np.int64(LEVELS - 1) if side > 0 else np.int64(1)
            while lots > 0:
                slot = front(w, m, side, level)
                if slot == 0:
                    break
                order = w.orders[slot]
                traded = min(lots, order.lots)
                trade = w.trades[LINK(pools.trades & 0xFFFF)]
                pools.trades += 1
                trade.level = order.level
                trade.lots = side * traded
                trade.taker = LINK(number)
                trade.maker = order.account
                lots -= traded
                order.lots -= traded
                w.levels[m, order.level].lots -= traded
                if order.lots == 0:
                    unlink(w, m, slot)
            if lots > 0 and kind == LIMIT:
                slots[number].slot = rest(w, m, LINK(number), side, level, lots)


@kernel
def _fetch_ahead_of_accounts(w: World, stream: NDArray[Any], ids: NDArray[Any], i: Any) -> None:
    """The same for the exchange, whose messages touch the rows of an account too."""
    j = i + _FAR
    if j < stream.shape[0]:
        prefetch(ids[stream[j, 1]])
    j = i + _MIDDLE_WAY
    if j < stream.shape[0]:
        a = LINK(stream[j, 4])
        market = w.markets[LINK(stream[j, 5])]
        prefetch(w.accounts[a])
        prefetch(w.positions[a, market.column])
        prefetch(w.balances[a, market.currency])
        if stream[j, 0] == exchange.CANCEL:
            prefetch(w.orders[LINK(ids[stream[j, 1]].order & 0xFFFFFFFF)])
    j = i + _NEAR
    if j < stream.shape[0] and stream[j, 0] == exchange.CANCEL:
        order = w.orders[LINK(ids[stream[j, 1]].order & 0xFFFFFFFF)]
        prefetch(w.orders[order.previous])
        prefetch(w.orders[order.next])
        prefetch(w.orders[order.account_previous])
        prefetch(w.orders[order.account_next])


@entry
def _exchange_stream(w: World, stream: NDArray[Any], ids: NDArray[Any], first: int) -> Any:
    """Send rows of (kind, number, lots, level, account, market) as messages; returns the row reached."""
    pools = w.pools[0]
    message = w.messages[1]
    i = first
    going = True
    while i < stream.shape[0] and going:
        m = LINK(stream[i, 5])
        going = pools.trades + w.markets[m].orders < w.trades.shape[0] and pools.events + 100 < w.events.shape[0]
        if going:
            _fetch_ahead_of_accounts(w, stream, ids, i)
            number = stream[i, 1]
            w.clock[0].now = i
            message.kind = LINK(stream[i, 0])
            message.account = LINK(stream[i, 4])
            message.market = m
            message.lots = stream[i, 2]
            message.price = stream[i, 3]
            message.reference = ids[number].order
            result = apply(w, message)
            if message.kind != exchange.CANCEL:
                ids[number].order = max(result, np.int64(0))
            i += 1
    return i


def book_world(markets: int, orders: int = 1 << 20) -> World:
    """Empty books."""
    return allocate(
        Sizes(assets=1, venues=1, markets=markets, columns=markets, accounts=1, orders=orders, trades=1 << 16)
    )


def run_book(world: World, *parts: NDArray[np.int64]) -> Iterator[None]:
    """Run one part of a stream at each `next`, for example the warm-up and then the stream."""
    slots = np.zeros(int(max(part[:, 1].max() for part in parts)) + 1, slot_t)
    rows = [_book_rows(part, world) for part in parts]
    for part in rows:
        _book_stream(world, part, slots)
        yield


def _book_rows(stream: NDArray[np.int64], world: World) -> NDArray[np.int64]:
    markets = len(world.markets) - 1
    rows = np.column_stack([stream, 1 + stream[:, 1] % markets])
    rows[:, 3] += SHIFT
    return np.ascontiguousarray(rows)


def exchange_world(markets: int, accounts: int, orders: int = 1 << 20) -> World:
    """Two venues of perpetual markets with fees and tiers, and solvent accounts without leverage."""
    venues = 2 if markets > 1 else 1
    columns = markets // venues
    world = allocate(
        Sizes(
            assets=2,
            venues=venues,
            markets=markets,
            columns=columns,
            accounts=accounts,
            orders=orders,
            trades=1 << 19,
            events=1 << 17,
            moves=1 << 10,
        )
    )
    world.venues["first_market"] = np.arange(-1, venues) * columns + 1
    world.venues["markets"] = columns
    world.venues["currency"] = 1
    rows = world.markets
    rows["venue"] = (np.arange(markets + 1) - 1) // columns + 1
    rows["column"] = (np.arange(markets + 1) - 1) % columns
    rows["asset"] = 2
    rows["currency"] = 1
    rows["kind"] = PERPETUAL
    rows["tick_value"] = 1000
    rows["tick_price"] = 10**8
    rows["last"] = LEVELS // 2
    rows["mark"] = LEVELS // 2 * 1000
    rows["taker_ppm"] = 500
    rows["maker_ppm"] = 200
    rows["max_lots"] = 10**6
    for k, floor in enumerate((0, 5 * 10**10, 25 * 10**10, 10**12)):
        world.tiers["floor"][:, k] = floor
        world.tiers["maintenance_ppm"][:, k] = (4000, 5000, 10000, 25000)[k]
        world.tiers["initial_ppm"][:, k] = (8000, 10000, 20000, 50000)[k]
    world.accounts["venue"] = np.arange(accounts + 1) % venues + 1
    world.accounts["owner"] = np.arange(accounts + 1)
    world.accounts["role"] = TRADER
    world.balances["amount"][:, 1] = 2 * 10**9
    world.positions["initial_ppm"] = 10_000
    return world


def _exchange_rows(stream: NDArray[np.int64], world: World) -> NDArray[np.int64]:
    markets = len(world.markets) - 1
    accounts = len(world.accounts) - 1
    venues = len(world.venues) - 1
    m = 1 + stream[:, 1] % markets
    venue = world.markets["venue"][m].astype(np.int64)
    a = 1 + (stream[:, 1] % accounts) // venues * venues + (venue - 2) % venues
    kinds = np.array([_KINDS[kind] for kind in range(3)])[stream[:, 0]]
    return np.ascontiguousarray(
        np.column_stack([kinds, stream[:, 1], stream[:, 2] * stream[:, 4], stream[:, 3] + SHIFT, a, m])
    )


def run_exchange(world: World, warm: NDArray[np.int64], stream: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    """Run the warm-up up to the first `next`, the stream up to the second; gives what was drained."""
    ids = np.zeros(int(max(warm[:, 1].max(), stream[:, 1].max())) + 1, id_t)
    parts = [_exchange_rows(part, world) for part in (warm, stream)]
    for rows in parts:
        reached = 0
        drained: dict[str, Any] = {"trades": [], "events": []}
        while reached < len(rows):
            reached = _exchange_stream(world, rows, ids, reached)
            for name, kept in drained.items():
                kept.append(drain(world, name))
            world.pools["moves"] = 0
        yield drained
