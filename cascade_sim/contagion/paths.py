"""On which paths a loss in one market forced sales in another, and how much of each market's forced volume it made.

An account that is liquidated has lost in some of its markets and is closed in all in which it has positions. What is
closed in market k is put down to the markets in proportion to what it lost in each::

    carried(j, m -> k) = sold(j, k) * loss(j, m) / sum over n of loss(j, n)

with ``loss(j, m)`` what liquidation j lost in market m between its reference and its breach where that is positive,
and ``sold(j, k)`` the notional of it that was closed in market k in whatever way. So the volume that was forced in a
market is the sum of what all markets carried into it. What a market carried into itself is home-made, the rest
imported. Of the loss in m a part was made by forced trades there: ``carried_forced`` is what that part carried.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from cascade_sim.contagion.attribution import Losses, attribute
from cascade_sim.contagion.closings import closed_positions

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["NO_MARKET", "carrier", "cross_margin_paths", "forced_flow", "imported", "market_flows"]

NO_MARKET = "no market"  # where a loss was made in none, or there was none: liquidated by what it paid
_FORCED = "liquidations"
_WHO = ["owner", "cohort", "role"]
_COLUMNS = ["liquidation", "account", *_WHO, "time", "from_market", "to_market"]
_COLUMNS += ["loss", "forced_loss", "sold", "carried", "carried_forced"]


def _losses(parts: pd.DataFrame, markets: Collection[str]) -> pd.DataFrame:
    """What each liquidation lost in each market where it lost, how much of that by forced trades, and its share."""
    market = parts["market"].where(parts["market"].isin(markets), NO_MARKET)
    keys = [parts["liquidation"], market.rename("from_market")]
    loss = parts["amount"].groupby(keys).sum()
    forced = parts["amount"].where(parts["category"] == _FORCED, 0.0).groupby(keys).sum()
    losses = pd.DataFrame({"loss": loss, "forced_loss": forced.clip(lower=0.0)}).reset_index()
    losses = losses[losses["loss"] > 0.0]
    losses["forced_loss"] = losses[["loss", "forced_loss"]].min(axis=1)
    losses["share"] = losses["loss"] / losses.groupby("liquidation")["loss"].transform("sum")
    return losses


def _sales(result: "Result") -> pd.DataFrame:
    """What of each liquidation was closed in each market, and when it had breached."""
    closed = closed_positions(result).rename(columns={"market": "to_market", "notional": "sold"})
    keys = ["liquidation", "account", "to_market"]
    sales = closed.groupby(keys, as_index=False).agg(sold=("sold", "sum"), closed=("time", "min"))
    breaches = result.events.get("breach", pd.DataFrame(columns=["liquidation", "time"]))
    sales = sales.merge(breaches[["liquidation", "time"]], on="liquidation", how="left")
    return sales.assign(time=sales["time"].fillna(sales.pop("closed")))


def market_flows(result: "Result", losses: Losses | None = None) -> pd.DataFrame:
    """What every liquidation carried from the markets where it lost into those where it was closed, its own included.

    Parameters
    ----------
    result : Result
    losses : Losses, optional
        `losses_of` the result, if they are at hand.

    Returns
    -------
    DataFrame
        A row for each liquidation, market of a loss and market of a closing, in order of what was carried:
        ``liquidation``, ``account``, ``owner``, ``cohort``, ``role``, ``time`` (s, of the breach), ``from_market``
        (`NO_MARKET`: it had lost in none), ``to_market``, and in USD ``loss`` and ``forced_loss`` in the first,
        ``sold`` in the second, ``carried`` and ``carried_forced``.
    """
    lost = _losses(attribute(result, losses), result.scenario.markets)
    flows = _sales(result).merge(lost, on="liquidation", how="left")
    flows["from_market"] = flows["from_market"].fillna(NO_MARKET)
    flows = flows.fillna({"loss": 0.0, "forced_loss": 0.0, "share": 1.0})
    flows["carried"] = flows["sold"] * flows["share"]
    flows["carried_forced"] = flows["carried"] * (flows["forced_loss"] / flows["loss"].where(flows["loss"] > 0, 1.0))
    flows = flows.join(result.accounts[_WHO], on="account")
    return flows.sort_values("carried", ascending=False, kind="stable", ignore_index=True)[_COLUMNS]


def cross_margin_paths(result: "Result", flows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Liquidations through which a loss in one market forced sales in another, the largest first.

    Parameters
    ----------
    result : Result
    flows : DataFrame, optional
        `market_flows` of the result, computed before.

    Returns
    -------
    DataFrame
        The rows of `market_flows` that lead from a market into another one.
    """
    flows = market_flows(result) if flows is None else flows
    crosses = (flows["from_market"] != flows["to_market"]) & (flows["from_market"] != NO_MARKET)
    return flows[crosses].reset_index(drop=True)


