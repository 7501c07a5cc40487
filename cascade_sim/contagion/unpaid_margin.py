"""Variation margin that was not paid: who owes it to its venue, and who goes without.

Bad debt has three forms on record: the deficit that market selling leaves, what the insurance fund pays above the mark
for a position it takes over, and what winners forgo who are deleveraged at a bankruptcy price. What accounts are below
zero and not yet closed out is open: the fund would pay as far as it can, then (where the venue deleverages or
socialises) the accounts with unrealised profit, and here in proportion to it, for whom deleveraging will pick is not
known before; the rest is the venue's.
"""

from typing import TYPE_CHECKING, Any

import pandas as pd

from cascade_sim.contagion.holdings import Holdings

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["borne_by", "owed_by", "worst_moment"]

_NOT_TRADERS = ["fund", "absorber"]


def worst_moment(result: "Result") -> float:
    """Time (s) of the sample by which most bad debt had come since the last; without any, of the lowest price."""
    per_venue = result.series.groupby(["time", "venue"])["bad_debt"].first()
    new = per_venue.groupby("time").sum().diff()
    mids = result.series.pivot(index="time", columns="market", values="mid")
    moment: Any = new.idxmax() if new.max() > 0 else (mids / mids.iloc[0]).min(axis=1).idxmin()
    return float(moment)


def _recorded(result: "Result", kind: str, time: float) -> pd.DataFrame | None:
    """Events of a kind up to a time."""
    frame = result.events.get(kind)
    return None if frame is None else frame[frame["time"] <= time]


def _sum(amount: Any, who: Any, accounts: pd.DataFrame) -> pd.Series:
    """Amounts summed for every account."""
    summed: pd.Series = amount.groupby(who).sum().reindex(accounts.index, fill_value=0.0)
    return summed


def _bad_debt(result: "Result", time: float) -> list[tuple[pd.DataFrame, str, pd.Series]]:
    """Bad debt outside of deficits: events, who bears it, how much."""
    found = []
    takeovers, adl = _recorded(result, "takeover", time), _recorded(result, "adl", time)
    if takeovers is not None:
        own = takeovers[takeovers["by"] == "fund"]
        found.append((own, "taker", (-own["discount"]).clip(lower=0.0)))
    if adl is not None:
        found.append((adl, "counterparty", adl["forgone"].clip(lower=0.0)))
    return found


def owed_by(holdings: Holdings, time: float) -> pd.DataFrame:
    """What accounts had not paid by a time.

    Returns
    -------
    DataFrame
        Indexed by account: ``recorded`` (USD of bad debt it has left) and ``open`` (USD it is below zero).
    """
    result, state = holdings.result, holdings.at(time)
    recorded = pd.Series(0.0, state.index)
    defaults = _recorded(result, "default", time)
    if defaults is not None:
        recorded += _sum(defaults["deficit"], defaults["account"], state)
    for events, _, amount in _bad_debt(result, time):
        recorded += _sum(amount, events["account"], state)
    below = (-state["collateral"]).clip(lower=0.0).where(~state["role"].isin(_NOT_TRADERS), 0.0)
    return pd.DataFrame({"recorded": recorded, "open": below})


def _open_shares(holdings: Holdings, state: pd.DataFrame, due: pd.Series) -> pd.Series:
    """How what is open in each venue would be borne: the fund, then winners in proportion; the rest is the venue's."""
    shares, venues = pd.Series(0.0, state.index), holdings.result.scenario.venues
    for venue, amount in due.items():
        own = state[state["venue"] == venue]
        funds = own[own["role"] == "fund"]
        backing = funds[["balance", "collateral"]].min(axis=1).clip(lower=0.0, upper=float(amount))
        shares[funds.index] = backing
        left = float(amount) - float(backing.sum())
        winners = own[~own["role"].isin(_NOT_TRADERS)]
        profit = (winners["collateral"] - winners["balance"]).clip(lower=0.0)
        rules = venues[str(venue)].rules.waterfall
        if (rules.socialises or rules.adl != "none") and profit.sum() > 0:
            shares[winners.index] += min(left, float(profit.sum())) * profit / profit.sum()
    return shares


def borne_by(holdings: Holdings, time: float) -> pd.DataFrame:
    """Who goes without what others had not paid by a time.

    Returns
    -------
    DataFrame
        Indexed by account: ``recorded`` (USD lost to bad debt: funds, deleveraged and sharing winners) and ``open``
        (USD it would lose if those who are below zero were closed out as they are). What is owed and borne by nobody
        is the venue's own loss.
    """
    result, state = holdings.result, holdings.at(time)
    recorded = pd.Series(0.0, state.index)
    losses = _recorded(result, "loss", time)
    if losses is not None:
        recorded += _sum(losses["amount"], losses["payer"], state)
    for events, who, amount in _bad_debt(result, time):
        recorded += _sum(amount, events[who], state)
    due = owed_by(holdings, time)["open"].groupby(state["venue"]).sum()
    return pd.DataFrame({"recorded": recorded, "open": _open_shares(holdings, state, due[due > 0])})
