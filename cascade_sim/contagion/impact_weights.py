"""Weights for DebtRank: which share of everybody's equity is lost if somebody is closed into the current book.

References
----------
Battiston, Puliga, Kaushik, Tasca and Caldarelli (2012), "DebtRank: too central to fail?", Scientific Reports 2:541:
``W_ij = min(1, loss of j / equity of j)``. The loss is not a loan here but a mark: closing i moves the prices of
what it holds through the books as they stand, and j holds some of the same.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from cascade_sim.contagion.book_on_record import book_side
from cascade_sim.contagion.holdings import Holdings, Source, holdings_of
from cascade_sim.contagion.margins import Exposures

__all__ = ["ImpactWeights", "closing_moves", "impact_weights"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ImpactWeights:
    """A weighted network of owners (or accounts) for DebtRank.

    Attributes
    ----------
    labels : pandas.Index
        Owners or accounts.
    weights : scipy.sparse matrix, shape (n, n)
        ``[i, j]``: share of j's equity lost if i is closed, at most 1; nothing on the diagonal.
    equity : ndarray of float64, shape (n,)
        USD; where it is zero or less nothing is left to lose, and the column is empty.
    """

    labels: pd.Index
    weights: sp.csr_array
    equity: Floats

    def value(self) -> Floats:
        """Everybody's share of all equity: what DebtRank weighs distress with."""
        positive: Floats = np.maximum(self.equity, 0.0)
        return positive / float(positive.sum())


def closing_moves(holdings: Holdings, time: float, markets: list[str], notional: Floats) -> Floats:
    """Relative fall of each market if each row's positions are closed, alone, into the books on record.

    Parameters
    ----------
    holdings : Holdings
    time : float
        Seconds.
    markets : list of str
    notional : ndarray of float64, shape (rows, markets)
        Signed, USD.

    Returns
    -------
    ndarray of float64, shape (rows, markets)
        Negative: a rise, which the closing of a short makes.
    """
    falls = np.zeros(notional.shape)
    for m, market in enumerate(markets):
        size = notional[:, m]
        sold = book_side(holdings.result, time, market, "bids").impact(np.maximum(size, 0.0))
        bought = book_side(holdings.result, time, market, "asks").impact(np.maximum(-size, 0.0))
        falls[:, m] = sold - bought
    return falls


def impact_weights(result: Source, time: float, by: str = "owner", largest: int = 1000) -> ImpactWeights:
    """Weights of everybody's closing on everybody's equity, by the books on record.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds.
    by : {"owner", "account"}
        Owners are joined across venues: positions and equity of all their accounts count together.
    largest : int
        How many, by gross notional, are looked at.

    Notes
    -----
    Spot prices and what is held in spot assets stay as they are. A short that is closed raises the price.
    """
    holdings = holdings_of(result)
    exposures = Exposures.at(holdings, time)
    who = exposures.accounts["owner"] if by == "owner" else exposures.accounts.index.to_series()
    keep = exposures.watched
    table = pd.DataFrame(exposures.notional, index=exposures.accounts.index)[keep].groupby(who[keep]).sum()
    equity = exposures.accounts["equity"][keep].groupby(who[keep]).sum()
    gross = table.abs().sum(axis=1)
    chosen = gross[gross > 0].nlargest(largest).index.sort_values()
    notional, left = table.loc[chosen].to_numpy(), equity[chosen].to_numpy(float)
    loss = np.maximum(closing_moves(holdings, time, exposures.markets, notional) @ notional.T, 0.0)
    share = np.where(left > 0, np.minimum(loss / np.where(left > 0, left, 1.0), 1.0), 0.0)
    np.fill_diagonal(share, 0.0)
    return ImpactWeights(chosen, sp.csr_array(share), left)