def forced_flow(result: "Result", flows: pd.DataFrame | None = None, column: str = "carried") -> pd.DataFrame:
    """Forced volume of each market by the market whose losses forced it.

    Parameters
    ----------
    result : Result
    flows : DataFrame, optional
        `market_flows` of the result, computed before.
    column : {'carried', 'carried_forced'}
        All of it, or what losses made by forced trades forced.

    Returns
    -------
    DataFrame
        USD; rows ``from_market``, columns ``to_market``: the perpetual markets of the scenario, in its order. The
        diagonal is home-made; a column sums to the forced volume of its market (with ``carried``). More rows only where
        something was lost elsewhere: in spot markets, or in none (`NO_MARKET`).
    """
    flows = market_flows(result) if flows is None else flows
    names = [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]
    others = set(flows["from_market"]) - set(names)
    rows = names + [name for name in (*result.scenario.markets, NO_MARKET) if name in others]
    table = flows.groupby(["from_market", "to_market"])[column].sum().unstack()
    table = table.reindex(index=rows, columns=names).fillna(0.0).astype(float)
    return table.rename_axis(index="from_market", columns="to_market")


def imported(flow: pd.DataFrame) -> pd.DataFrame:
    """How much of each market's forced volume came from losses in other markets.

    Parameters
    ----------
    flow : DataFrame
        Of `forced_flow`.

    Returns
    -------
    DataFrame
        A row a market, in USD: ``forced``, ``home_made``, ``imported``, ``no_market``; and ``share``, imported over
        forced (nan without forced volume).
    """
    forced, none = flow.sum(), flow.loc[NO_MARKET] if NO_MARKET in flow.index else flow.sum() * 0.0
    home = pd.Series({market: flow.at[market, market] for market in flow.columns}, dtype=float)
    others = flow.drop(index=NO_MARKET, errors="ignore").sum() - home
    table = {"forced": forced, "home_made": home, "imported": others, "no_market": none}
    return pd.DataFrame(table | {"share": others / forced.where(forced > 0)}).rename_axis("market")


def carrier(result: "Result", from_market: str, to_market: str, flows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Through which accounts losses in one market forced sales in another, the largest first.

    Parameters
    ----------
    result : Result
    from_market, to_market : str
    flows : DataFrame, optional
        `market_flows` of the result, computed before.

    Returns
    -------
    DataFrame
        A row an account: ``account``, ``owner``, ``cohort``, ``role``, ``liquidations`` (how many), ``time`` (s, of its
        first breach), in USD ``loss``, ``forced_loss``, ``sold``, ``carried``, ``carried_forced``, and ``share`` of
        all that was carried between the two markets.

    Raises
    ------
    ValueError
        If a market is not a perpetual one of the scenario.
    """
    flows = market_flows(result) if flows is None else flows
    for name in (from_market, to_market):
        if name not in (allowed := list(forced_flow(result, flows).columns)):
            raise ValueError(f"market must be one of {', '.join(allowed)}, got {name!r}")
    own = flows[(flows["from_market"] == from_market) & (flows["to_market"] == to_market)]
    sums = {name: (name, "sum") for name in ("loss", "forced_loss", "sold", "carried", "carried_forced")}
    table = own.groupby(["account", *_WHO], as_index=False).agg(
        liquidations=("liquidation", "count"), time=("time", "min"), **sums
    )
    table["share"] = table["carried"] / table["carried"].sum()
    return table.sort_values("carried", ascending=False, kind="stable", ignore_index=True)
