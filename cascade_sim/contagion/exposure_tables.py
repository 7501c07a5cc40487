"""Accounts and their positions at a time as two tables, small ones pooled: what the exposure network is made of."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.margins import Exposures
from cascade_sim.scenario.scenario import Scenario

__all__ = ["account_table", "position_table"]

_POSITION = {"size": "sum", "net": "sum", "notional": "sum", "initial": "sum", "maintenance": "sum", "distance": "min"}
_ACCOUNT = {
    **dict.fromkeys(("venue", "role", "cohort"), "first"),
    **dict.fromkeys(("balance", "collateral", "equity", "notional", "maintenance"), "sum"),
    "distance": "min",
    "accounts": "size",
}


def _perpetual_positions(exposures: Exposures) -> pd.DataFrame:
    """A row a position in a perpetual."""
    row, column = np.nonzero(exposures.notional)
    net = exposures.notional[row, column]
    pick = {"initial": exposures.initial(), "maintenance": exposures.maintenance(), "distance": exposures.falls()}
    values = {name: table[row, column] for name, table in pick.items()}
    return pd.DataFrame(
        {
            "account": exposures.accounts.index[row],
            "market": np.array(exposures.markets, dtype=object)[column],
            "size": net / exposures.marks[column],
            "net": net,
        }
        | values
    )


def _spot_positions(holdings: Holdings, time: float, accounts: pd.DataFrame) -> pd.DataFrame:
    """A row for what an account holds of an asset that its own venue has a spot market for."""
    prices, parts = holdings.prices(time), []
    for name, (venue, market) in holdings.result.scenario.markets.items():
        size = accounts.loc[accounts["venue"] == venue, f"holds_{market.asset}"]
        if market.kind == "spot":
            size = size[size != 0]
            columns: dict[str, Any] = {"account": size.index, "market": name, "size": size.to_numpy()}
            parts.append(pd.DataFrame(columns | {"net": size.to_numpy() * prices[market.asset]}))
    return pd.concat(parts) if parts else pd.DataFrame(columns=["account", "market", "size", "net"])


def _quoted(scenario: Scenario, accounts: pd.DataFrame) -> pd.DataFrame:
    """Market makers' accounts and the markets they quote, held or not."""
    makers = accounts[accounts["role"] == "maker"]
    rows = [
        (account, market)
        for account, venue, cohort in zip(makers.index, makers["venue"], makers["cohort"], strict=True)
        for market in (scenario.agents.makers[cohort].markets if cohort in scenario.agents.makers else ())
        if scenario.markets[market][0] == venue
    ]
    return pd.DataFrame(rows, columns=["account", "market"])


def _every_position(holdings: Holdings, time: float, exposures: Exposures) -> pd.DataFrame:
    """Positions in perpetuals and spot, and empty ones that market makers quote."""
    accounts = exposures.accounts
    held = pd.concat([_perpetual_positions(exposures), _spot_positions(holdings, time, accounts)], ignore_index=True)
    quoted = _quoted(holdings.result.scenario, accounts)
    table = held.merge(quoted, on=["account", "market"], how="outer") if len(quoted) else held
    sums = ["size", "net", "initial", "maintenance"]
    table[sums] = table[sums].astype(float).fillna(0.0)
    is_maker = table["account"].map(accounts["role"]) == "maker"
    return table.assign(notional=table["net"].abs(), kind=np.where(is_maker, "inventory", "position"))


def _node_names(accounts: pd.DataFrame, gross: pd.Series, net: pd.Series, least: float) -> NDArray[Any]:
    """What each account's node is called: its own, or that of the small ones of its venue, role and side."""
    side = np.sign(net).map({1.0: "long", -1.0: "short", 0.0: "flat"})
    pooled = "small " + accounts["role"] + "s " + side + " " + accounts["venue"]
    own = "account " + accounts.index.astype(str)
    return np.where((gross < least) & (accounts["role"] != "fund"), pooled, own)


def position_table(holdings: Holdings, time: float, least: float) -> pd.DataFrame:
    """Positions at a time.

    Parameters
    ----------
    holdings : Holdings
    time : float
        Seconds.
    least : float
        Gross notional (USD) below which accounts are pooled by venue, role and side.

    Returns
    -------
    DataFrame
        Indexed by ``node`` and ``market``: ``kind`` ("position", or "inventory" of a market maker), ``size`` (signed),
        ``net`` and ``notional`` (USD, signed and gross), ``initial`` and ``maintenance`` margin (USD), ``distance``
        (relative move to the liquidation of the nearest account; nan where there is none).
    """
    exposures = Exposures.at(holdings, time)
    table = _every_position(holdings, time, exposures)
    nodes = _names(table, exposures.accounts, least)
    keys = [table["account"].map(nodes).rename("node"), "market", "kind"]
    return table.groupby(keys).agg(_POSITION).reset_index("kind")


def _names(table: pd.DataFrame, accounts: pd.DataFrame, least: float) -> pd.Series:
    """Node of every account."""
    sums = table.groupby("account")[["notional", "net"]].sum().reindex(accounts.index, fill_value=0.0)
    return pd.Series(_node_names(accounts, sums["notional"], sums["net"], least), accounts.index)


def account_table(holdings: Holdings, time: float, least: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts with a position or money, pooled as in `position_table`, and who owns those that stand alone.

    Returns
    -------
    nodes : DataFrame
        Indexed by ``node``: ``venue``, ``role``, ``cohort``, ``balance``, ``collateral``, ``equity``, ``notional``
        (gross), ``maintenance`` (USD), ``distance`` and ``accounts`` (how many).
    owners : DataFrame
        ``owner``, ``node``, ``equity`` (USD).
    """
    exposures = Exposures.at(holdings, time)
    accounts, table = exposures.accounts, _every_position(holdings, time, exposures)
    sums = table.groupby("account")[["notional", "maintenance"]].sum().reindex(accounts.index, fill_value=0.0)
    nearest = table.groupby("account")["distance"].min().reindex(accounts.index)
    whole = accounts.join(sums).assign(distance=nearest, accounts=1, node=_names(table, accounts, least))
    whole = whole[(whole["notional"] > 0) | (whole["balance"] != 0) | (whole["role"] == "maker")]
    alone = whole["node"].str.startswith("account ")
    return whole.groupby("node").agg(_ACCOUNT), whole.loc[alone, ["owner", "node", "equity"]]
