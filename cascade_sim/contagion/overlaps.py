"""Liquidity-weighted portfolio overlaps: what accounts lose by each other's liquidation in shared markets.

References
----------
Cont and Schaanning (2019), "Monitoring indirect contagion", Journal of Banking & Finance 104, 85-102. Overlap of i and
j: ``Omega_ij = sum over markets m of Pi_im Pi_jm / D_m`` with positions Pi (USD) and market depths D (USD that move a
price by a whole unit of itself); the indirect contagion index is the principal eigenvector of Omega.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from cascade_sim.contagion.book_on_record import market_depth
from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.margins import Exposures

__all__ = ["Overlaps", "account_overlaps"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Overlaps:
    """Overlaps of portfolios, kept as the factor F of ``Omega = F F'`` that needs no square of all accounts.

    Attributes
    ----------
    accounts : pandas.Index
    markets : list of str
    factor : scipy.sparse matrix, shape (accounts, markets)
        ``Pi_im / sqrt(D_m)``. Positions are signed: longs and shorts of one market overlap negatively, for what one
        of them has to trade is the other's gain.
    """

    accounts: pd.Index
    markets: list[str]
    factor: sp.csr_array

    @classmethod
    def of(cls, positions: pd.DataFrame, depth: Floats) -> "Overlaps":
        """Overlaps of given portfolios.

        Parameters
        ----------
        positions : DataFrame
            USD, signed; a row an account, a column a market.
        depth : ndarray of float64, shape (markets,)
            USD per unit of relative move, positive.
        """
        factor = sp.csr_array(positions.to_numpy(float) / np.sqrt(depth))
        return cls(positions.index, list(positions.columns), factor)

    def matrix(self) -> sp.csr_array:
        """Omega, USD: what row i loses at first order when column j is liquidated whole; its own on the diagonal."""
        return sp.csr_array(self.factor @ self.factor.T)

    def indirect_contagion_index(self) -> tuple[float, pd.Series]:
        """Largest eigenvalue of Omega (USD) and its eigenvector, of unit length, mostly positive.

        The eigenvalues other than zero are those of the small matrix ``F' F``, a row and column a market.
        """
        small = (self.factor.T @ self.factor).toarray()
        values, vectors = np.linalg.eigh(small)
        vector = self.factor @ vectors[:, -1]
        length = float(np.linalg.norm(vector))
        vector = vector / length if length > 0 else vector
        return float(values[-1]), pd.Series(vector if vector.sum() >= 0 else -vector, self.accounts, name="index")


def account_overlaps(result: Source, time: float, within: float = 0.05, least: float = 0.0) -> Overlaps:
    """Overlaps of the accounts of a run at a time, by the books on record.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds.
    within : float
        Distance from the mid within which depth is measured: 0.001, 0.01 or 0.05.
    least : float
        Gross notional (USD) below which accounts are left out; those without positions always are.

    Raises
    ------
    ValueError
        If nothing stood in a book within the distance.
    """
    holdings = holdings_of(result)
    exposures = Exposures.at(holdings, time)
    gross = np.abs(exposures.notional).sum(axis=1)
    chosen = (gross > 0) & (gross >= least)
    depth = market_depth(holdings.result, time, exposures.markets, within)
    positions = pd.DataFrame(exposures.notional, exposures.accounts.index, exposures.markets)
    return Overlaps.of(positions[chosen], depth)
