"""Agents written in Python: what they see, what they may want, and their place among the compiled ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster, header
from cascade_sim.market import exchange
from cascade_sim.market.constants import LEVELS, OUTBOX, PERPETUAL, PRICE_UNIT, QUOTE_BLOCK, SECOND
from cascade_sim.market.roles import CUSTOM
from cascade_sim.market.rows import AGENT, record
from cascade_sim.market.tables import World
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = [
    "CancelAll",
    "Guest",
    "MarketView",
    "Order",
    "PositionView",
    "Quotes",
    "View",
    "custom_t",
    "guests_of",
    "write_wishes",
]

# The last column keeps this type from being a prefix of all others, which numba would take for a relation.
custom_t = record(*AGENT, ("spare", np.int64))

_KINDS = {
    "limit": exchange.LIMIT,
    "market": exchange.MARKET,
    "immediate": exchange.IMMEDIATE,
    "fill-or-kill": exchange.FILL_OR_KILL,
    "post-only": exchange.POST_ONLY,
}
_HUGE = 2**62  # the exchange refuses such sizes and prices, on record


@dataclass(frozen=True, kw_only=True)
class Order:
    """A wish to trade.

    Attributes
    ----------
    market : str
    size : float
        Signed, in units of the asset; negative sells. Rounded towards zero to whole lots.
    price : float or None
        Limit in USD, rounded to a tick in the sender's favour; not needed for market orders.
    kind : {"limit", "market", "immediate", "fill-or-kill", "post-only"}
    reduce_only : bool
        Whether it may only make a position smaller.
    """

    market: str
    size: float
    price: float | None = None
    kind: str = "limit"
    reduce_only: bool = False


@dataclass(frozen=True, kw_only=True)
class CancelAll:
    """A wish to cancel all own orders in a market."""

    market: str


@dataclass(frozen=True, kw_only=True)
class Quotes:
    """A wish to replace all own orders in a market by (size, price) pairs."""

    market: str
    pairs: Sequence[tuple[float, float]]


class Guest(Protocol):
    """What an agent written in Python must have; `cascade_sim.agents.Agent` has it."""

    venue: str
    deposit: float
    holdings: Mapping[str, float]
    leverage: float
    interval: float
    latency: float

    def decide(self, view: "View") -> Sequence[Order | CancelAll | Quotes]:
        """Called at each wake-up. May read `view`, must not keep it; what is returned is sent after the latency."""


@dataclass(frozen=True)
class PositionView:
    """One position.

    Attributes
    ----------
    size : float
        Signed, in units of the asset.
    entry : float
        Average price paid, USD; nan without a position.
    profit : float
        Unrealised, USD.
    """

    size: float
    entry: float
    profit: float


class MarketView:
    """A market as everybody sees it: properties in USD and units of the asset."""

    __slots__ = ("_lot", "_m", "_tick", "_world", "name")

    def __init__(self, world: World, m: int, name: str, tick: float, lot: float) -> None:
        self._world, self._m, self._tick, self._lot, self.name = world, m, tick, lot, name

    def _field(self, name: str) -> int:
        return int(self._world.markets[name][self._m])

    @property
    def bid(self) -> float:
        """Best bid; nan when there is none."""
        return self._field("bid") * self._tick if self._field("bid") >= 0 else float("nan")

    @property
    def ask(self) -> float:
        """Best ask; nan when there is none."""
        return self._field("ask") * self._tick if self._field("ask") < LEVELS else float("nan")

    @property
    def last(self) -> float:
        """Price of the last trade."""
        return self._field("last") * self._tick

    @property
    def mid(self) -> float:
        """Middle of the best prices; the last trade while a side is empty."""
        both = self._field("bid") >= 0 and self._field("ask") < LEVELS
        return (self.bid + self.ask) / 2 if both else self.last

    @property
    def mark(self) -> float:
        """Mark price."""
        return self._field("mark") / MONEY_UNITS / self._lot

    @property
    def index(self) -> float:
        """Index price of the asset."""
        return float(self._world.feeds["price"][self._field("asset")]) / PRICE_UNIT

    @property
    def open_interest(self) -> float:
        """Size of all long positions."""
        return self._field("open_interest") / 2 * self._lot

    def depth(self, side: str, within: float) -> float:
        """Size that stands on a side ("bid" or "ask") within a relative distance of the mid."""
        lots = self._world.levels["lots"][self._m]
        middle = self.mid / self._tick
        if side == "bid":
            low, high = int(np.ceil(middle * (1 - within))), self._field("bid")
        else:
            low, high = self._field("ask"), int(np.floor(middle * (1 + within)))
        return float(lots[max(low, 0) : high + 1].sum()) * self._lot if 0 <= high < LEVELS else 0.0


class View:
    """What an agent sees when it wakes: the public market, and its own account."""

    def __init__(self, world: World, roster: Roster, account: int) -> None:
        self._world, self._roster, self._account = world, roster, account

    @property
    def time(self) -> float:
        """Seconds since the start, burn-in included."""
        return int(self._world.clock["now"][0]) / SECOND

    @property
    def markets(self) -> list[str]:
        """Names of all markets."""
        return list(self._roster.markets)

    def market(self, name: str) -> MarketView:
        """A market by name."""
        spec = self._roster.market(name)
        return MarketView(self._world, self._roster.markets[name], name, spec.tick, spec.lot)

    @property
    def equity(self) -> float:
        """Own money and profit at mark, USD; without other assets."""
        return self.balance(CURRENCY) + sum(self.position(name).profit for name in self._own_perpetuals())

    def balance(self, asset: str) -> float:
        """Own balance of an asset."""
        row = self._roster.assets[asset]
        return int(self._world.balances["amount"][self._account, row]) / self._roster.units(asset)

    def position(self, name: str) -> PositionView:
        """Own position in a perpetual."""
        m = self._roster.markets[name]
        market = self._world.markets[m]
        row = self._world.positions[self._account, int(market["column"])]
        lots, cost = int(row["lots"]), int(row["cost"])
        profit = lots * int(market["mark"]) - cost - lots * (int(market["funding"]) - int(row["funding"]))
        lot = self._roster.market(name).lot
        entry = cost / lots / MONEY_UNITS / lot if lots else float("nan")
        return PositionView(lots * lot, entry, profit / MONEY_UNITS)

    def _own_perpetuals(self) -> list[str]:
        venue = int(self._world.accounts["venue"][self._account])
        own = (self._world.markets["venue"] == venue) & (self._world.markets["kind"] == PERPETUAL)
        return [name for name, m in self._roster.markets.items() if own[m]]


class WishError(TypeError):
    """An agent wants something that can't be sent."""


