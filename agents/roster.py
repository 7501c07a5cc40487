"""The register that agents enter: they draw their traits, open accounts and get their rows here.

Individuals are addressed by role, name of the cohort and place in the cohort, so that another cohort, or more
agents in one, changes nobody else's traits. Accounts are collected first and written into the world's tables
when their number is known.
"""

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import SECOND
from cascade_sim.market.draws import uniforms
from cascade_sim.market.kernel import entry
from cascade_sim.market.streams import TRAIT
from cascade_sim.market.tables import World
from cascade_sim.market.world import give_positions
from cascade_sim.scenario.agents import Trait
from cascade_sim.scenario.scenario import ASSET_UNITS, CURRENCY, MONEY_UNITS, Scenario
from cascade_sim.scenario.venues import Market, Tier

__all__ = ["Accounts", "Roster", "RosterError", "header"]

_ADDRESSES = 1 << 32  # as many as a word of the draws holds

Floats = NDArray[np.float64]
Rows = NDArray[np.uint32]


@entry
def _fill_uniforms(seed, stream, people, trait, u, v):
    """Two uniforms for each address of `people`."""
    for i in range(people.shape[0]):
        u[i], v[i] = uniforms(seed, stream, people[i], trait, 0)


class RosterError(ValueError):
    """Who takes part can't be told apart."""


@dataclass
class Accounts:
    """Accounts opened together: same venue, role and cohort."""

    first: int
    venue: int
    role: int
    cohort: str
    owners: NDArray[np.int64]
    balances: dict[int, NDArray[np.int64]]
    initial_ppm: NDArray[np.int64]


@dataclass
class Holding:
    """Positions in one market that accounts start with."""

    market: str
    accounts: Rows
    lots: NDArray[np.int64]
    cost: NDArray[np.int64]


@dataclass
class Roster:
    """Who takes part in a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Of the run.

    Attributes
    ----------
    assets, venues, markets : dict of str to int
        Row numbers by name, in the order of the scenario; the currency is the first asset.
    """

    scenario: Scenario
    seed: int
    accounts: int = 0
    owners: int = 0
    groups: list[Accounts] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    streets: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.assets = {name: row for row, name in enumerate([CURRENCY, *self.scenario.assets], 1)}
        self.venues = {name: row for row, name in enumerate(self.scenario.venues, 1)}
        self.markets = {name: row for row, name in enumerate(self.scenario.markets, 1)}

    def units(self, asset: str) -> int:
        """Units in one whole asset."""
        return MONEY_UNITS if asset == CURRENCY else ASSET_UNITS

    def market(self, name: str) -> Market:
        """Specification of a market."""
        return self.scenario.markets[name][1]

    def price(self, name: str) -> float:
        """Price of a market's asset at the start, in USD."""
        return self.scenario.assets[self.market(name).asset].price

    def tick_value(self, name: str) -> int:
        """Units of currency that one tick times one lot is worth."""
        return round(self.market(name).tick * self.market(name).lot * MONEY_UNITS)

    def tiers(self, name: str) -> tuple[Tier, ...]:
        """Brackets of a market's positions."""
        tiers = self.scenario.venues[self.scenario.markets[name][0]].rules.tiers
        return tiers.get(self.market(name).asset) or tiers["default"]

    def held(self, name: str) -> int:
        """Lots of a market that have been given out so far, signed."""
        return sum(int(holding.lots.sum()) for holding in self.holdings if holding.market == name)

    def hold(self, name: str, accounts: Rows, lots: NDArray[np.int64], cost: NDArray[np.int64] | None = None) -> None:
        """Let accounts start with positions; without a cost they are bought at today's price."""
        if cost is None:
            cost = lots * round(self.price(name) / self.market(name).tick) * self.tick_value(name)
        self.holdings.append(Holding(name, accounts, lots, cost))

    def draw(self, role: int | np.uint32, people: NDArray[np.int64], name: str, law: Trait) -> Floats:
        """Values of one trait for the individuals at `people`."""
        u = np.empty(len(people))
        v = np.empty(len(people))
        trait = zlib.crc32(name.encode())
        _fill_uniforms(self.seed, TRAIT + int(role), people, trait, u, v)
        return law.sample(u, v)

    def addresses(self, role: int | np.uint32, name: str, count: int) -> NDArray[np.int64]:
        """Addresses of individuals in the draws: they hang on the name of their cohort and their place in it.

        Raises
        ------
        RosterError
            If two names lead to the same addresses: for cohorts of n and m one pair of names in 2**32 / (n + m) does.
        """
        first = zlib.crc32(name.encode())
        for (other_role, other), (start, length) in self.streets.items():
            apart = (first - start) % _ADDRESSES >= length and (start - first) % _ADDRESSES >= count
            if other_role == int(role) and other != name and not apart:
                raise RosterError(f"cohorts {other!r} and {name!r} would share their luck; rename one of them")
        self.streets[int(role), name] = first, count
        return (first + np.arange(count, dtype=np.int64)) % _ADDRESSES

    def new_owners(self, count: int) -> NDArray[np.int64]:
        """Numbers for owners; accounts of one owner never trade with each other."""
        first = self.owners + 1
        self.owners += count
        return np.arange(first, first + count)

    def open(
        self,
        venue: str,
        role: int | np.uint32,
        cohort: str,
        owners: NDArray[np.int64],
        balances: dict[str, NDArray[np.int64]],
        leverage: Floats | float = 1.0,
    ) -> Rows:
        """Open one account per owner; returns their rows.

        Parameters
        ----------
        balances : dict of str to ndarray of int64
            Units of each asset.
        leverage : float or ndarray
            Chosen for initial margin.
        """
        count = len(owners)
        first = self.accounts + 1
        self.accounts += count
        ppm = np.ceil(1e6 / np.broadcast_to(np.asarray(leverage, float), count)).astype(np.int64)
        units = {self.assets[name]: amount for name, amount in balances.items()}
        self.groups.append(Accounts(first, self.venues[venue], int(role), cohort, owners, units, ppm))
        return np.arange(first, first + count, dtype=np.uint32)

    def register(self, world: World) -> None:
        """Write all accounts into the tables of a world; what they hold counts as deposited."""
        for group in self.groups:
            rows = slice(group.first, group.first + len(group.owners))
            world.accounts["owner"][rows] = group.owners
            world.accounts["venue"][rows] = group.venue
            world.accounts["role"][rows] = group.role
            world.positions["initial_ppm"][rows] = group.initial_ppm[:, None]
            for asset, amount in group.balances.items():
                world.balances["amount"][rows, asset] = amount
                world.funds["deposits"][group.venue, asset] += int(amount.sum())
        for holding in self.holdings:
            give_positions(world, self.markets[holding.market], holding.accounts, holding.lots, holding.cost)


def header(rows: NDArray[Any], people: NDArray[np.int64], latency: Floats, interval: Floats, account: Any) -> None:
    """Fill the columns that every agent's table begins with."""
    rows["address"] = people
    rows["latency"] = (latency * SECOND).astype(np.int64)
    rows["interval"] = interval * SECOND
    rows["account"] = account
