"""Who moved prices: each liquidation for itself, everybody else by what they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["CATEGORIES", "Sources", "sources_of"]

CATEGORIES = {
    "maker": "quotes",
    "trader": "trading",
    "investor": "trading",
    "arbitrageur": "arbitrage",
    "hunter": "hunters",
    "liquidator": "liquidators",
    "fund": "insurance fund",
    "custom": "custom agents",
    "forced": "liquidations",
}


@dataclass(frozen=True)
class Sources:
    """Those who moved prices, in order of liquidation and category.

    Attributes
    ----------
    liquidation : ndarray of int64, shape (sources,)
        Number of the liquidation whose forced trades did it; 0: somebody else.
    category : ndarray of str, shape (sources,)
    """

    liquidation: NDArray[np.int64]
    category: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.liquidation)

    @property
    def is_quote(self) -> NDArray[np.bool_]:
        """Which of them are quotes that came or went."""
        quotes: NDArray[np.bool_] = self.category == "quotes"
        return quotes


def sources_of(moves: pd.DataFrame) -> tuple[Sources, NDArray[np.int64]]:
    """Sources of moves.

    Parameters
    ----------
    moves : DataFrame
        With ``origin`` (a role) and ``cause`` (a liquidation or 0).

    Returns
    -------
    sources : Sources
    source : ndarray of int64, shape (moves,)
        Place of each move's source.
    """
    role, roles = pd.factorize(moves["origin"])
    categories, of_role = np.unique([CATEGORIES.get(str(name), "unexplained") for name in roles], return_inverse=True)
    key = moves["cause"].to_numpy(np.int64) * max(len(categories), 1) + (of_role[role] if len(role) else 0)
    there = np.bincount(key) > 0
    keys = np.flatnonzero(there)
    place = there.cumsum() - 1
    sources = Sources(keys // max(len(categories), 1), categories.astype(object)[keys % max(len(categories), 1)])
    return sources, place[key]
