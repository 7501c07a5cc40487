"""One account from its first dollar to its last: margin, mark, breach, closing, fee, fund, deleveraging.

Ann is long with borrowed money. Somebody sells a little every second for twenty seconds, so that the mark falls by one
step a second. What the book holds at each step, Ann's leverage and the venue's rules are the cases.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cascade_sim.contagion.holdings import holdings_of
from cascade_sim.experiments.lessons.by_hand import liquidation_price
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["ENTRY", "FEE", "MAINTENANCE", "MARKET", "SIZE", "account_path", "limits", "one_account", "where_it_went"]

MARKET = "X-PERP"
ENTRY, SIZE = 100.0, 10.0  # USD, units
MAINTENANCE, FEE = 0.02, 0.005  # shares of the position's value
_STEP, _LEVELS, _SALES = 0.25, 80, 20  # USD between prices; prices in the book; sales, one a second


def one_account(
    leverage: float = 20.0, depth: float = 10.0, rule: str = "full", fund: float = 100.0, adl: bool = False
) -> Scenario:
    """The scenario.

    Parameters
    ----------
    leverage : float
        Ann's: the value of her position over her own money.
    depth : float
        Units wanted at every price of the book.
    rule : {"full", "partial"}
        Whether she is sold out whole, or until her margin suffices again.
    fund : float
        Insurance fund, USD.
    adl : bool
        Whether the venue sells no lower than the bankruptcy price and closes the rest against winners.
    """
    rules = {
        "mark": {"rule": "last", "interval": 0},
        "liquidation": {"rule": rule, "latency": 0.2, "retry_interval": 0.5, "max_attempts": 3, "fee": FEE}
        | ({"limit": "bankruptcy"} if adl else {}),
        "waterfall": {"insurance_fund": fund, "adl": "binance" if adl else "none"},
        "tiers": {"default": [{"floor": 0, "maintenance": MAINTENANCE, "leverage": 50}]},
    }
    return load_scenario(
        {
            "name": "one-account",
            "title": "One account",
            "duration": 24,
            "sample_interval": 0.25,
            "ladder_range": [0.5, 1.5],
            "assets": {"X": {"price": ENTRY}},
            "oracles": {"X": {"sources": [{}]}},
            "venues": {"exchange": {"rules": rules, "markets": {MARKET: {"asset": "X", "tick": _STEP, "lot": 0.1}}}},
            "accounts": _accounts(SIZE * ENTRY / leverage),
            "orders": _orders(depth),
        }
    )


def _accounts(own: float) -> dict[str, Any]:
    """Ann, two who bet against her, a buyer and a seller with deep pockets."""

    def holder(size: float, deposit: float) -> dict[str, Any]:
        held = {"positions": {MARKET: {"size": size, "entry": ENTRY}}} if size else {}
        return {"venue": "exchange", "deposit": deposit, "leverage": 50, **held}

    winners = {"Bob": holder(-0.6 * SIZE, 40.0), "Cleo": holder(-0.4 * SIZE, 400.0)}
    return {"Ann": holder(SIZE, own)} | winners | {"buyers": holder(0, 1e6), "seller": holder(0, 1e6)}


def _orders(depth: float) -> list[dict[str, Any]]:
    """A ladder of bids, and a sale every second that takes one step of it."""
    bids = [{"at": 0, "account": "buyers", "size": depth, "price": ENTRY - _STEP * k} for k in range(_LEVELS)]
    sales = [{"at": 1 + k, "account": "seller", "type": "market", "size": -depth} for k in range(_SALES)]
    return [order | {"market": MARKET} for order in bids + sales]


def limits(leverage: float) -> dict[str, float]:
    """Prices that matter to Ann, USD: entry, liquidation (she has just the margin asked for), bankruptcy (nothing)."""
    own = SIZE * ENTRY / leverage
    at = liquidation_price(SIZE, ENTRY, own, MAINTENANCE)
    return {"entry": ENTRY, "liquidation": at, "bankruptcy": ENTRY - own / SIZE}


def account_path(result: Result, name: str = "Ann") -> pd.DataFrame:
    """A named account through time.

    Returns
    -------
    DataFrame
        Indexed by time in seconds: ``mark`` (USD), ``size`` (units), ``equity`` (USD), ``maintenance`` (margin asked
        for, USD).
    """
    held, rows = holdings_of(result), {}
    number = result.accounts.index[result.accounts["cohort"] == name][0]
    for time in result.market(MARKET).index.astype(float):
        account, mark = held.at(time).loc[number], float(held.marks(time)[MARKET])
        size = float(account[f"size_{MARKET}"])
        rows[time] = (mark, size, float(account["equity"]), MAINTENANCE * abs(size) * mark)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mark", "size", "equity", "maintenance"])


def where_it_went(result: Result, name: str = "Ann") -> Mapping[str, float]:
    """What became of an account's own money, USD.

    Returns
    -------
    mapping of str to float
        ``before`` (lost until the breach), ``closing`` (lost by being sold out), ``fee``, ``left`` (below zero: owed);
        they add up to what it had. ``fund``, ``winners``: who paid for what it could not.
    """
    account = result.accounts[result.accounts["cohort"] == name].iloc[0]
    events = {kind: frame for kind, frame in result.events.items() if kind in ("breach", "liquidation_fee", "loss")}
    breach = events.get("breach")
    at_breach = float(breach["equity"].iloc[0]) if breach is not None else float(account["end"])
    fee = float(events["liquidation_fee"]["amount"].sum()) if "liquidation_fee" in events else 0.0
    loss = events.get("loss", pd.DataFrame({"by": [], "amount": []}))
    fund = float(loss.loc[loss["by"] == "fund", "amount"].sum())
    owed = float(account["deficit"])
    adl = result.events.get("adl")
    forgone = float(adl["forgone"].sum()) if adl is not None else 0.0
    left, start = float(account["end"]), float(account["start"])
    return {
        "before": start - at_breach,
        "closing": at_breach - fee - left + owed,
        "fee": fee,
        "left": left - owed,
        "fund": fund,
        "winners": owed - fund + forgone,
    }
