"""Who can be treated how: what an intervention may name, and what is wrong with it in words."""

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster
from cascade_sim.intervention.intervention import Intervention, InterventionError
from cascade_sim.market.roles import ABSORBER, CUSTOM, FUND, ROLE_NAMES, TRADER
from cascade_sim.market.treatment import COUNTED
from cascade_sim.scenario.scenario import Scenario

__all__ = ["by_account", "check", "check_numbers", "divisible", "several_named", "spot_beside"]

_LAST = 1 << 62  # microsecond


def by_account(roster: Roster, name: str) -> NDArray[np.int64]:
    """A property of the groups of a roster for every account, by row; row 0 is unused."""
    found = np.zeros(roster.accounts + 1, np.int64)
    for group in roster.groups:
        found[group.first : group.first + len(group.owners)] = getattr(group, name)
    return found


def divisible(roster: Roster) -> NDArray[np.bool_]:
    """Accounts whose margin can be kept apart: of traders and of the scenario's own, where there is no spot market."""
    scenario = roster.scenario
    margined = {row for name, row in roster.venues.items() if not spot_beside(scenario, name)}
    found = np.zeros(roster.accounts + 1, bool)
    for group in roster.groups:
        named = group.role == CUSTOM and group.cohort in scenario.accounts
        able = group.venue in margined and (named or group.role == TRADER)
        found[group.first : group.first + len(group.owners)] = able
    return found


def spot_beside(scenario: Scenario, venue: str) -> list[str]:
    """Spot markets of a venue; where there are any, money backs positions and pays for purchases, and stays whole."""
    return [name for name, market in scenario.venues[venue].markets.items() if market.kind != "perpetual"]


def several_named(roster: Roster) -> set[int]:
    """Named accounts that hold, or send orders to, more than one market."""
    scenario = roster.scenario
    found = set()
    for group in roster.groups:
        if group.role == CUSTOM and group.cohort in scenario.accounts:
            traded = {item.market for item in scenario.orders if item.account == group.cohort}
            if len(traded | set(scenario.accounts[group.cohort].positions)) > 1:
                found.add(group.first)
    return found


def check(intervention: Intervention, roster: Roster) -> None:
    """Refuse what can't be done differently.

    Raises
    ------
    InterventionError
    """
    i, roles = intervention, by_account(roster, "role")
    pairs = (*i.liquidations, *i.links, *i.orders)
    for account in (*i.accounts, *i.guaranteed, *i.isolated, *(account for account, _ in pairs)):
        if not 1 <= account <= roster.accounts:
            raise InterventionError(f"there is no account {account}: choose one from 1 to {roster.accounts}")
    for account in (*i.accounts, *i.guaranteed, *(account for account, _ in i.links)):
        if roles[account] in (FUND, ABSORBER):
            raise InterventionError(
                f"account {account} is the venue's own ({ROLE_NAMES[roles[account]]}): choose another"
            )
    check_numbers(i)
    _check_links(i, roster)
    _check_isolated(i, roster, roles)


def check_numbers(intervention: Intervention) -> None:
    """Refuse liquidations and messages that can't be told apart.

    Raises
    ------
    InterventionError
    """
    for account, nth in intervention.liquidations:
        if not 1 <= nth <= COUNTED:
            raise InterventionError(f"liquidation {nth} of account {account}: choose one from 1 to {COUNTED}")
    muted: dict[int, int] = {}
    for account, time in intervention.orders:
        if not 0 <= time < _LAST:
            raise InterventionError(f"nothing of account {account} can arrive at microsecond {time}")
        if muted.setdefault(account, time) != time:
            raise InterventionError(f"only one order of account {account} can be suppressed in one run")


def _check_links(intervention: Intervention, roster: Roster) -> None:
    venues = by_account(roster, "venue")
    for account, market in intervention.links:
        markets = roster.scenario.markets
        here = [name for name, (venue, _) in markets.items() if roster.venues[venue] == venues[account]]
        if market not in here:
            raise InterventionError(f"account {account} has no market {market!r}: choose from {', '.join(here)}")


def _check_isolated(intervention: Intervention, roster: Roster, roles: NDArray[np.int64]) -> None:
    able, venues = divisible(roster), by_account(roster, "venue")
    for account in intervention.isolated:
        if not able[account]:
            raise InterventionError(_why_whole(roster, account, int(roles[account]), int(venues[account])))
    if intervention.all_isolated and not able.any():
        spot = [name for venue in roster.venues for name in spot_beside(roster.scenario, venue)]
        raise InterventionError(
            "nobody's margin can be kept apart market by market: that of traders and named accounts can, at venues "
            f"without spot markets, and here are {', '.join(spot)}; take the spot markets to a venue of their own"
            if spot
            else "nobody's margin can be kept apart market by market: there are no traders and no named accounts"
        )


def _why_whole(roster: Roster, account: int, role: int, venue: int) -> str:
    """Why the margin of an account can't be kept apart, and the way out."""
    name = list(roster.venues)[venue - 1]
    if role in (TRADER, CUSTOM) and (spot := spot_beside(roster.scenario, name)):
        return (
            f"the margin of account {account} can't be kept apart: its venue {name} has spot markets "
            f"({', '.join(spot)}), and what is bought there is paid with the money that backs positions; choose an "
            "account at a venue without spot markets, or take the spot markets to a venue of their own"
        )
    return (
        f"the margin of account {account} can't be kept apart: it is of role {ROLE_NAMES[role]}, and only traders and "
        "named accounts trade each market for itself; choose one of those"
    )
