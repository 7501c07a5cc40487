"""A run step by step: who traded how much at which prices, who was liquidated with what left, who paid."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["chronicle"]

_COLUMNS = ["time", "who", "what", "market", "size", "mean_price", "first_price", "last_price"]
_COLUMNS += ["equity", "maintenance", "usd", "liquidation"]
_AFTERWARDS = {
    "takeover": ("is taken over by {by}", "size", "value"),
    "adl": ("is closed against a winner", "size", "value"),
    "default": ("leaves a debt", None, "deficit"),
    "loss": ("pays for {of}", None, "amount"),
}


def _names(result: "Result") -> "pd.Series[str]":
    """What each account is called: its own name, or its cohort and number."""
    accounts = result.accounts
    numbered = accounts["cohort"] + " " + accounts.index.astype(str)
    return accounts["cohort"].where(accounts["role"] == "custom", numbered)


def _orders(result: "Result", names: "pd.Series[str]") -> pd.DataFrame:
    """Trades that one taker made in a row, as one line each."""
    trades = result.trades
    new = (trades[["time", "taker", "market", "cause"]] != trades[["time", "taker", "market", "cause"]].shift()).any(
        axis=1
    )
    groups = trades.assign(value=trades["price"] * trades["size"]).groupby(new.cumsum())
    first = groups[["time", "taker", "market", "cause", "price"]].first()
    size, value = groups["size"].sum(), groups["value"].sum()
    breach = result.events.get("breach", pd.DataFrame(columns=["liquidation", "equity", "maintenance"]))
    left = breach.drop_duplicates("liquidation").set_index("liquidation")[["equity", "maintenance"]]
    what = (size < 0).map({True: "sells", False: "buys"})
    return pd.DataFrame(
        {
            "time": first["time"],
            "who": first["taker"].map(names),
            "what": what.where(first["cause"] == 0, "is liquidated, " + what),
            "market": first["market"],
            "size": size.abs(),
            "mean_price": value / size,
            "first_price": first["price"],
            "last_price": groups["price"].last(),
            "equity": first["cause"].map(left["equity"]),
            "maintenance": first["cause"].map(left["maintenance"]),
            "liquidation": first["cause"],
        }
    )


def _afterwards(result: "Result", names: "pd.Series[str]") -> list[pd.DataFrame]:
    """What happened to liquidations outside the book, and who paid for them."""
    parts = []
    for kind, (text, size, usd) in _AFTERWARDS.items():
        events = result.events.get(kind)
        if events is not None:
            account = events["account"].map(names)
            who = events["payer"].map(names).fillna("the venue") if kind == "loss" else account
            by = events.get("by", account)
            lines = pd.DataFrame({"time": events["time"], "who": who})
            lines["what"] = [text.format(by=name, of=of) for name, of in zip(by, account, strict=True)]
            lines["market"] = events.get("market", "")
            if size is not None:
                lines["size"] = events[size].abs()
            lines["usd"] = events[usd].abs()
            lines["liquidation"] = events["liquidation"]
            parts.append(lines)
    return parts


def chronicle(result: "Result") -> pd.DataFrame:
    """Everything that was traded and settled, in order.

    Parameters
    ----------
    result : Result

    Returns
    -------
    DataFrame
        ``time`` (s), ``who``, ``what``, ``market``, ``size``, ``mean_price``, ``first_price``, ``last_price`` (USD);
        for liquidations ``equity`` and ``maintenance`` at the breach; ``usd`` that changed hands outside the book;
        ``liquidation`` it belongs to (0: none).
    """
    names = _names(result)
    parts = [_orders(result, names), *_afterwards(result, names)]
    lines = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True).reindex(columns=_COLUMNS)
    # What follows at the same moment is in the order of the liquidations, after whatever started them.
    return lines.sort_values(["time", "liquidation"], kind="stable", ignore_index=True)
