"""A cascade worked by hand: the book, the accounts at risk, and what happens to both, order by order.

For scenarios like `by-hand`: one perpetual marked at its last trade, a ladder of bids, named accounts that are long.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cascade_sim.results import Result
from cascade_sim.results.chronicle import chronicle
from cascade_sim.runner import run
from cascade_sim.scenario.accounts import ScriptedOrder
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Step", "bids", "first_sale", "liquidation_price", "longs", "lowest_prices", "steps"]


@dataclass(frozen=True)
class Step:
    """One moment of the cascade.

    Attributes
    ----------
    words : str
        What happens, as a sentence.
    mark : float
        Mark price, USD.
    sold : tuple of (float, str, float)
        Everything sold so far: price in USD, who sold, how many units.
    fallen : tuple of str
        Accounts below their maintenance margin so far, in the order in which they fell.
    selling : str
        Who sells in this step; empty if nobody does.
    """

    words: str
    mark: float
    sold: tuple[tuple[float, str, float], ...] = ()
    fallen: tuple[str, ...] = ()
    selling: str = ""


def bids(scenario: Scenario) -> pd.DataFrame:
    """Bids that stand in the book before anything is sold: ``price`` (USD) and ``size`` (units), best price first."""
    start = [order for order in scenario.orders if order.type == "limit" and order.size > 0]
    rows = pd.DataFrame([(order.price, order.size) for order in start], columns=["price", "size"])
    return rows.groupby("price").sum().sort_index(ascending=False).reset_index()


def first_sale(scenario: Scenario) -> ScriptedOrder:
    """The market order that starts it all.

    Raises
    ------
    ValueError
        If the scenario has no sale at market.
    """
    for order in scenario.orders:
        if order.type == "market" and order.size < 0:
            return order
    raise ValueError(
        f"scenario {scenario.name}: no order sells at market, so nothing starts a cascade; add one to orders"
    )


def liquidation_price(size: float, entry: float, deposit: float, maintenance: float) -> float:
    """Mark at which equity is down to the maintenance margin, USD.

    Parameters
    ----------
    size : float
        Of a long position, units.
    entry, deposit : float
        USD.
    maintenance : float
        Margin that must be kept, as a share of the position's value.

    Notes
    -----
    Equity is ``deposit + size (P - entry)``, the margin asked for ``maintenance size P``; they are equal at the P
    returned here.

    Examples
    --------
    >>> liquidation_price(size=12, entry=100, deposit=11.97, maintenance=0.005)
    99.5
    """
    return round((size * entry - deposit) / (size * (1.0 - maintenance)), 9)


def longs(scenario: Scenario) -> pd.DataFrame:
    """Named accounts that are long: ``account``, ``size``, ``entry``, ``deposit``, ``falls_at`` (liquidation price)."""
    market, (venue, specification) = next(iter(scenario.markets.items()))
    tiers = scenario.venues[venue].rules.tiers
    maintenance = tiers.get(specification.asset, tiers.get("default", ()))[0].maintenance
    rows = []
    for name, account in scenario.accounts.items():
        held = account.positions.get(market)
        if held is not None and held.size > 0:
            at = liquidation_price(held.size, held.entry, account.deposit, maintenance)
            rows.append((name, held.size, held.entry, account.deposit, at))
    return pd.DataFrame(rows, columns=["account", "size", "entry", "deposit", "falls_at"])


def steps(result: Result) -> list[Step]:
    """The cascade order by order: every trade, and everybody who falls below maintenance margin.

    Parameters
    ----------
    result : Result
        Of a scenario in which the mark is the last trade.
    """
    orders = chronicle(result).dropna(subset=["mean_price"])
    start = float(result.events["mark"]["mark"].iloc[0])
    found = [Step(f"Before the sale. The mark is {start:g} USD.", start)]
    for order in orders.to_dict("records"):
        found += _sale(result, found[-1], order)
    now = found[-1]
    end = f"Nobody else falls. The price stops at {now.mark:g} USD: {len(now.fallen)} accounts were liquidated."
    return [*found, replace(now, words=end, selling="")]


def _sale(result: Result, now: Step, order: dict[Hashable, Any]) -> Iterator[Step]:
    """One order, trade by trade, and who falls at the mark that it leaves."""
    who, cause = str(order["who"]), order["liquidation"]
    why = f"{who} is liquidated and has to sell" if cause else f"{who} sells"
    for trade in result.trades[result.trades["cause"] == cause].to_dict("records"):
        units, price = abs(trade["size"]), trade["price"]
        sold = (*now.sold, (price, who, units))
        now = replace(now, words=f"{why} {order['size']:g}: {units:g} of it at {price:g} USD.", sold=sold, selling=who)
        yield now
    mark = float(order["last_price"])
    hit = _breached(result, mark, now.fallen)
    names = f"Below their limit now: {', '.join(hit)}." if hit else "Nobody new falls below their limit."
    yield replace(now, words=f"The mark is {mark:g} USD. {names}", mark=mark, fallen=(*now.fallen, *hit), selling="")


def _breached(result: Result, mark: float, before: Sequence[str]) -> list[str]:
    exposure = result.events.get("exposure", pd.DataFrame(columns=["account", "mark"]))
    names = result.accounts.loc[exposure.loc[exposure["mark"] == mark, "account"], "cohort"]
    return [name for name in names if name not in before]


def lowest_prices(sizes: Sequence[float], name: str = "by-hand") -> pd.DataFrame:
    """Where the price stops for first sales of several sizes.

    Returns
    -------
    DataFrame
        A row a size: ``size``, ``sale_alone`` (the price at which the sale itself ends, USD), ``low`` (where the price
        stops, USD) and ``liquidated`` (accounts).
    """
    base = load_scenario(name)
    place = base.orders.index(first_sale(base))
    rows = []
    for size in sizes:
        result = run(load_scenario(name, [f"orders.{place}.size={-size}"]), seed=1, counterfactual=False, summary=False)
        own, exposure = result.trades[result.trades["cause"] == 0], result.events.get("exposure", ())
        low = result.trades["price"].min() if len(result.trades) else math.nan
        rows.append((size, own["price"].min() if len(own) else math.nan, low, len(exposure)))
    return pd.DataFrame(rows, columns=["size", "sale_alone", "low", "liquidated"])
