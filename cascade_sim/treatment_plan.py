"""An intervention in the rows of a world: who is treated how, who holds what instead.

Accounts keep their rows: those that an intervention needs are opened behind all others.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Accounts, Holding, Roster
from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.market.constants import SECOND
from cascade_sim.market.roles import ABSORBER, CUSTOM, FUND, ROLE_NAMES, TRADER
from cascade_sim.market.tables import World
from cascade_sim.market.treatment import ALL_COLUMNS, COUNTED
from cascade_sim.scenario.scenario import CURRENCY

__all__ = ["Plan", "first_counted", "treat_from_now"]


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

    Raises
    ------
    InterventionError
        If an account or market does not exist, or can't be treated so.
    """

    intervention: Intervention
    roster: Roster
    several: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    apart: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.intervention:
            return
        self._check()
        owner = self._by_account("owners")
        gone = {owner[a] for a in self.intervention.accounts}
        self.removed = {a for a, who in owner.items() if who in gone}
        self._hand_over()
        self._keep_apart()

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
        for account, market in self.intervention.links:
            rows["barred"][[account, self.account_in(account, market)]] |= np.uint32(1 << self._column(market))
        for account in self.intervention.guaranteed:
            rows["guaranteed"][[account, *self._parts(account)]] = 1
        for account, nth in self.intervention.liquidations:
            rows["spared"][account] |= np.uint32(1 << (nth - 1))
        for account, time in self.intervention.orders:
            rows["muted"][[account, *self._parts(account)]] = time

    def _by_account(self, name: str) -> dict[int, Any]:
        """A property of the groups for every account."""
        found: dict[int, Any] = {}
        for group in self.roster.groups:
            value = getattr(group, name)
            each = value.tolist() if isinstance(value, np.ndarray) else [value] * len(group.owners)
            found.update(zip(range(group.first, group.first + len(group.owners)), each, strict=True))
        return found

    def _named(self) -> list[int]:
        """All accounts that the intervention names."""
        i = self.intervention
        pairs = (*i.liquidations, *i.links, *i.orders)
        return [*i.accounts, *i.guaranteed, *i.isolated, *(account for account, _ in pairs)]

    def _check(self) -> None:
        roles = self._by_account("role")
        for account in self._named():
            if account not in roles:
                raise InterventionError(f"there is no account {account}: choose one from 1 to {self.roster.accounts}")
        for account in (*self.intervention.accounts, *(a for a, _ in self.intervention.links)):
            if roles[account] in (FUND, ABSORBER):
                raise InterventionError(
                    f"account {account} is the venue's own ({ROLE_NAMES[roles[account]]}): choose another"
                )
        for account in self.intervention.isolated:
            if roles[account] not in (TRADER, CUSTOM):
                raise InterventionError(
                    f"account {account} is of role {ROLE_NAMES[roles[account]]}: only the margin of traders and "
                    "named accounts can be kept apart market by market"
                )
        for account, nth in self.intervention.liquidations:
            if not 1 <= nth <= COUNTED:
                raise InterventionError(f"liquidation {nth} of account {account}: choose one from 1 to {COUNTED}")
        venues = self._by_account("venue")
        for account, market in self.intervention.links:
            venue = self.roster.scenario.markets.get(market, (None,))[0]
            if venue is None or self.roster.venues[venue] != venues[account]:
                here = [
                    m for m, (v, _) in self.roster.scenario.markets.items() if self.roster.venues[v] == venues[account]
                ]
                raise InterventionError(f"account {account} has no market {market!r}: choose from {', '.join(here)}")

    def _column(self, market: str) -> int:
        """Place of a market among those of its venue."""
        venue = self.roster.scenario.markets[market][0]
        return list(self.roster.scenario.venues[venue].markets).index(market)

    def _parts(self, account: int) -> list[int]:
        """Accounts that hold an account's markets apart; none if they are not."""
        first = self.apart.get(account)
        return [] if first is None else list(range(first, first + self._markets(account)))

    def _markets(self, account: int) -> int:
        venue = list(self.roster.venues)[self._by_account("venue")[account] - 1]
        return len(self.roster.scenario.venues[venue].markets)

    def _hand_over(self) -> None:
        """Let absorbers hold what the accounts that are taken out of a market held."""
        absorbers = {group.venue: group.first for group in self.roster.groups if group.role == ABSORBER}
        handed: dict[str, tuple[int, int]] = {}
        for holding in self.roster.holdings:
            leaving = self.removed | {a for a, market in self.intervention.links if market == holding.market}
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

    def _costs(self) -> dict[int, NDArray[np.int64]]:
        """What the positions of every account cost, by column of its venue."""
        columns = max(len(venue.markets) for venue in self.roster.scenario.venues.values())
        costs: dict[int, NDArray[np.int64]] = {}
        for holding in self.roster.holdings:
            column = self._column(holding.market)
            for account, cost in zip(holding.accounts.tolist(), np.abs(holding.cost).tolist(), strict=True):
                costs.setdefault(account, np.zeros(columns, np.int64))[column] += cost
        return costs

    def _keep_apart(self) -> None:
        """Open an account for every market of those whose margin is kept apart, and divide what they have."""
        costs = self._costs()
        chosen = set(self.intervention.isolated)
        if self.intervention.all_isolated:
            roles = self._by_account("role")
            held = {a for a, cost in costs.items() if (cost > 0).sum() > 1 and roles[a] in (TRADER, CUSTOM)}
            chosen |= held | self.several
        chosen -= self.removed
        for group in list(self.roster.groups):
            own = [a for a in range(group.first, group.first + len(group.owners)) if a in chosen]
            if own:
                self._divide(group, own, costs)
        for holding in self.roster.holdings:
            column = self._column(holding.market)
            moved = [self.apart[a] + column if a in self.apart else a for a in holding.accounts.tolist()]
            holding.accounts = np.array(moved, np.uint32)

    def _divide(self, group: Accounts, own: list[int], costs: dict[int, NDArray[np.int64]]) -> None:
        """Open the accounts of one group's members and move their money there."""
        venue = list(self.roster.venues)[group.venue - 1]
        markets = len(self.roster.scenario.venues[venue].markets)
        places = np.array(own) - group.first
        currency = self.roster.assets[CURRENCY]
        money = group.balances[currency]
        weights = np.array([costs.get(a, np.zeros(markets))[:markets] for a in own], float)
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
            1e6 / np.repeat(group.initial_ppm[places], markets),
        )
        self.apart |= dict(zip(own, rows[::markets].tolist(), strict=True))


def first_counted(burn_in: float) -> int:
    """Microsecond from which what happens belongs to the run: just after the burn-in."""
    return round(burn_in * SECOND) + 1 if burn_in > 0 else 0


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
        If it names anything else.
    """
    allowed = Intervention(liquidations=intervention.liquidations, orders=intervention.orders)
    if intervention != allowed:
        raise InterventionError("a run under way can be treated by suppressing liquidations and orders only")
    world.clock["treated"] = 1
    for account, nth in intervention.liquidations:
        world.treatments["spared"][account] |= np.uint32(1 << (nth - 1))
    for account, time in intervention.orders:
        world.treatments["muted"][account] = time
