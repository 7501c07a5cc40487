"""An intervention in the rows of a world: who is treated how, who holds what instead.

Accounts keep their rows: those that an intervention needs are opened behind all others.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Accounts, Holding, Roster
from cascade_sim.intervention.intervention import Intervention, InterventionError
from cascade_sim.intervention.treatable import by_account, check, check_numbers, divisible, several_named
from cascade_sim.market.roles import ABSORBER
from cascade_sim.market.tables import World
from cascade_sim.market.treatment import ALL_COLUMNS
from cascade_sim.scenario.scenario import CURRENCY

__all__ = ["Link", "Plan", "treat_from_now"]

Link = tuple[int, str]  # account and market


@dataclass
class Plan:
    """An intervention in the rows of a world.

    Parameters
    ----------
    intervention : Intervention
    roster : Roster
        With everybody who takes part, before their accounts are written into a world.
    several : set of int
        Accounts of agents that trade several markets from one account.
    legs : dict of (int, str) to (int, str)
        The other leg of what is traded in pairs only: who is kept out of the one is kept out of the other.

    Raises
    ------
    InterventionError
        If an account or market does not exist, or can't be treated so.
    """

    intervention: Intervention
    roster: Roster
    several: set[int] = field(default_factory=set)
    legs: dict[Link, Link] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    apart: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.intervention:
            return
        check(self.intervention, self.roster)
        owner = by_account(self.roster, "owners")
        self.removed = set(np.flatnonzero(np.isin(owner, owner[list(self.intervention.accounts)])).tolist())
        self.links = {leg for link in self.intervention.links for leg in (link, self.legs.get(link, link))}
        self._hand_over()
        self._keep_apart()
        self._check_liquidations()

    def account_in(self, account: int, market: str) -> int:
        """Account in which the holder of `account` keeps its position in a market."""
        first = self.apart.get(account)
        return account if first is None else first + self._column(market)

    def apply(self, world: World, counts_from: int) -> None:
        """Write who is treated how into a world.

        Parameters
        ----------
        world : World
        counts_from : int
            Microsecond from which liquidations are counted.
        """
        if not self.intervention:
            return
        rows = world.treatments
        world.clock["treated"] = 1
        world.clock["counts_from"] = counts_from
        rows["barred"][list(self.removed)] = ALL_COLUMNS
        for account, first in self.apart.items():
            rows["isolated"][account] = first
        for account, market in self.links:
            rows["barred"][[account, self.account_in(account, market)]] |= np.uint32(1 << self._column(market))
        for account in self.intervention.guaranteed:
            rows["guaranteed"][[account, *self._parts(account)]] = 1
        for account, nth in self.intervention.liquidations:
            rows["spared"][account] |= np.uint32(1 << (nth - 1))
        for account, time in self.intervention.orders:
            rows["muted"][[account, *self._parts(account)]] = time + 1

    def _check_liquidations(self) -> None:
        """Liquidations are counted by account, and those of an account that is divided are others."""
        for account, _ in self.intervention.liquidations:
            if account in self.apart:
                raise InterventionError(
                    f"account {account} can't both be kept apart market by market and be spared a liquidation: "
                    "choose one"
                )

    def _column(self, market: str) -> int:
        """Place of a market among those of its venue."""
        venue = self.roster.scenario.markets[market][0]
        return list(self.roster.scenario.venues[venue].markets).index(market)

    def _parts(self, account: int) -> list[int]:
        """Accounts that hold an account's markets apart; none if they are not."""
        first = self.apart.get(account)
        return [] if first is None else list(range(first, first + int(self._markets[account])))

    @cached_property
    def _markets(self) -> NDArray[np.int64]:
        """Number of markets at the venue of every account."""
        numbers = [0, *(len(venue.markets) for venue in self.roster.scenario.venues.values())]
        return np.array(numbers)[by_account(self.roster, "venue")]

    def _hand_over(self) -> None:
        """Let absorbers hold what the accounts that are taken out of a market held."""
        if not (self.removed or self.links):
            return
        absorbers = {group.venue: group.first for group in self.roster.groups if group.role == ABSORBER}
        handed: dict[str, tuple[int, int]] = {}
        for holding in self.roster.holdings:
            leaving = self.removed | {a for a, market in self.links if market == holding.market}
            goes = np.isin(holding.accounts, list(leaving))
            lots, cost = handed.get(holding.market, (0, 0))
            handed[holding.market] = lots + int(holding.lots[goes].sum()), cost + int(holding.cost[goes].sum())
            holding.accounts = holding.accounts[~goes]
            holding.lots, holding.cost = holding.lots[~goes], holding.cost[~goes]
        for market, (lots, cost) in handed.items():
            if lots != 0:
                venue = self.roster.venues[self.roster.scenario.markets[market][0]]
                row = np.array([absorbers[venue]], np.uint32)
                self.roster.holdings.append(Holding(market, row, np.array([lots]), np.array([cost])))

    def _costs(self) -> NDArray[np.int64]:
        """What the positions of every account cost, by column of its venue."""
        columns = max(len(venue.markets) for venue in self.roster.scenario.venues.values())
        costs = np.zeros((self.roster.accounts + 1, columns), np.int64)
        for holding in self.roster.holdings:
            np.add.at(costs[:, self._column(holding.market)], holding.accounts, np.abs(holding.cost))
        return costs

    def _chosen(self, costs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Accounts whose margin is to be kept apart: those asked for that have, or trade, several markets."""
        chosen: NDArray[np.bool_] = (costs > 0).sum(axis=1) > 1
        chosen[list(self.several | several_named(self.roster))] = True
        chosen &= divisible(self.roster) & (self._markets > 1)
        if not self.intervention.all_isolated:
            chosen &= np.isin(np.arange(len(chosen)), self.intervention.isolated)
        chosen[list(self.removed)] = False
        return chosen

    def _keep_apart(self) -> None:
        """Open an account for every market of those whose margin is kept apart, and divide what they have."""
        if not (self.intervention.isolated or self.intervention.all_isolated):
            return
        costs = self._costs()
        chosen = self._chosen(costs)
        for group in list(self.roster.groups):
            own = group.first + np.flatnonzero(chosen[group.first : group.first + len(group.owners)])
            if len(own):
                self._divide(group, own, costs[own])
        first = np.zeros(self.roster.accounts + 1, np.int64)
        first[list(self.apart)] = list(self.apart.values())
        for holding in self.roster.holdings:
            apart = first[holding.accounts]
            moved = np.where(apart > 0, apart + self._column(holding.market), holding.accounts)
            holding.accounts = moved.astype(np.uint32)

    def _divide(self, group: Accounts, own: NDArray[np.int64], costs: NDArray[np.int64]) -> None:
        """Open the accounts of one group's members and move their money there; nothing else backs positions."""
        venue = list(self.roster.venues)[group.venue - 1]
        markets = len(self.roster.scenario.venues[venue].markets)
        places = own - group.first
        currency = self.roster.assets[CURRENCY]
        money = group.balances[currency]
        weights = costs[:, :markets].astype(float)
        weights[weights.sum(axis=1) == 0] = 1.0
        parts = np.floor(money[places, None] * (weights / weights.sum(axis=1, keepdims=True))).astype(np.int64)
        rest = money[places] - parts.sum(axis=1)
        parts[np.arange(len(own)), weights.argmax(axis=1)] += rest
        group.balances[currency] = np.where(np.isin(np.arange(len(money)), places), 0, money)
        rows = self.roster.open(
            venue,
            group.role,
            group.cohort,
            np.repeat(group.owners[places], markets),
            {CURRENCY: parts.ravel()},
        )
        self.roster.groups[-1].initial_ppm = np.repeat(group.initial_ppm[places], markets)
        self.apart |= dict(zip(own.tolist(), rows[::markets].tolist(), strict=True))


def treat_from_now(world: World, intervention: Intervention) -> None:
    """Treat accounts of a run under way.

    Parameters
    ----------
    world : World
        Changed in place.
    intervention : Intervention
        Liquidations, counted from now, and orders.

    Raises
    ------
    InterventionError
        If it names anything else, or what is not there; nothing was changed then.
    """
    if not intervention:
        return
    allowed = Intervention(liquidations=intervention.liquidations, orders=intervention.orders)
    if intervention != allowed:
        raise InterventionError("a run under way can be treated by suppressing liquidations and orders only")
    rows = world.treatments
    check_numbers(intervention)
    for account, _ in (*intervention.liquidations, *intervention.orders):
        if not 1 <= account < len(rows):
            raise InterventionError(f"there is no account {account}: choose one from 1 to {len(rows) - 1}")
        if rows["isolated"][account] != 0:
            raise InterventionError(f"account {account} is kept apart market by market: name the part that you mean")
    if (rows["spared"] != 0).any() or (rows["muted"] > world.clock["now"]).any():
        raise InterventionError("liquidations or orders of this run are suppressed already: name all of them at once")
    world.clock["treated"] = 1
    world.clock["counts_from"] = 0
    rows["breaches"] = 0
    for account, nth in intervention.liquidations:
        rows["spared"][account] |= np.uint32(1 << (nth - 1))
    for account, time in intervention.orders:
        rows["muted"][account] = time + 1
