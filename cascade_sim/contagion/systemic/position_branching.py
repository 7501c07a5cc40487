"""Who brings down whom: accounts whose closing, alone and into the current book, puts others below their margin.

Contagion through overlapping portfolios (Caccioli, Shrestha, Moore and Farmer, 2014, "Stability analysis of financial
contagion due to overlapping portfolios", Journal of Banking and Finance 46, 233-245), on the positions of a run and not
on random networks of equal members: member i fails and is closed, prices of what it held move, and j fails if its loss
reaches its buffer, which is here what its collateral exceeds its maintenance margin by. With B[i, j] one where that
happens, failures multiply by up to the spectral radius of B from generation to generation. It is the same whether
accounts or their notional are counted, for one is a change of units in the other.

What it leaves out makes it a lower bound on what joint failures do: several small closings that reach a buffer only
together count as none. What it puts in makes it an upper bound of another kind: the order of an account is executed at
once, before makers refill, and whole where the venue would close a part.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.impact_weights import closing_moves
from cascade_sim.contagion.margins import Exposures
from cascade_sim.contagion.systemic.spectrum import spectral_radius

__all__ = ["PositionBranching", "position_branching"]


@dataclass(frozen=True)
class PositionBranching:
    """Who brings down whom at a time.

    Attributes
    ----------
    table : DataFrame
        Indexed by account: ``brings_down`` (accounts that its closing alone would put below maintenance margin),
        ``notional_down`` (USD of their positions), ``brought_down_by`` (accounts that would do it to this one).
    radius : float
        Spectral radius of who brings down whom: above one, failures could multiply.
    matrix : scipy.sparse array of ones, shape (n, n)
        B, in the order of ``accounts``.
    accounts : Index
    """

    table: pd.DataFrame
    radius: float
    matrix: sp.csr_array
    accounts: pd.Index


def position_branching(result: Source, time: float, largest: int = 5000) -> PositionBranching:
    """Who brings down whom at a time.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds.
    largest : int
        How many accounts, by gross notional, are looked at.

    Notes
    -----
    Maintenance margin falls with the price within its bracket of the position; a change of bracket is left out. Who is
    below its margin already brings others down but is not brought down.
    """
    holdings = holdings_of(result)
    exposures = Exposures.at(holdings, time)
    gross = pd.Series(np.abs(exposures.notional).sum(axis=1), exposures.accounts.index)[exposures.watched]
    accounts = gross[gross > 0].nlargest(largest).index.sort_values()
    rows = exposures.accounts.index.get_indexer(accounts)
    notional = exposures.notional[rows]
    buffer = (exposures.collateral - exposures.maintenance().sum(axis=1))[rows]
    # as the price falls by f, N f is lost and r |N| f less margin is needed: the buffer shrinks by (N - r |N|) f
    shrinks = notional - (exposures.maintenance_rates() * np.abs(exposures.notional))[rows]
    falls = closing_moves(holdings, time, exposures.markets, notional)
    fails = (falls @ shrinks.T > buffer) & (buffer >= 0)
    np.fill_diagonal(fails, False)
    matrix = sp.csr_array(fails.astype(float))
    table = {
        "brings_down": fails.sum(axis=1),
        "notional_down": matrix @ np.abs(notional).sum(axis=1),
        "brought_down_by": fails.sum(axis=0),
    }
    return PositionBranching(pd.DataFrame(table, index=accounts), spectral_radius(matrix), matrix, accounts)