class GuestError(ValueError):
    """An agent written in Python can't take part."""


def write_wishes(world: World, roster: Roster, account: int, wishes: Sequence[Order | CancelAll | Quotes]) -> None:
    """Put what a Python agent wants into the outbox.

    Raises
    ------
    WishError
        Saying which wish, and what is wrong with it.
    """
    if not isinstance(wishes, Sequence):
        raise WishError(f"decide returned {wishes!r}; give a list, empty if there is nothing to do")
    if len(wishes) > OUTBOX:
        raise WishError(f"decide returned {len(wishes)} wishes; at most {OUTBOX} can be sent at once")
    for k, wish in enumerate(wishes):
        if not isinstance(wish, Order | CancelAll | Quotes):
            raise WishError(f"decide returned {wish!r} at place {k}; give Order, CancelAll or Quotes")
        if wish.market not in roster.markets:
            raise WishError(f"wish {k}: market {wish.market!r} is not one of {list(roster.markets)}")
        row = world.outbox[k]
        for name in row.dtype.names:
            row[name] = 0
        row["account"] = account
        row["market"] = roster.markets[wish.market]
        if isinstance(wish, Order):
            _write_order(row, roster, wish, k)
        elif isinstance(wish, CancelAll):
            row["kind"] = exchange.CANCEL_ALL
        else:
            _write_quotes(world, row, roster, wish, k)
    world.pools["outbox"] = len(wishes)


