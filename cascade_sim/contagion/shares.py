"""Shares of every liquidation: which part of an account's loss each category made."""

from typing import TYPE_CHECKING

import pandas as pd

from cascade_sim.contagion.attribution import attribute

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["SHARES", "shares"]

SHARES = (
    "quotes",
    "trading",
    "arbitrage",
    "hunters",
    "liquidators",
    "insurance fund",
    "custom agents",
    "liquidations",
    "oracle",
    "funding",
    "fees",
    "unexplained",
)


def shares(result: "Result", parts: "pd.DataFrame | None" = None) -> pd.DataFrame:
    """Share of each liquidated account's loss that each category made.

    Parameters
    ----------
    result : Result
    parts : DataFrame, optional
        What `attribute` gives for it, if it is at hand.

    Returns
    -------
    DataFrame
        By ``liquidation``, a column for each of `SHARES`; each row sums to one. Negative where a category gave to the
        account what others took; nan for an account that had lost nothing.

    Notes
    -----
    News is no category: it reaches a price through those who trade and quote on it, and through the oracle; how much
    of a fall is news is a question to runs on the same luck. ``fees`` are zero: an account pays them with its own
    trades, and each of these sets the reference from which its loss counts; they stand here so that nobody looks for
    them in vain.
    """
    parts = attribute(result) if parts is None else parts
    table = parts.pivot_table(index="liquidation", columns="category", values="amount", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=list(SHARES), fill_value=0.0).astype(float)
    lost = table.sum(axis=1)
    return table.div(lost.where(lost > 0), axis=0)