def _in_lots(roster: Roster, market: str, size: float, k: int) -> int:
    if not np.isfinite(size):
        raise WishError(f"wish {k}: size must be a finite number, got {size!r}")
    return int(np.clip(np.trunc(size / roster.market(market).lot * (1 + 1e-12)), -_HUGE, _HUGE))


def _in_ticks(roster: Roster, market: str, price: float, size: float, k: int) -> int:
    if not (np.isfinite(price) and price > 0):
        raise WishError(f"wish {k}: price must be above 0, got {price!r}")
    ticks = price / roster.market(market).tick
    return int(min(np.floor(ticks + 1e-9) if size > 0 else np.ceil(ticks - 1e-9), _HUGE))


def _write_order(row: Any, roster: Roster, wish: Order, k: int) -> None:
    if wish.kind not in _KINDS:
        raise WishError(f"wish {k}: kind {wish.kind!r} is not one of {sorted(_KINDS)}")
    if wish.price is None and wish.kind != "market":
        raise WishError(f"wish {k}: a {wish.kind} order needs a price")
    row["kind"] = _KINDS[wish.kind]
    row["lots"] = _in_lots(roster, wish.market, wish.size, k)
    row["options"] = exchange.REDUCE_ONLY if wish.reduce_only else 0
    if wish.price is not None:
        row["price"] = _in_ticks(roster, wish.market, wish.price, wish.size, k)


def _write_quotes(world: World, row: Any, roster: Roster, wish: Quotes, k: int) -> None:
    if len(wish.pairs) > QUOTE_BLOCK:
        raise WishError(f"wish {k}: {len(wish.pairs)} quotes; at most {QUOTE_BLOCK} can be sent at once")
    pools = world.pools
    block = int(pools["free_quotes"][0])
    first = block * QUOTE_BLOCK
    pools["free_quotes"] = world.quotes["lots"][first]
    pools["blocks"] += 1
    row["kind"] = exchange.REPLACE_QUOTES
    row["reference"] = first
    row["count"] = len(wish.pairs)
    for j, (size, price) in enumerate(wish.pairs):
        world.quotes["lots"][first + j] = _in_lots(roster, wish.market, size, k)
        world.quotes["level"][first + j] = _in_ticks(roster, wish.market, price, size, k)


def _check(guest: Guest, roster: Roster) -> None:
    """Refuse a guest that can't take part."""
    name = type(guest).__name__
    if getattr(guest, "venue", None) not in roster.venues:
        raise GuestError(f"{name}.venue must be one of {list(roster.venues)}, got {getattr(guest, 'venue', None)!r}")
    lowest = {"deposit": 0.0, "leverage": 1.0, "interval": 1e-6, "latency": 0.0}
    for field, least in lowest.items():
        value = getattr(guest, field)
        if not (np.isfinite(value) and value >= least):
            raise GuestError(f"{name}.{field} must be at least {least:g}, got {value!r}")
    for asset, amount in guest.holdings.items():
        if asset not in roster.assets or not (np.isfinite(amount) and amount >= 0):
            raise GuestError(
                f"{name}.holdings: {{{asset!r}: {amount!r}}} must be at least 0 of one of {list(roster.assets)}"
            )


def guests_of(guests: Sequence[Guest], roster: Roster) -> NDArray[Any]:
    """Rows of Python agents, with their accounts opened."""
    rows = np.zeros(len(guests), custom_t)
    for k, guest in enumerate(guests):
        _check(guest, roster)
        purse = {CURRENCY: np.array([round(guest.deposit * MONEY_UNITS)])}
        for asset, amount in guest.holdings.items():
            purse[asset] = np.array([round(amount * roster.units(asset))])
        name = type(guest).__name__
        account = roster.open(guest.venue, CUSTOM, name, roster.new_owners(1), purse, guest.leverage)
        people = roster.addresses(CUSTOM, getattr(guest, "luck", f"guest {k}"), 1)
        header(rows[k : k + 1], people, np.array([guest.latency]), np.array([guest.interval]), account)
    return rows
